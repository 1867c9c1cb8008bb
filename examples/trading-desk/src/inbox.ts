import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WebhookBody } from "@telltale/alerting";

/** Where the desk's alerts arrive. */
export interface Inbox {
  /** Takes what a receiver of kind `webhook_configs` is posted; answers it as text for the terminal. */
  add(body: WebhookBody): string;
  /** The last messages, the newest last. */
  text(): string;
}

const KEPT = 50;

export function inbox(): Inbox {
  const messages: string[] = [];
  return {
    add(body) {
      const message = formatMessage(body);
      messages.push(message);
      if (messages.length > KEPT) messages.shift();
      return message;
    },
    text: () => messages.join("\n") || "nothing yet; POST /exchange/down and wait for a few seconds",
  };
}

/** A copy of alertmanager.yml, which names the port of the inbox when it is the usual one, for whichever port it is. */
export function writeReceivers(port: number): { readonly path: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "trading-desk-"));
  const path = join(folder, "alertmanager.yml");
  const text = readFileSync(new URL("../alertmanager.yml", import.meta.url), "utf8");
  writeFileSync(path, text.replaceAll("127.0.0.1:4002", `127.0.0.1:${port}`));
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function formatMessage({ alerts }: WebhookBody): string {
  const lines = alerts.flatMap(({ status, labels, annotations, startsAt, endsAt }) => {
    const isFiring = status === "firing";
    const when = isFiring ? `fires since ${timeOf(startsAt)}` : `is resolved since ${timeOf(endsAt)}`;
    const { summary, description, runbook } = annotations;
    const texts = isFiring ? [summary, description, runbook] : [summary];
    return [
      `${isFiring ? "✗" : "✓"} ${labels["alertname"]} (${labels["severity"]}) ${when}`,
      ...texts.flatMap((text) => (text === undefined ? [] : [`  ${text}`])),
    ];
  });
  return ["┌─ inbox", ...lines.map((line) => `│ ${line}`), "└─"].join("\n");
}

function timeOf(time: string): string {
  return new Date(time).toTimeString().slice(0, 8);
}
