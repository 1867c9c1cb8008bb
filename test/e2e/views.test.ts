import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type OtlpReceiver, otlpReceiver } from "@telltale/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startApplication } from "./application.ts";

let receiver: OtlpReceiver;
let folder: string;
beforeEach(async () => {
  receiver = await otlpReceiver();
  folder = mkdtempSync(join(tmpdir(), "telltale-views-"));
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await receiver.close();
});

const SERVICE = `
  import { createServer } from "node:http";
  import { counter, histogram } from "@telltale/metrics";
  const answered = counter({ name: "answered" });
  const noise = counter({ name: "noise" }).bind({ loud: true });
  const sizes = histogram({ name: "sizes", unit: "By" });
  const [small, large] = [sizes.bind({ kind: "small", id: 1 }), sizes.bind({ kind: "large", id: 2 })];
  const server = createServer((request, response) => {
    answered.add(1, { url: request.url, method: request.method });
    noise.add(1);
    small.record(10);
    large.record(1000);
    response.end("pong");
  });
  server.listen(0, "127.0.0.1", () => console.log("listening on " + server.address().port));
`;

const written = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

test.each([
  ["metrics.views", "telltale.yaml"],
  ["OTEL_CONFIG_FILE", "otel.yaml"],
])(
  "the metrics of the stock HTTP instrumentation, and declared ones, go out as the views of %s say",
  async (_, name) => {
    const variable = name === "otel.yaml" ? "OTEL_CONFIG_FILE" : "TELLTALE_CONFIG";
    const file = written(name, name === "otel.yaml" ? declarative(receiver.url) : own(receiver.url));
    const application = await startApplication({ source: SERVICE, register: true, env: { [variable]: file } });
    for (const path of ["/a", "/b", "/c"]) await (await application.request(path)).text();
    expect(await application.stop("SIGTERM")).toMatchObject({ signal: "SIGTERM", stderr: "" });
    const metrics = receiver.metrics();
    const duration = metrics.find((metric) => metric.name === "request.duration");
    expect(metrics.map((metric) => metric.name)).not.toContain("http.server.request.duration");
    expect(duration).toMatchObject({ unit: "s", scope: { name: "@opentelemetry/instrumentation-http" } });
    expect(duration?.points).toHaveLength(1);
    expect(duration?.points[0]).toMatchObject({
      attributes: { "http.request.method": "GET", "http.response.status_code": 200 },
      value: { count: 3, boundaries: [0.5, 30] },
    });
    expect(Object.keys(duration?.points[0]?.attributes ?? {})).toHaveLength(2);
    const answered = metrics.find((metric) => metric.name === "answered");
    expect(answered?.points.map(({ attributes, value }) => [attributes, value])).toEqual([[{ method: "GET" }, 3]]);
    expect(metrics.map((metric) => metric.name)).not.toContain("noise");
    const sizes = metrics.find((metric) => metric.name === "answer.sizes");
    expect(sizes).toMatchObject({ unit: "By", description: "Sizes of answers." });
    expect(sizes?.points).toMatchObject([
      { attributes: {}, value: { count: 6, sum: 3_030, boundaries: [100, 10_000], counts: [3, 3, 0] } },
    ]);
    expect(receiver.problems()).toEqual([]);
  },
);

function own(url: string): string {
  return `
tracing: false
logging: { sinks: [] }
metrics:
  exporters: [{ type: otlp, endpoint: "${url}/v1/metrics" }]
  views:
    - selector: { instrumentName: http.server.request.duration }
      stream:
        name: request.duration
        aggregation: { explicitBucketHistogram: { boundaries: [0.5, 30] } }
        attributeKeys: { included: [http.request.method, http.response.status_code] }
    - selector: { instrumentName: answered }
      stream: { attributeKeys: { excluded: [url] } }
    - selector: { instrumentName: noise }
      stream: { aggregation: { drop: true } }
    - selector: { instrumentName: sizes }
      stream:
        name: answer.sizes
        description: Sizes of answers.
        aggregation: { explicitBucketHistogram: { boundaries: [100, 10000] } }
        attributeKeys: { included: [] }
`;
}

function declarative(url: string): string {
  return `
file_format: "1.0"
meter_provider:
  readers:
    - periodic:
        exporter:
          otlp_http:
            endpoint: ${url}/v1/metrics
  views:
    - selector:
        instrument_name: http.server.request.duration
      stream:
        name: request.duration
        aggregation:
          explicit_bucket_histogram:
            boundaries: [0.5, 30]
        attribute_keys:
          included: [http.request.method, http.response.status_code]
    - selector:
        instrument_name: answered
      stream:
        attribute_keys:
          excluded: [url]
    - selector:
        instrument_name: noise
      stream:
        aggregation:
          drop: {}
    - selector:
        instrument_name: sizes
      stream:
        name: answer.sizes
        description: Sizes of answers.
        aggregation:
          explicit_bucket_histogram:
            boundaries: [100, 10000]
        attribute_keys:
          included: [none]
`;
}
