/** A process that is killed while it tells: nothing is lost, and nothing is told twice that was accepted. */
import { EventEmitter, once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WebhookBody } from "@telltale/alerting";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startChild } from "../e2e/child.ts";

const program = join(import.meta.dirname, "notifying-program.ts");
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "killed-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

class Receiver extends EventEmitter {
  readonly told: { readonly groupKey: string; readonly venues: readonly string[] }[] = [];
  answer: (response: ServerResponse) => void = (response) => response.end();
  readonly #server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { groupKey, alerts } = JSON.parse(Buffer.concat(chunks).toString()) as WebhookBody;
    this.told.push({ groupKey, venues: alerts.map(({ labels }) => labels["venue"]!) });
    this.answer(response);
    this.emit("told");
  });

  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async until(count: number): Promise<void> {
    while (this.told.length < count) await once(this, "told");
  }

  [Symbol.dispose](): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

async function notify(url: string, ...venues: readonly string[]) {
  const options = { cwd: folder, env: { PATH: process.env["PATH"] } };
  const flags = ["--conditions=telltale-source", "--disable-warning=ExperimentalWarning", program];
  return await startChild(process.execPath, [...flags, join(folder, "alerting.db"), url, ...venues], options);
}

test("what was accepted before the kill is not told again by the next process", async () => {
  using receiver = new Receiver();
  const url = await receiver.listen();
  const first = await notify(url, "a");
  await first.waitForOutput(/saved: 1 told/);
  await first.stop("SIGKILL");
  const second = await notify(url, "b");
  await second.waitForOutput(/saved: 2 told/);
  await second.stop("SIGKILL");
  expect(receiver.told.map(({ venues }) => venues)).toEqual([["a"], ["a", "b"]]);
});

test("what nobody answered before the kill is told by the next process, under the same key", async () => {
  using receiver = new Receiver();
  const url = await receiver.listen();
  receiver.answer = () => {};
  const first = await notify(url, "a");
  await receiver.until(1);
  await first.stop("SIGKILL");
  receiver.answer = (response) => response.end();
  const second = await notify(url);
  await second.waitForOutput(/saved: 1 told/);
  await second.stop("SIGKILL");
  expect(receiver.told).toEqual(new Array(2).fill({ groupKey: "{}:{}", venues: ["a"] }));
});
