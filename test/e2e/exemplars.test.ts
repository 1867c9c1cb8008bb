import { type OtlpReceiver, otlpReceiver } from "@telltale/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startApplication } from "./application.ts";

let receiver: OtlpReceiver;
beforeEach(async () => {
  receiver = await otlpReceiver();
});
afterEach(() => receiver.close());

const SERVICE = `
  import { createServer } from "node:http";
  import { counter } from "@telltale/metrics";
  const answered = counter({ name: "answered", exemplars: true });
  const server = createServer((request, response) => {
    answered.add(1);
    response.end("pong");
  });
  server.listen(0, "127.0.0.1", () => console.log("listening on " + server.address().port));
`;

test.each([
  ["trace_based", "always_on", ["span", "span"]],
  ["trace_based", "always_off", ["none", "none"]],
  ["always_on", "always_off", ["unsampled", "unsampled"]],
  ["always_off", "always_on", ["none", "none"]],
] as const)(
  "with OTEL_METRICS_EXEMPLAR_FILTER=%s and the sampler %s exemplars are of %j",
  async (filter, sampler, expected) => {
    const seen = await exemplarsOf({
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_METRICS_EXEMPLAR_FILTER: filter,
      OTEL_TRACES_SAMPLER: sampler,
    });
    expect(seen).toEqual({ "http.server.request.duration": expected[0], answered: expected[1] });
  },
);

test("metrics.exemplars names the instruments of others that keep exemplars", async () => {
  const seen = await exemplarsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, TELLTALE_METRICS_EXEMPLARS: "db.*" });
  expect(seen).toEqual({ "http.server.request.duration": "none", answered: "span" });
});

/** Of each metric, whether its exemplar is of a span that was received, of another, or there is none. */
async function exemplarsOf(env: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const service = await startApplication({
    source: SERVICE,
    register: true,
    env: { OTEL_LOGS_EXPORTER: "none", ...env },
  });
  expect((await service.request("/")).status).toBe(200);
  expect(await service.stop("SIGTERM")).toMatchObject({ signal: "SIGTERM", stderr: "" });
  expect(receiver.problems()).toEqual([]);
  const spans = new Set(receiver.spans().map(({ traceId, spanId }) => `${traceId} ${spanId}`));
  const names = ["http.server.request.duration", "answered"];
  return Object.fromEntries(
    names.map((name) => {
      const [exemplar] = receiver.metrics().find((metric) => metric.name === name)?.points[0]?.exemplars ?? [];
      const known = exemplar !== undefined && spans.has(`${exemplar.traceId} ${exemplar.spanId}`);
      return [name, exemplar === undefined ? "none" : known ? "span" : "unsampled"];
    }),
  );
}
