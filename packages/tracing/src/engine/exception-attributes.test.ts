import { diag, ROOT_CONTEXT } from "@opentelemetry/api";
import { afterEach, expect, test, vi } from "vitest";
import { createTracerProvider } from "./tracer-provider.ts";

afterEach(() => diag.disable());

test.each([
  ["nothing", undefined],
  ["null", null],
  ["a symbol", Symbol("thrown")],
  ["an object without a prototype", Object.create(null)],
  [
    "an object whose fields throw when they are read",
    Object.defineProperty({}, "message", {
      get() {
        throw new Error("not to be read");
      },
    }),
  ],
])("%s, which may be thrown like anything else, is told of and recorded as no exception", (_, thrown) => {
  const warn = vi.fn();
  diag.setLogger({ error: warn, warn, info() {}, debug() {}, verbose() {} });
  const span = createTracerProvider().getTracer("t").startSpan("a", {}, ROOT_CONTEXT);
  span.recordException(thrown as never);
  expect(warn.mock.calls).toEqual([["Failed to record an exception, which says nothing of itself", thrown]]);
  expect(span).toMatchObject({ events: [] });
});
