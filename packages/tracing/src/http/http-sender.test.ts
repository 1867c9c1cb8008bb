import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { httpSender } from "./http-sender.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

interface TestServer {
  readonly url: string;
  /** A request's body and the number of the connection it came by. */
  readonly received: { readonly body: string; readonly connection: number }[];
}

type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void;

async function server(answer: Answer): Promise<TestServer> {
  const received: { body: string; connection: number }[] = [];
  const connections: unknown[] = [];
  const http = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    if (!connections.includes(request.socket)) connections.push(request.socket);
    received.push({ body, connection: connections.indexOf(request.socket) });
    answer(request, response, received.length);
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  closing.push(() => {
    http.closeAllConnections();
    http.close();
  });
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/take`, received };
}

function sender(endpoint: string, timeoutMs = 10_000) {
  const plain = { certificate: undefined, clientKey: undefined, clientCertificate: undefined };
  const one = httpSender({
    endpoint,
    contentType: "text/plain",
    headers: {},
    timeoutMs,
    compression: "none",
    ...plain,
  });
  closing.push(() => one.close());
  return { ...one, send: (text: string) => one.send(Buffer.from(text)) };
}

const ok: Answer = (_request, response) => void response.end("taken");

test("senders to one server share its kept connection, whatever the path", async () => {
  const { url, received } = await server(ok);
  const [one, other] = [sender(url), sender(`${url}/else`)];
  expect((await one.send("a")).body.toString()).toBe("taken");
  await other.send("b");
  await one.send("c");
  expect(received).toEqual([
    { body: "a", connection: 0 },
    { body: "b", connection: 0 },
    { body: "c", connection: 0 },
  ]);
});

test("the connection outlives one of two senders", async () => {
  const { url, received } = await server(ok);
  const [one, other] = [sender(url), sender(url)];
  await one.send("a");
  await other.send("b");
  one.close();
  await other.send("c");
  expect(received.map(({ connection }) => connection)).toEqual([0, 0, 0]);
});

test.each([429, 502, 503, 504])("%s is tried again after the time that the server asks for", async (status) => {
  const { url, received } = await server((_request, response, count) => {
    if (count === 3) response.end();
    else response.writeHead(status, { "retry-after": "0" }).end();
  });
  await sender(url).send("body");
  expect(received.map(({ body }) => body)).toEqual(["body", "body", "body"]);
});

test("without Retry-After the next attempt comes after about a second", async () => {
  const { url, received } = await server((_request, response, count) => {
    response.writeHead(count === 1 ? 503 : 200).end();
  });
  const start = performance.now();
  await sender(url).send("body");
  expect(performance.now() - start).toBeGreaterThan(790);
  expect(received).toHaveLength(2);
});

test.each([400, 401, 404, 413, 500])("%s is final, and what the server says of it is in the error", async (status) => {
  const { url, received } = await server((_request, response) => {
    response.writeHead(status, { "content-type": "text/plain" }).end("no such tenant");
  });
  await expect(sender(url).send("body")).rejects.toMatchObject({
    code: "TELLTALE_EXPORT_REFUSED",
    message: expect.stringMatching(`^HTTP ${status} .*: no such tenant$`),
  });
  expect(received).toHaveLength(1);
});

test("a server that is always busy is left alone after five more attempts", async () => {
  const { url, received } = await server((_request, response) => {
    response.writeHead(503, { "retry-after": "0" }).end();
  });
  await expect(sender(url).send("body")).rejects.toThrow("HTTP 503 Service Unavailable");
  expect(received).toHaveLength(6);
});

test("nobody waits for an attempt that would begin after the timeout", async () => {
  const { url, received } = await server((_request, response) => {
    response.writeHead(503, { "retry-after": new Date(Date.now() + 60_000).toUTCString() }).end();
  });
  await expect(sender(url, 2_000).send("body")).rejects.toThrow("HTTP 503");
  expect(received).toHaveLength(1);
});

test("a server that never answers fails the export at the timeout", async () => {
  const { url } = await server(() => {});
  await expect(sender(url, 100).send("body")).rejects.toMatchObject({
    code: "TELLTALE_EXPORT_TIMEOUT",
    message: "no answer within 100 ms",
  });
});

test("a kept connection that the server has closed meanwhile costs one more attempt and no wait", async () => {
  const { url, received } = await server((request, response, count) => {
    if (count === 2) request.socket.destroy();
    else response.end();
  });
  const one = sender(url);
  await one.send("a");
  const timers = vi.spyOn(globalThis, "setTimeout");
  await one.send("b");
  // The deadlines of the two attempts, and no pause between them.
  expect(timers.mock.calls.map(([, afterMs]) => afterMs! > 5_000)).toEqual([true, true]);
  timers.mockRestore();
  expect(received.map(({ body }) => body)).toEqual(["a", "b", "b"]);
});

test("an answer without end is cut, and counts by its status", async () => {
  const { url } = await server((_request, response) => {
    const more = (): boolean => response.write("x".repeat(60_000), () => !response.destroyed && more());
    more();
  });
  expect((await sender(url).send("body")).body.length).toBeLessThanOrEqual(65_536);
});
