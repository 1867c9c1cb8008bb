import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { otlpReceiver } from "@telltale/testing";
import { expect, onTestFinished, test } from "vitest";
import { httpSender } from "./http-sender.ts";

test("exports go by the proxy that Node's own requests go by, but not to hosts that need none", async () => {
  await using receiver = await otlpReceiver();
  const { port } = new URL(receiver.url);
  const proxied: (string | undefined)[] = [];
  // Node asks an HTTP proxy with the whole URL, and one for HTTPS with CONNECT.
  const proxy = http.createServer((request, response) => {
    proxied.push(`${request.method} ${request.url}`);
    const on = http.request({ port, path: "/v1/traces", method: "POST", headers: request.headers, agent: false });
    on.on("response", (answer) => answer.pipe(response.writeHead(answer.statusCode ?? 500)));
    request.pipe(on);
  });
  proxy.on("connect", (request, socket) => {
    proxied.push(`${request.method} ${request.url}`);
    socket.on("error", () => {});
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  await once(proxy.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const restore = http.setGlobalProxyFromEnv({ http_proxy: url, https_proxy: url, no_proxy: "127.0.0.1" });
  onTestFinished(() => {
    restore();
    proxy.closeAllConnections();
    proxy.close();
  });
  await sent("http://collector.example:4318/v1/traces");
  await sent(`${receiver.url}/v1/traces`);
  expect(receiver.requests).toHaveLength(2);
  await expect(sent("https://collector.example/v1/traces")).rejects.toThrow(/403|tunnel/i);
  expect(proxied).toEqual(["POST http://collector.example:4318/v1/traces", "CONNECT collector.example:443"]);
});

async function sent(endpoint: string): Promise<void> {
  const plain = { certificate: undefined, clientKey: undefined, clientCertificate: undefined };
  const options = {
    contentType: "application/x-protobuf",
    headers: {},
    timeoutMs: 10_000,
    compression: "none",
  } as const;
  const sender = httpSender({ endpoint, ...options, ...plain });
  onTestFinished(() => sender.close());
  await sender.send(new Uint8Array());
}
