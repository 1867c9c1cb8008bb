/** What a span keeps alive: an application that starts each span in the last one, for ever, must not grow. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { context, ROOT_CONTEXT, type Span, trace } from "@opentelemetry/api";
import { expect, test } from "vitest";
import { alwaysOffSampler, alwaysOnSampler } from "../samplers/constant-sampler.ts";
import { parentBasedSampler } from "../samplers/parent-based-sampler.ts";
import { contextWithSpan } from "./span-frame.ts";
import { createTracerProvider } from "./tracer-provider.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

test.each([
  ["recorded", alwaysOnSampler()],
  ["dropped", alwaysOffSampler()],
])("a chain of %s spans keeps none of the earlier ones", async (_kind, root) => {
  const tracer = createTracerProvider({ sampler: parentBasedSampler({ root }) }).getTracer("t");
  const { first, last } = chain((parent) => tracer.startSpan("a", {}, parent));
  // What a test still refers to on its stack is gone in the next turn.
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  expect(first.deref()).toBeUndefined();
  expect(trace.isSpanContextValid(last.spanContext())).toBe(true);
});

function chain(start: (parent: typeof ROOT_CONTEXT) => Span): { first: WeakRef<Span>; last: Span } {
  // The root of a trace may be kept: it is one, however long the chain.
  let last = start(contextWithSpan(context.active(), start(ROOT_CONTEXT)));
  const first = new WeakRef(last);
  for (let index = 0; index < 10; index++) {
    last.end();
    last = start(contextWithSpan(ROOT_CONTEXT, last));
  }
  return { first, last };
}
