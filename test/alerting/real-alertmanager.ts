/** A real Alertmanager that tells receivers of alerts, and a receiver that keeps what it is told. */
import { EventEmitter, once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IncomingAlert } from "@telltale/alerting";
import { startChild } from "../e2e/child.ts";
import { programPath } from "../e2e/server-program.ts";
import { freePort } from "../e2e/servers.ts";

export const EXTERNAL_URL = "http://here:9093";

export interface Told {
  readonly path: string;
  readonly method: string;
  readonly contentType: string | undefined;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

/** Takes everything, and keeps it. */
export class Receiver extends EventEmitter {
  readonly told: Told[] = [];
  readonly #server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    this.told.push({
      path: request.url!,
      method: request.method!,
      contentType: request.headers["content-type"],
      authorization: request.headers.authorization,
      body: JSON.parse(Buffer.concat(chunks).toString()),
    });
    // What Telegram and Slack say; nobody else minds.
    const isTelegram = request.url!.startsWith("/telegram/");
    response.end(isTelegram ? '{"ok":true,"result":{"message_id":1,"chat":{"id":1}}}' : "ok");
    this.emit("told");
  });

  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async until(condition: (told: readonly Told[]) => boolean): Promise<readonly Told[]> {
    while (!condition(this.told)) await once(this, "told");
    return this.told;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** An Alertmanager with a configuration that was sent alerts. */
export async function alertmanagerWith(
  config: string,
  alerts: readonly IncomingAlert[],
  { program = programPath("alertmanager") }: { readonly program?: string } = {},
): Promise<AsyncDisposable & { readonly url: string }> {
  const folder = mkdtempSync(join(tmpdir(), "alertmanager-"));
  const path = join(folder, "alertmanager.yml");
  writeFileSync(path, config);
  const port = await freePort();
  const flags = [
    `--config.file=${path}`,
    `--storage.path=${join(folder, "data")}`,
    `--web.listen-address=127.0.0.1:${port}`,
    `--web.external-url=${EXTERNAL_URL}`,
    "--web.route-prefix=/",
    "--cluster.listen-address=",
  ];
  const child = await startChild(program, flags, {
    cwd: folder,
    env: { PATH: process.env["PATH"] },
  });
  const stop = async (): Promise<void> => {
    await child.stop("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await child.waitForOutput(/Listening/);
    const body = alerts.map(({ labels, annotations, startsAtMs, endsAtMs, generatorUrl }) => ({
      labels,
      annotations,
      startsAt: new Date(startsAtMs!).toISOString(),
      endsAt: new Date(endsAtMs!).toISOString(),
      generatorURL: generatorUrl,
    }));
    const response = await fetch(`http://127.0.0.1:${port}/api/v2/alerts`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`Alertmanager does not take the alerts: ${await response.text()}`);
    return { url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
