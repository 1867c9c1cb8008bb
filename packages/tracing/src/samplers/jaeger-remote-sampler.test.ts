import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { DiagLogLevel, diag, ROOT_CONTEXT } from "@opentelemetry/api";
import { afterEach, expect, onTestFinished, test } from "vitest";
import { createTracerProvider } from "../engine/tracer-provider.ts";
import { alwaysOffSampler } from "./constant-sampler.ts";
import { jaegerRemoteSampler } from "./jaeger-remote-sampler.ts";

afterEach(() => diag.disable());

/** Answers as Jaeger's agent does. */
async function jaeger(answers: readonly (object | number)[]) {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)]!;
    asked.push(request.url);
    if (typeof answer === "number") response.writeHead(answer).end("no such service");
    else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sampling`;
  const sampler = jaegerRemoteSampler({ serviceName: "shop & co", endpoint, initial: alwaysOffSampler() });
  onTestFinished(() => sampler[Symbol.dispose]());
  const tracer = createTracerProvider({ sampler }).getTracer("t");
  const isKept = (name: string): boolean => tracer.startSpan(name, {}, ROOT_CONTEXT).isRecording();
  return { asked, sampler, isKept };
}

test("a probability from Jaeger replaces the initial sampler", async () => {
  const { asked, sampler, isKept } = await jaeger([
    { strategyType: "PROBABILISTIC", probabilisticSampling: { samplingRate: 1 } },
  ]);
  expect(isKept("a")).toBe(false);
  await sampler.refresh();
  expect(isKept("a")).toBe(true);
  expect(asked[0]).toBe("/sampling?service=shop+%26+co");
  expect(sampler.toString()).toBe("JaegerRemoteSampler{RuleSampler{otherwise: TraceIdRatioBased{1}}}");
});

test("a rate from Jaeger is a token bucket, which the same answer does not fill again", async () => {
  const { sampler, isKept } = await jaeger([{ strategyType: 1, rateLimitingSampling: { maxTracesPerSecond: 1 } }]);
  await sampler.refresh();
  expect([isKept("a"), isKept("a")]).toEqual([true, false]);
  await sampler.refresh();
  expect(isKept("a")).toBe(false);
});

test("operations have shares of their own, and a few of each are kept in any case", async () => {
  const share = (samplingRate: number) => ({ probabilisticSampling: { samplingRate } });
  const { sampler, isKept } = await jaeger([
    {
      strategyType: "PROBABILISTIC",
      operationSampling: {
        defaultSamplingProbability: 0,
        defaultLowerBoundTracesPerSecond: 1,
        perOperationStrategies: [
          { operation: "GET /*", ...share(1) },
          { operation: "GET /health", ...share(0) },
        ],
      },
    },
  ]);
  await sampler.refresh();
  expect(Array.from({ length: 3 }, () => isKept("GET /*"))).toEqual([true, true, true]);
  expect([isKept("GET /health"), isKept("GET /health")]).toEqual([true, false]);
  expect([isKept("other"), isKept("other")]).toEqual([true, false]);
  expect(sampler.status().map(({ rule, kept, dropped }) => [rule, kept, dropped])).toEqual([
    ["GET /*", 3, 0],
    ["GET /health", 1, 1],
    ["otherwise", 1, 1],
  ]);
});

test.each([{ perOperationStrategies: null }, { perOperationStrategies: [] }, {}])(
  "of a service that has no operations yet the defaults hold: %j",
  async (operations) => {
    const operationSampling = { defaultSamplingProbability: 1, ...operations };
    const { sampler, isKept } = await jaeger([
      { strategyType: "PROBABILISTIC", probabilisticSampling: null, rateLimitingSampling: null, operationSampling },
    ]);
    await sampler.refresh();
    expect(isKept("a")).toBe(true);
  },
);

test("nulls, as Jaeger writes what it does not say, are nothing", async () => {
  const { sampler, isKept } = await jaeger([
    { probabilisticSampling: { samplingRate: 1 }, rateLimitingSampling: null, operationSampling: null },
  ]);
  await sampler.refresh();
  expect(isKept("a")).toBe(true);
});

test("while Jaeger gives no answer, the last one stays and one warning is given", async () => {
  const warnings: string[] = [];
  const nothing = (): void => {};
  const logger = {
    error: nothing,
    warn: (message: string) => warnings.push(message),
    info: nothing,
    debug: nothing,
    verbose: nothing,
  };
  diag.setLogger(logger, DiagLogLevel.WARN);
  const answer = { strategyType: "PROBABILISTIC", probabilisticSampling: { samplingRate: 1 } };
  const { sampler, isKept } = await jaeger([answer, answer, 404, 404]);
  for (let times = 0; times < 4; times++) await sampler.refresh();
  expect(isKept("a")).toBe(true);
  expect(warnings).toEqual([expect.stringContaining("the last one stays in use")]);
});
