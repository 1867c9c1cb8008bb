/** Sampling is configured at start, by rules too, and replaced while the application runs. */
import { otlpReceiver } from "@telltale/testing";
import { expect, test } from "vitest";
import { startApplication } from "./application.ts";

const source = `
import { bootstrap } from "telltale";
import http from "node:http";
const telemetry = bootstrap();
const server = http.createServer(async (request, response) => {
  if (request.url === "/replace") telemetry.sampling.set({ type: "always_off", tail: true });
  response.statusCode = request.url === "/fail" ? 500 : 200;
  if (request.url !== "/status") return void response.end();
  await telemetry.flush();
  response.end(JSON.stringify(telemetry.sampling.status()));
}).listen(0, "127.0.0.1", () => console.log("listening on " + server.address().port));
`;

test("health checks are not sampled, and later only what fails is", async () => {
  await using receiver = await otlpReceiver();
  const service = await startApplication({
    source,
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_METRICS_EXPORTER: "none",
      TELLTALE_TRACING_SAMPLING_RULES: JSON.stringify([
        { route: "/health", type: "always_off" },
        { route: "/status", type: "always_off" },
        { route: "/replace", type: "always_off" },
      ]),
    },
  });
  const ask = async (path: string): Promise<string> => (await service.request(path)).text();
  for (const path of ["/health", "/orders", "/replace", "/orders", "/fail"]) await ask(path);
  const status = JSON.parse(await ask("/status"));
  const paths = receiver
    .spans()
    .filter(({ kind }) => kind === "server")
    .map(({ attributes }) => attributes["url.path"]);
  expect(paths).toEqual(["/orders", "/fail"]);
  expect(status).toMatchObject({
    parentBased: true,
    rules: [{ rule: "otherwise", sampler: "AlwaysOffSampler", kept: 0 }],
    tail: { keptForErrors: 1 },
    queues: [{ what: `spans to ${receiver.url}/v1/traces`, dropped: 0 }],
  });
});

test("a crash keeps what was still undecided", async () => {
  await using receiver = await otlpReceiver();
  const service = await startApplication({
    source: `
import { bootstrap } from "telltale";
import { withSpan } from "@telltale/tracing";
bootstrap({ tracing: { sampling: { type: "always_off", tail: true } } });
withSpan("request", () => {
  withSpan("query", () => {});
  setImmediate(() => { throw new Error("crash"); });
  return new Promise(() => {});
});
`,
    until: "started",
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_METRICS_EXPORTER: "none" },
  });
  expect((await service.exited).code).not.toBe(0);
  expect(receiver.spans().map(({ name }) => name)).toEqual(["query"]);
});
