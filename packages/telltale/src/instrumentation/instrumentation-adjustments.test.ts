import { context } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { suppressTracing } from "@opentelemetry/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { instrumentationAdjustments } from "./instrumentation-adjustments.ts";

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});
afterAll(() => context.disable());

const hooks = [
  ["http", "ignoreOutgoingRequestHook"],
  ["undici", "ignoreRequestHook"],
] as const;

test.each(hooks)("%s ignores requests while tracing is suppressed, and no others", (name, hookName) => {
  const ignored = hookOf(name, hookName, {});
  expect(ignored({ path: "/" })).toBe(false);
  expect(context.with(suppressTracing(context.active()), () => ignored({ path: "/" }))).toBe(true);
});

test.each(hooks)("%s keeps the user's own hook and options", (name, hookName) => {
  const own = { [hookName]: (request: { path: string }) => request.path === "/health", requestHook: "kept" };
  const ignored = hookOf(name, hookName, own);
  expect([ignored({ path: "/health" }), ignored({ path: "/" })]).toEqual([true, false]);
  expect(instrumentationAdjustments[name]!.config!(own)).toMatchObject({ requestHook: "kept" });
});

function hookOf(name: string, hookName: string, config: Record<string, unknown>): (request: object) => unknown {
  return instrumentationAdjustments[name]!.config!(config)[hookName] as (request: object) => unknown;
}
