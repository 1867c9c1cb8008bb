import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { expect, test } from "vitest";
import { syslogMessage } from "./syslog-message.ts";
import { syslogSink } from "./syslog-sink.ts";

const line = (fields: object) =>
  `${JSON.stringify({ level: "info", time: "2026-11-22T05:02:58.746Z", "service.name": "desk", logger: "orders", ...fields })}\n`;
const shape = {
  facility: 16,
  hostname: "h1",
  appName: undefined,
  processId: 7,
  format: "json",
  maxBytes: 2_048,
} as const;
const ids = { trace_id: "1".repeat(32), span_id: "2".repeat(16), trace_flags: "01" };
const idElement = `[opentelemetry trace_id="${ids.trace_id}" span_id="${ids.span_id}" trace_flags="01"]`;

test("a message has priority, time, host, service, process, logger, the span's ids, and the line", () => {
  const text = line({ ...ids, msg: "placed" });
  expect(String(syslogMessage(text, shape))).toBe(
    `<134>1 2026-11-22T05:02:58.746Z h1 desk 7 orders ${idElement} ${text.trimEnd()}`,
  );
});

test.each([
  ["trace", 135],
  ["debug", 135],
  ["info", 134],
  ["warn", 132],
  ["error", 131],
  ["fatal", 130],
] as const)("level %s of facility local0 has priority %d", (level, priority) => {
  expect(String(syslogMessage(line({ level }), shape))).toMatch(new RegExp(`^<${priority}>1 `));
});

test("as text the message is alone, after a byte order mark, and fields are structured data with their quotes escaped", () => {
  const text = line({ ...ids, note: 'a "b" ]\\', price: 1.5, "odd name]": true, msg: "gebühr" });
  expect(String(syslogMessage(text, { ...shape, format: "text", appName: "my app" }))).toBe(
    `<134>1 2026-11-22T05:02:58.746Z h1 my_app 7 orders ${idElement}[fields@32473 note="a \\"b\\" \\]\\\\" price="1.5" odd_name_="true"] \uFEFFgebühr`,
  );
});

test("an event's name is the message id, and what is missing is a dash", () => {
  const text = '{"level":"info","event_name":"order.placed"}\n';
  expect(String(syslogMessage(text, shape))).toBe(`<134>1 - h1 - 7 order.placed - ${text.trimEnd()}`);
});

test("a long message is cut between characters", () => {
  const message = syslogMessage(line({ msg: "ü".repeat(2_000) }), { ...shape, maxBytes: 1_001 });
  expect(message.length).toBeGreaterThanOrEqual(1_000);
  expect(message.length).toBeLessThanOrEqual(1_001);
  expect(String(message)).toMatch(/ü$/);
});

test("by UDP each line is a datagram", async () => {
  const server = createSocket("udp4");
  const received: string[] = [];
  const all = new Promise<void>((resolve) => {
    server.on("message", (message) => {
      received.push(String(message));
      if (received.length === 100) resolve();
    });
  });
  server.bind(0, "127.0.0.1");
  await once(server, "listening");
  const sink = syslogSink({ port: server.address().port });
  for (let i = 0; i < 100; i++) sink.write(line({ i }));
  await sink.close!();
  await all;
  server.close();
  expect(received[0]).toMatch(
    new RegExp(`^<14>1 2026-11-22T05:02:58.746Z ${hostname()} desk ${process.pid} orders - {"level`),
  );
  expect(received.map((text) => (JSON.parse(text.slice(text.indexOf("{"))) as { i: number }).i)).toEqual([
    ...Array(100).keys(),
  ]);
});

/** The messages in a stream of frames that each begin with their length. */
function unframed(stream: Buffer): string[] {
  const messages: string[] = [];
  for (let at = 0; at < stream.length; ) {
    const space = stream.indexOf(" ", at);
    const length = Number(stream.subarray(at, space));
    messages.push(String(stream.subarray(space + 1, space + 1 + length)));
    at = space + 1 + length;
  }
  return messages;
}

function collect(server: Server): { readonly sockets: Socket[]; readonly received: () => Buffer } {
  const sockets: Socket[] = [];
  const chunks: Buffer[] = [];
  server.on(
    server instanceof Object && "addContext" in server ? "secureConnection" : "connection",
    (socket: Socket) => {
      sockets.push(socket.on("data", (chunk) => chunks.push(chunk)).on("error", () => {}));
    },
  );
  return { sockets, received: () => Buffer.concat(chunks) };
}

test("by TCP each message is preceded by its length in bytes, and a broken connection is made anew", async () => {
  const server = createServer();
  const { sockets, received } = collect(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const sink = syslogSink({ protocol: "tcp", port: (server.address() as AddressInfo).port });
  for (let i = 0; i < 1_000; i++) sink.write(line({ i, msg: "gebühr" }));
  await sink.flush!();
  const closed = once(sockets[0]!, "close");
  sockets[0]!.end();
  await closed;
  sink.write(line({ i: 1_000, msg: "again" }));
  while (sink.pending!() > 0) await sink.flush!();
  const ended = once(sockets[1]!, "close");
  await sink.close!();
  await ended;
  server.close();
  const messages = unframed(received());
  expect(messages).toHaveLength(1_001);
  expect(messages[0]).toMatch(/^<14>1 .*"i":0,"msg":"gebühr"}$/);
  expect(messages.at(-1)).toContain('"i":1000');
});

test("a server that is not there costs the application nothing, and gets the lines when it comes", async () => {
  const server = createServer();
  const { sockets, received } = collect(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  const sink = syslogSink({ protocol: "tcp", port, timeoutMs: 1_000 });
  sink.write(line({ msg: "early" }));
  await sink.flush!();
  expect(sink.pending!()).toBe(1);
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  await sink.flush!();
  expect(sink.pending!()).toBe(0);
  const ended = once(sockets[0]!, "close");
  await sink.close!();
  await ended;
  server.close();
  expect(unframed(received())).toHaveLength(1);
});

test("over TLS the server's certificate is checked", async () => {
  const folder = mkdtempSync(join(tmpdir(), "telltale-tls-"));
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  execFileSync("openssl", [...request, "-keyout", key, "-out", certificate, ...names], { stdio: "ignore" });
  const pem = readFileSync(certificate, "utf8");
  const server = createTlsServer({ key: readFileSync(key), cert: pem });
  rmSync(folder, { recursive: true });
  const { sockets, received } = collect(server);
  server.listen(0, "localhost");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const trusting = syslogSink({ protocol: "tls", host: "localhost", port, certificate: pem });
  const wary = syslogSink({ protocol: "tls", host: "localhost", port });
  for (const sink of [trusting, wary]) {
    sink.write(line({ msg: "placed" }));
    await sink.flush!();
  }
  expect([trusting.pending!(), wary.pending!()]).toEqual([0, 1]);
  const ended = once(sockets[0]!, "close");
  await trusting.close!();
  await wary.close!();
  await ended;
  server.close();
  expect(unframed(received())).toHaveLength(1);
});
