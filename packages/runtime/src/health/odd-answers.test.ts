import { context, type Span, type Tracer, trace } from "@opentelemetry/api";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { createHealth, type Health } from "./health.ts";

let health: Health;
beforeEach(() => {
  health = createHealth();
});
afterEach(() => health[Symbol.dispose]());

const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();
const wordless = Object.assign(Object.create(null) as object, { odd: true });

test.each([
  ["an object without words", () => raise(wordless), "the check threw what has no words"],
  ["a revoked proxy", () => Promise.reject(revoked), "the check threw what has no words"],
  ["nothing", () => raise(undefined), "undefined"],
  ["a symbol", () => raise(Symbol("down")), "Symbol(down)"],
  ["errors in a row", () => raise(new AggregateError([wordless], "")), "the check threw what has no words"],
  ["an error with a number for its message", () => raise(Object.assign(new Error(), { message: 7 })), "7"],
])("a check that throws %s is unhealthy, and nothing else happens", async (_, check, reason) => {
  health.register("odd", check);
  expect((await health.checkNow()).checks[0]).toMatchObject({ state: "unhealthy", reason });
});

test.each([
  [{ state: "degraded", reason: 7 }, "degraded", "7"],
  [{ state: "degraded", reason: Symbol("slow") }, "degraded", "Symbol(slow)"],
  [{ state: "degraded", reason: "two\nlines" }, "degraded", "two lines"],
  [{ state: "degraded", reason: "x".repeat(5_000) }, "degraded", "x".repeat(500)],
  [{ state: Symbol("fine") }, "unhealthy", expect.stringContaining("Symbol(fine)")],
  [null, "unhealthy", expect.stringContaining("undefined, which there is not")],
  ["yes", "unhealthy", expect.stringContaining("undefined, which there is not")],
])("the answer %# is told in one line of text", async (answer, state, reason) => {
  health.register("odd", () => answer);
  expect((await health.checkNow()).checks[0]).toMatchObject({ state, reason });
});

test("what is no function is unhealthy", async () => {
  health.register("odd", undefined as never);
  expect((await health.checkNow()).checks[0]).toMatchObject({ state: "unhealthy", reason: "check is not a function" });
});

test("a tracer that throws keeps no check from being asked, and no listener from being told", async () => {
  const broken: Tracer = {
    startSpan: (): Span => raise(new Error("no spans")) as never,
    startActiveSpan: () => raise(new Error("no spans")) as never,
  };
  trace.setGlobalTracerProvider({ getTracer: () => broken });
  onTestFinished(() => {
    trace.disable();
    context.disable();
  });
  let isUp = false;
  const told: string[] = [];
  health.onChange(({ state }) => told.push(state));
  health.register("feed", () => isUp);
  await health.checkNow();
  isUp = true;
  expect((await health.checkNow()).state).toBe("healthy");
  expect(told).toEqual(["unhealthy", "healthy"]);
});

function raise(error: unknown): never {
  throw error;
}
