import { trace } from "@opentelemetry/api";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { expect, test } from "vitest";
import { discardEarlySpans, replayEarlySpans } from "./early-spans.ts";
import { withSpan } from "./with-span.ts";

// In a file of its own: it is for good.
test("a process that will not trace keeps nothing", () => {
  const exporter = new InMemorySpanExporter();
  withSpan("early", () => {});
  discardEarlySpans();
  withSpan("early too", () => {});
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
  expect(replayEarlySpans()).toBe(0);
  withSpan("late", () => {});
  expect(exporter.getFinishedSpans().map((span) => span.name)).toEqual(["late"]);
});
