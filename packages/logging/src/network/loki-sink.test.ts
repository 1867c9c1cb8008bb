import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { createGunzip } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type LokiSinkOptions, lokiSink } from "./loki-sink.ts";

interface Push {
  readonly path: string;
  readonly tenant: string | undefined;
  readonly streams: readonly {
    readonly stream: object;
    readonly values: readonly (readonly [string, string, object?])[];
  }[];
}

let pushes: Push[] = [];
let answers: number[] = [];
const server = createServer(async (request, response) => {
  const body = request.headers["content-encoding"] === "gzip" ? request.pipe(createGunzip()) : request;
  const { streams } = JSON.parse(await text(body)) as Push;
  const status = answers.shift() ?? 204;
  const tenant = request.headers["x-scope-orgid"] as string | undefined;
  if (status < 300) pushes.push({ path: request.url!, tenant, streams });
  response.writeHead(status).end();
});
let endpoint: string;

beforeEach(async () => {
  pushes = [];
  answers = [];
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

const open = (options: Partial<LokiSinkOptions> = {}) => lokiSink({ endpoint, ...options });
const line = (fields: object) =>
  `${JSON.stringify({ level: "info", time: "2026-11-22T05:02:58.746Z", "service.name": "desk", logger: "orders", ...fields })}\n`;
const atNs = (offset: number) => String(BigInt(Date.parse("2026-11-22T05:02:58.746Z")) * 1_000_000n + BigInt(offset));

test("a stream for each level, lines in order, the span's ids as structured metadata", async () => {
  const sink = open({ labels: { env: "test" }, tenant: "t1" });
  const lines = [
    line({ trace_id: "1".repeat(32), span_id: "2".repeat(16), msg: "a" }),
    line({ msg: "b" }),
    line({ level: "error", msg: "c" }),
  ];
  for (const one of lines) sink.write(one);
  await sink.close!();
  const stream = { env: "test", service_name: "desk" };
  const texts = lines.map((one) => one.trimEnd());
  const ids = { trace_id: "1".repeat(32), span_id: "2".repeat(16) };
  expect(pushes).toMatchObject([{ path: "/loki/api/v1/push", tenant: "t1" }]);
  expect(pushes[0]!.streams.map(({ stream }) => stream)).toEqual([
    { ...stream, level: "info" },
    { ...stream, level: "error" },
  ]);
  const [info, error] = pushes[0]!.streams.map(({ values }) => values);
  const start = Number(BigInt(info![0]![0]) % 1_000_000n);
  expect(info).toEqual([
    [atNs(start), texts[0], ids],
    [atNs(start + 1), texts[1]],
  ]);
  expect(error).toEqual([[atNs(start + 2), texts[2]]]);
});

test("a label has so many values and no more", async () => {
  const sink = open({ lineLabels: ["http.route"], maxLabelValues: 2 });
  for (const route of ["/a", "/b", "/c", "/a", "/d"]) sink.write(line({ "http.route": route }));
  await sink.close!();
  const counts = pushes[0]!.streams.map(({ stream, values }) => [
    (stream as Record<string, string>)["http_route"],
    values.length,
  ]);
  expect(counts).toEqual([
    ["/a", 2],
    ["/b", 1],
    ["other", 2],
  ]);
});

test("what Loki cannot take now is sent again, what it never takes is dropped and counted", async () => {
  const sink = open();
  answers = [429];
  sink.write(line({ msg: "a" }));
  await sink.flush!();
  expect([sink.pending!(), pushes.length]).toEqual([1, 0]);
  await sink.flush!();
  expect([sink.pending!(), pushes.length]).toEqual([0, 1]);
  answers = [400];
  sink.write(line({ msg: "b" }));
  await sink.close!();
  expect([sink.dropped!(), pushes.length]).toEqual([1, 1]);
});

test("an endpoint with the whole path is used as it is", async () => {
  const sink = open({ endpoint: `${endpoint}/tenant-a/loki/api/v1/push` });
  sink.write(line({}));
  await sink.close!();
  expect(pushes[0]!.path).toBe("/tenant-a/loki/api/v1/push");
});
