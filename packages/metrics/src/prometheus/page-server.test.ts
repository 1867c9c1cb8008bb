import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { type RequestOptions, request as secureRequest } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Attributes } from "@opentelemetry/api";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type PrometheusEndpoint, type PrometheusEndpointOptions, prometheusEndpoint } from "./endpoint.ts";
import { type PageServer, type PageServerOptions, pageServer } from "./page-server.ts";
import { scraper } from "./scraper.ts";

const opened: { shutdown(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of opened.splice(0)) await server.shutdown();
});

const folder = mkdtempSync(join(tmpdir(), "telltale-tls-"));
const pem = (name: string): string => readFileSync(join(folder, name), "utf8");
const absent = spawnSync("openssl", ["version"]).error !== undefined;

beforeAll(() => {
  if (absent) return;
  writeFileSync(join(folder, "san"), "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
  authority("ca");
  authority("other-ca");
  certificate("server", "ca", ["-extfile", "san"]);
  certificate("client", "ca");
  certificate("stranger", "other-ca");
});
afterAll(() => rmSync(folder, { recursive: true }));

test("a page without credentials is refused with what to give, and other paths ask for none", async () => {
  const server = open({ bearerToken: "s3cret", basicAuth: { username: "prometheus", password: "pass" } });
  const url = `http://127.0.0.1:${server.port}`;
  const refused = await fetch(`${url}/metrics`);
  expect(refused.status).toBe(401);
  expect(refused.headers.get("www-authenticate")).toBe(
    'Bearer realm="metrics", Basic realm="metrics", charset="UTF-8"',
  );
  expect(await refused.text()).not.toContain("target_info");
  expect((await fetch(`${url}/metrics`, { method: "POST" })).status).toBe(401);
  expect((await fetch(`${url}/`)).status).toBe(404);
  for (const authorization of ["Bearer s3cret", `Basic ${btoa("prometheus:pass")}`]) {
    const got = await fetch(`${url}/metrics`, { headers: { authorization } });
    expect([got.status, await got.text()]).toEqual([
      200,
      expect.stringContaining('target_info{service_name="desk"} 1'),
    ]);
  }
});

test("a client that does not read is cut off, and others get their page meanwhile", async () => {
  const attributes = { filler: "x".repeat(32 * 1_024 * 1_024) };
  const server = open({ sendTimeoutMs: 100 }, attributes);
  const socket = connect(server.port, "127.0.0.1").pause();
  await once(socket, "connect");
  const sinceMs = performance.now();
  socket.write("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  expect((await fetch(`http://127.0.0.1:${server.port}/metrics`, { method: "HEAD" })).status).toBe(200);
  // A shutdown waits for the answers that are still going out, and this one's client takes nothing.
  await server.shutdown();
  expect(performance.now() - sinceMs).toBeGreaterThan(95);
  let received = 0;
  socket.on("data", (data) => {
    received += data.length;
  });
  socket.on("error", () => {});
  await once(socket.resume(), "close");
  expect(received).toBeLessThan(32 * 1_024 * 1_024);
});

test("a name that a browser was made to believe in is refused", async () => {
  const server = open({ allowedHosts: ["metrics.internal"] });
  const statusFor = async (host: string): Promise<number | undefined> => {
    const asked = request({ port: server.port, host: "127.0.0.1", path: "/metrics", headers: { host } }).end();
    const [response] = (await once(asked, "response")) as [IncomingMessage];
    response.resume();
    return response.statusCode;
  };
  expect(await statusFor("evil.example")).toBe(403);
  expect(await statusFor("metrics.internal")).toBe(200);
});

test.skipIf(absent)("the page goes over TLS", async () => {
  const server = open({ tls: { certificate: pem("server.crt"), key: pem("server.key") } });
  expect(await secured(server, { ca: pem("ca.crt") })).toContain('target_info{service_name="desk"} 1');
  await expect(secured(server, { ca: pem("other-ca.crt") })).rejects.toThrow(/unable to verify|signature/);
  await expect(fetch(`http://127.0.0.1:${server.port}/metrics`)).rejects.toThrow();
});

test.skipIf(absent)("with clientCa only clients with a certificate of that authority get the page", async () => {
  const tls = { certificate: pem("server.crt"), key: pem("server.key"), clientCa: pem("ca.crt") };
  const server = open({ tls });
  const ca = pem("ca.crt");
  expect(await secured(server, { ca, cert: pem("client.crt"), key: pem("client.key") })).toContain("target_info");
  await expect(secured(server, { ca })).rejects.toThrow();
  await expect(secured(server, { ca, cert: pem("stranger.crt"), key: pem("stranger.key") })).rejects.toThrow();
});

test.skipIf(absent)(
  "a worker thread serves over TLS, and to clients with a certificate alone where it is to",
  async () => {
    const tls = { certificate: pem("server.crt"), key: pem("server.key") };
    const [ca, cert, key] = [pem("ca.crt"), pem("client.crt"), pem("client.key")];
    const [open, mutual] = [workerEndpoint({ tls }), workerEndpoint({ tls: { ...tls, clientCa: ca } })];
    await Promise.all([open.ready, mutual.ready]);
    expect(open.url).toMatch(/^https:/);
    expect(await secured(open, { ca })).toContain("target_info");
    await expect(fetch(`http://127.0.0.1:${open.port}/metrics`)).rejects.toThrow();
    expect(await secured(mutual, { ca, cert, key })).toContain("target_info");
    await expect(secured(mutual, { ca })).rejects.toThrow();
    const stranger = { ca, cert: pem("stranger.crt"), key: pem("stranger.key") };
    await expect(secured(mutual, stranger)).rejects.toThrow();
  },
);

test.skipIf(absent)("a key of another certificate throws at once when a worker thread is to serve", () => {
  const tls = { certificate: pem("server.crt"), key: pem("client.key") };
  expect(() => workerEndpoint({ tls })).toThrow(expect.objectContaining({ code: "TELLTALE_BAD_CERTIFICATE" }));
});

test.skipIf(absent)("a key of another certificate throws at once, and is not shown", () => {
  const key = pem("client.key");
  const start = () => open({ tls: { certificate: pem("server.crt"), key } });
  expect(start).toThrow(expect.objectContaining({ code: "TELLTALE_BAD_CERTIFICATE" }));
  expect(start).not.toThrow(key.split("\n")[1]);
});

function open(options: Partial<PageServerOptions>, resource: Attributes = { "service.name": "desk" }): PageServer {
  const page = { scopeLabels: false, resourceLabels: [], created: false, keepPageMs: 0 };
  const pages = scraper(async () => ({ resource, scopes: [], instruments: [] }), page);
  const server = pageServer({ host: "127.0.0.1", port: 0, path: "/metrics", ...options }, () => pages);
  opened.push(server);
  return server;
}

function workerEndpoint(options: PrometheusEndpointOptions): PrometheusEndpoint {
  const endpoint = prometheusEndpoint({ port: 0, serve: "worker", ...options });
  opened.push(endpoint);
  new MeterProvider({ readers: [endpoint.reader], resource: resourceFromAttributes({ "service.name": "desk" }) });
  return endpoint;
}

async function secured({ port }: { readonly port: number }, options: RequestOptions): Promise<string> {
  const asked = secureRequest({ host: "127.0.0.1", port, path: "/metrics", agent: false, ...options }).end();
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  return text(response);
}

function authority(name: string): void {
  openssl(["req", "-x509", ...newKey(name), "-out", `${name}.crt`, "-days", "2", "-subj", `/CN=${name}`]);
}

function certificate(name: string, signer: string, extra: readonly string[] = []): void {
  openssl(["req", ...newKey(name), "-out", `${name}.csr`, "-subj", `/CN=${name}`]);
  const signed = ["-CA", `${signer}.crt`, "-CAkey", `${signer}.key`, "-CAcreateserial", "-days", "2"];
  openssl(["x509", "-req", "-in", `${name}.csr`, "-out", `${name}.crt`, ...signed, ...extra]);
}

function newKey(name: string): readonly string[] {
  return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", `${name}.key`];
}

function openssl(options: readonly string[]): void {
  const { status, stderr } = spawnSync("openssl", options, { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(`openssl ${options.join(" ")}: ${stderr}`);
}
