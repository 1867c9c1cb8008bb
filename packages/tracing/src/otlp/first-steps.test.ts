/** How the first spans of a process are encoded: in a file of its own, since that happens once. */
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { expect, test } from "vitest";
import { createTracerProvider } from "../engine/tracer-provider.ts";
import { SpanBatch } from "./span-batch.ts";

test("the first step is of one span and later ones of more, as the code is compiled", () => {
  const batch = new SpanBatch();
  const ended: ReadableSpan[] = [];
  const tracer = createTracerProvider({
    spanProcessors: [
      {
        onStart() {},
        onEnd: (span) => void ended.push(span),
        forceFlush: async () => {},
        shutdown: async () => {},
      },
    ],
  }).getTracer("test");
  for (let index = 0; index < 100; index++) tracer.startSpan("one of many").end();
  let encoded = 0;
  for (const span of ended) {
    Object.defineProperty(span, "name", {
      get() {
        encoded++;
        return "one of many";
      },
    });
    batch.add(span);
  }
  expect(encoded).toBe(0);
  const inStep: number[] = [];
  for (const _ of batch.request()) {
    inStep.push(encoded);
    encoded = 0;
  }
  expect(inStep).toEqual([1, 2, 4, 8, 16, 32, 32]);
  expect(encoded).toBe(5);
});
