import type { IdGenerator } from "@opentelemetry/sdk-trace";

interface Ids {
  readonly traceId: string;
  readonly spanId: string;
}

let next: Ids | undefined;

/**
 * Spans replayed by `replayEarlySpans()` keep the ids they had before; all others get theirs from `generator`.
 * For the `idGenerator` of a tracer provider. Without it replayed spans get new ids, with the same parents.
 */
export function keepEarlyIds(generator: IdGenerator): IdGenerator {
  return {
    generateTraceId: () => next?.traceId ?? generator.generateTraceId(),
    generateSpanId: () => next?.spanId ?? generator.generateSpanId(),
  };
}

/** The ids for the span that is being replayed, if one is. */
export function earlyIds(): Ids | undefined {
  return next;
}

/** Runs `start`, in which the provider asks its generator for the ids of exactly one span. */
export function withIds<T>(ids: Ids, start: () => T): T {
  next = ids;
  try {
    return start();
  } finally {
    next = undefined;
  }
}
