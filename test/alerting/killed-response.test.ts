/** A process that is killed while it responds to an incident: nobody is told twice, nobody is forgotten, no code is run twice. */
import { EventEmitter, once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WebhookBody } from "@telltale/alerting";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startChild } from "../e2e/child.ts";

const program = join(import.meta.dirname, "responding-program.ts");
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "killed-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

class Receivers extends EventEmitter {
  readonly told: { readonly receiver: string; readonly groupKey: string }[] = [];
  answer: (response: ServerResponse, receiver: string) => void = (response) => response.end();
  readonly #server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { groupKey, receiver } = JSON.parse(Buffer.concat(chunks).toString()) as WebhookBody;
    this.told.push({ receiver, groupKey });
    this.answer(response, receiver);
    this.emit("told");
  });

  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async until(receiver: string): Promise<void> {
    while (!this.told.some((one) => one.receiver === receiver)) await once(this, "told");
  }

  [Symbol.dispose](): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

async function respond(url: string, { secondLevelAfter }: { readonly secondLevelAfter: string }) {
  const options = { cwd: folder, env: { PATH: process.env["PATH"] } };
  const flags = ["--conditions=telltale-source", "--disable-warning=ExperimentalWarning", program];
  const given = [join(folder, "alerting.db"), url, join(folder, "runs"), secondLevelAfter];
  return await startChild(process.execPath, [...flags, ...given], options);
}

test("levels that were told stay told, the next one is told, and what code was begun is not begun again", async () => {
  using receivers = new Receivers();
  const url = await receivers.listen();
  const first = await respond(url, { secondLevelAfter: "1h" });
  await first.waitForOutput(/escalated trading, level 1.*notified|notified.*escalated trading, level 1/);
  await first.stop("SIGKILL");
  const second = await respond(url, { secondLevelAfter: "1ms" });
  await second.waitForOutput(/escalated trading, level 2: head told/);
  await second.stop("SIGKILL");
  const third = await respond(url, { secondLevelAfter: "1ms" });
  await third.waitForOutput(/the process ended.*level 2/);
  await third.stop("SIGKILL");
  expect(receivers.told.map(({ receiver }) => receiver).sort()).toEqual(["desk", "head", "lead"]);
  expect(readFileSync(join(folder, "runs"), "utf8")).toBe("halt\n");
});

test("a level that nobody answered before the kill is told by the next process, under the same key", async () => {
  using receivers = new Receivers();
  const url = await receivers.listen();
  receivers.answer = (response, receiver) => receiver !== "lead" && response.end();
  const first = await respond(url, { secondLevelAfter: "1h" });
  await receivers.until("lead");
  await first.stop("SIGKILL");
  receivers.answer = (response) => response.end();
  const second = await respond(url, { secondLevelAfter: "1ms" });
  await second.waitForOutput(/escalated trading, level 2: head told/);
  await second.stop("SIGKILL");
  const keys = receivers.told.filter(({ receiver }) => receiver === "lead").map(({ groupKey }) => groupKey);
  expect(keys).toHaveLength(2);
  expect(new Set(keys).size).toBe(1);
});
