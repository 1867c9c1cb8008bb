import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { isTracingSuppressed } from "@opentelemetry/core";
import type { MetricData } from "@opentelemetry/sdk-metrics";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { instrumentProducer } from "@telltale/metrics";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createHealth, type Health } from "./health.ts";
import type { HealthAnswer } from "./health-check.ts";

let health: Health;
beforeEach(() => {
  health = createHealth();
});
afterEach(() => health[Symbol.dispose]());

test("nothing, true and an answer are healthy; false and a throw are unhealthy with the reason", async () => {
  health.register("nothing", () => {});
  health.register("yes", async () => true);
  health.register("slow", () => ({ state: "degraded", reason: "no data for 12 s" }), { critical: false });
  health.register("no", () => false);
  health.register("thrown", () => {
    throw new Error("Disconnected\nfrom exchange");
  });
  health.register("odd", () => ({ state: "fine" }) as never);
  const { checks } = await health.checkNow();
  expect(checks.map(({ name, state, reason }) => [name, state, reason])).toEqual([
    ["nothing", "healthy", undefined],
    ["yes", "healthy", undefined],
    ["slow", "degraded", "no data for 12 s"],
    ["no", "unhealthy", "the check said no"],
    ["thrown", "unhealthy", "Disconnected from exchange"],
    ["odd", "unhealthy", "the check answered with the state fine, which there is not"],
  ]);
  for (const { latencyMs } of checks) expect(latencyMs).toBeGreaterThanOrEqual(0);
});

describe("ready", () => {
  test("the process is not ready before every critical check has answered", async () => {
    let answer = (_: boolean): void => {};
    const answered = new Promise<boolean>((resolve) => (answer = resolve));
    health.register("database", () => answered);
    health.register("extra", () => new Promise(() => {}), { critical: false });
    expect(health.status()).toMatchObject({ ready: false, phase: "starting" });
    answer(true);
    await until(() => health.status().ready);
    expect(health.status()).toMatchObject({ ready: true, phase: "running", state: "healthy" });
  });

  test("a manual start waits for the application's word", async () => {
    using manual = createHealth({ start: "manual" });
    manual.register("fine", () => true);
    await manual.checkNow();
    expect(manual.status()).toMatchObject({ ready: false, phase: "starting" });
    manual.started();
    expect(manual.status().ready).toBe(true);
  });

  test("it is not ready from the moment that it ends, and stays alive", async () => {
    health.register("fine", () => true, { liveness: true });
    expect((await health.checkNow()).ready).toBe(true);
    health.stopping();
    expect(health.status()).toMatchObject({ ready: false, live: true, phase: "stopping", state: "healthy" });
  });

  test("an unhealthy check makes it not ready only when it is critical, and not alive only when it says so", async () => {
    health.register("cache", () => false, { critical: false });
    expect(await health.checkNow()).toMatchObject({ ready: true, live: true, state: "degraded" });
    const database = health.register("database", () => false);
    expect(await health.checkNow()).toMatchObject({ ready: false, live: true, state: "unhealthy" });
    database[Symbol.dispose]();
    health.register("deadlock", () => false, { critical: false, liveness: true });
    expect(await health.checkNow()).toMatchObject({ ready: true, live: false });
  });
});

describe("a check that hangs", () => {
  test("is unhealthy at its deadline, told to stop, and never asked a second time meanwhile", async () => {
    let asked = 0;
    let aborted = 0;
    let finish = (_: boolean): void => {};
    const hang = ({ signal }: { readonly signal: AbortSignal }) => {
      if (++asked > 1) return true;
      signal.addEventListener("abort", () => aborted++);
      return new Promise<boolean>((resolve) => (finish = resolve));
    };
    health.register("hang", hang, { intervalMs: 10, timeoutMs: 20 });
    await until(() => health.status().checks[0]!.state === "unhealthy");
    expect(health.status().checks[0]!.reason).toMatch(/^no answer in \d+ ms$/);
    await health.checkNow();
    await health.checkNow();
    expect([asked, aborted]).toEqual([1, 1]);
    finish(true);
    await until(() => health.status().checks[0]!.state === "healthy");
  });
});

test("what depends on an unhealthy check is not asked, and says why it is unhealthy", async () => {
  let isUp = false;
  let asked = 0;
  health.register("database", () => isUp);
  health.register(
    "orders",
    () => {
      asked++;
    },
    { dependsOn: ["database"] },
  );
  await health.checkNow();
  expect(health.status().checks[1]).toMatchObject({ state: "unhealthy", reason: "needs database, which is unhealthy" });
  await health.checkNow();
  expect(asked).toBe(0);
  isUp = true;
  expect((await health.checkNow()).checks[1]).toMatchObject({ state: "healthy", reason: undefined });
});

