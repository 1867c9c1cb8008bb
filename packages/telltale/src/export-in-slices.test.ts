/** What the application's event loop waits for while spans leave: counted, on a clock that only encoding moves. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { createSpanExporter, createTracerProvider, SpanBatch } from "@telltale/tracing";
import { expect, test, vi } from "vitest";
import { type BatchExporter, ExportQueue } from "./export-queue.ts";

/** A hundred times what encoding a span takes: so slow that any stretch which is not cut shows. */
const SPAN_MS = 0.1;

test.for(["http/protobuf", "http/json"] as const)(
  "10,000 spans that end in one tick never hold the event loop for 5 ms, by %s",
  async (protocol) => {
    const received = createServer((request, response) => request.resume().on("end", () => response.end())).listen(0);
    const endpoint = `http://127.0.0.1:${(received.address() as AddressInfo).port}/v1/traces`;
    const options = { headers: {}, timeoutMs: 60_000, certificate: undefined, clientKey: undefined };
    const exporter = createSpanExporter({
      type: "otlp",
      protocol,
      endpoint,
      compression: "none",
      clientCertificate: undefined,
      insecure: false,
      ...options,
    });
    const batch = {
      maxQueueSize: 16_384,
      maxExportBatchSize: 512,
      scheduledDelayMs: 1_000,
      exportTimeoutMs: 60_000,
    };
    const queue = new ExportQueue<ReadableSpan | Uint8Array>({
      exporter: exporter as BatchExporter<ReadableSpan | Uint8Array>,
      batch,
      what: "spans",
      // As spans are queued for this protocol.
      ...(protocol === "http/protobuf" && { newBatch: () => new SpanBatch() }),
    });
    const provider = createTracerProvider({
      spanProcessors: [
        {
          onStart() {},
          onEnd: (span) => queue.add(span),
          forceFlush: () => queue.flush(),
          shutdown: () => queue.shutdown(),
        },
      ],
    });
    let nowMs = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => nowMs);
    let encoded = 0;
    const encodedInTurn: number[] = [];
    const turns = watchTurns(() => {
      encodedInTurn.push(encoded);
      encoded = 0;
    });
    try {
      const tracer = provider.getTracer("test");
      for (let index = 0; index < 10_000; index++) {
        const span = tracer.startSpan("one of many");
        Object.defineProperty(span, "name", {
          get() {
            encoded++;
            nowMs += SPAN_MS;
            return "one of many";
          },
        });
        span.end();
      }
      expect(encoded).toBe(0);
      await provider.forceFlush();
      expect(encodedInTurn.reduce((sum, count) => sum + count, encoded)).toBeGreaterThanOrEqual(10_000);
      expect(queue.dropped).toBe(0);
      expect(Math.max(...encodedInTurn) * SPAN_MS).toBeLessThan(5);
    } finally {
      turns.stop();
      clock.mockRestore();
      await provider.shutdown();
      received.close();
    }
  },
);

/** Calls `onTurn` once in each turn of the event loop. */
function watchTurns(onTurn: () => void): { readonly stop: () => void } {
  let next: NodeJS.Immediate;
  const turn = (): void => {
    onTurn();
    next = setImmediate(turn);
  };
  next = setImmediate(turn);
  return { stop: () => clearImmediate(next) };
}
