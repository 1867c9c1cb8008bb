import { once } from "node:events";
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { send } from "./send.ts";

test("a page of many pieces to a slow reader arrives whole, and waiting for it leaves no listeners behind", async () => {
  const chunks = Array.from({ length: 200 }, (_, i) => Buffer.alloc(65_536, i));
  let listeners = 0;
  const server = createServer((_, response) => {
    response.on("drain", () => {
      listeners = Math.max(listeners, response.listenerCount("close"));
    });
    void send(response, chunks);
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const [response] = await once(get({ port: (server.address() as AddressInfo).port, agent: false }), "response");
  let length = 0;
  for await (const chunk of response) {
    length += (chunk as Buffer).length;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(length).toBe(200 * 65_536);
  expect(listeners).toBeLessThan(5);
});