test("a check that is replaced cannot come to depend on itself", () => {
  health.register("a", () => true);
  health.register("b", () => true, { dependsOn: ["a"] });
  expect(() => health.register("a", () => true, { dependsOn: ["b"] })).toThrow(
    /"a" and "b" would depend on each other/,
  );
});

test("checks go on by themselves, and stop when they are taken away", async () => {
  let asked = 0;
  const registered = health.register("counted", () => void asked++, { intervalMs: 5 });
  await until(() => asked >= 3);
  registered[Symbol.dispose]();
  const then = asked;
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(asked).toBe(then);
  expect(health.status().checks).toEqual([]);
});

test("each change is told with the state before, a state that stays is not", async () => {
  const answers: HealthAnswer[] = [
    { state: "healthy" },
    { state: "healthy" },
    { state: "unhealthy", reason: "gone" },
    { state: "unhealthy", reason: "still gone" },
    { state: "healthy" },
  ];
  const told: unknown[] = [];
  health.onChange((now, before) => told.push([before.state, now.state, now.reason]));
  health.register("feed", () => answers.shift() ?? true);
  for (let i = 0; i < 5; i++) await health.checkNow();
  expect(told).toEqual([
    ["pending", "healthy", undefined],
    ["healthy", "unhealthy", "gone"],
    ["unhealthy", "healthy", undefined],
  ]);
});

test("each check is a metric with its states, and its duration a histogram", async () => {
  health.register("db", () => ({ state: "degraded", reason: "slow" }));
  await health.checkNow();
  const points = (await collected("telltale.health.check"))!.dataPoints;
  expect(points.map(({ attributes, value }) => [attributes["telltale.health.state"], value])).toEqual([
    ["healthy", 0],
    ["degraded", 1],
    ["unhealthy", 0],
  ]);
  expect((await collected("telltale.health.ready"))!.dataPoints[0]!.value).toBe(1);
  const duration = (await collected("telltale.health.check.duration"))!;
  expect(duration.dataPoints.some(({ attributes }) => attributes["telltale.check"] === "db")).toBe(true);
});

test("a change is a span with an event, and what a check does is in nobody's trace", async () => {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const suppressed: boolean[] = [];
  let isUp = true;
  const span = trace.getTracer("test").startSpan("request");
  context.with(trace.setSpan(context.active(), span), () =>
    health.register(
      "feed",
      () => {
        suppressed.push(isTracingSuppressed(context.active()));
        expect(trace.getActiveSpan()).toBeUndefined();
        return isUp;
      },
      { intervalMs: 5 },
    ),
  );
  await until(() => suppressed.length > 2);
  isUp = false;
  await until(() => health.status().state === "unhealthy");
  trace.disable();
  context.disable();
  expect(new Set(suppressed)).toEqual(new Set([true]));
  const changes = exporter.getFinishedSpans();
  expect(changes.map(({ name, status }) => [name, status.code])).toEqual([["health change", 2]]);
  expect(changes[0]!.events[0]).toMatchObject({
    name: "telltale.health.change",
    attributes: {
      "telltale.check": "feed",
      "telltale.health.state": "unhealthy",
      "telltale.health.previous_state": "healthy",
      "telltale.health.reason": "the check said no",
    },
  });
});

test.each([
  ["", {}, "cannot stand in a URL"],
  ["a/b", {}, "cannot stand in a URL"],
  ["a", { intervalMs: 0 }, 'intervalMs of the health check "a" is 0'],
  ["a", { timeoutMs: Number.NaN }, "NaN"],
  ["a", { dependsOn: ["b"] }, 'depends on "b", which there is not'],
  ["a", { dependsOn: ["a"] }, "depend on each other"],
])("a check %j with %j is refused", (name, options, message) => {
  expect(() => health.register(name, () => true, options)).toThrow(
    expect.objectContaining({ code: "TELLTALE_BAD_HEALTH_CHECK", message: expect.stringContaining(message) }),
  );
});

function until(condition: () => boolean): Promise<void> {
  return expect.poll(condition, { interval: 2 }).toBe(true) as unknown as Promise<void>;
}

async function collected(name: string): Promise<MetricData | undefined> {
  const { resourceMetrics } = await instrumentProducer().collect();
  return resourceMetrics.scopeMetrics
    .flatMap(({ metrics }) => metrics)
    .find(({ descriptor }) => descriptor.name === name);
}
