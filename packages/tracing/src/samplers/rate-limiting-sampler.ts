import { performance } from "node:perf_hooks";
import type { Sampler, SamplingResult } from "@opentelemetry/sdk-trace";
import { type LocalSampler, NOT_RECORD, RECORD_AND_SAMPLED } from "../engine/local-sampler.ts";

export interface RateLimitingSamplerOptions {
  /** Sampled a second on average; below 1 means one every so many seconds. */
  readonly tracesPerSecond: number;
  /** Milliseconds that never go back. @default performance.now */
  readonly clock?: { now(): number };
}

/**
 * Samples at most so many traces a second: a token bucket that holds one second's worth, at least 1, and starts full.
 * Meant as the root of a `ParentBasedSampler`, so that traces stay whole. Sampled roots say why, as Jaeger's do.
 * @throws RangeError when `tracesPerSecond` is negative or not a finite number.
 * @see https://www.jaegertracing.io/docs/1.76/architecture/sampling/
 */
export function rateLimitingSampler(options: RateLimitingSamplerOptions): Sampler {
  const { tracesPerSecond, clock = performance } = options;
  if (!Number.isFinite(tracesPerSecond) || tracesPerSecond < 0) throw badRate(tracesPerSecond);
  const capacity = tracesPerSecond === 0 ? 0 : Math.max(tracesPerSecond, 1);
  const sampled = {
    decision: RECORD_AND_SAMPLED,
    attributes: { "sampler.type": "ratelimiting", "sampler.param": tracesPerSecond },
  } as const;
  const notSampled = { decision: NOT_RECORD } as const;
  let tokens = capacity;
  let filledAtMs = clock.now();
  function decide(): SamplingResult {
    const now = clock.now();
    tokens = Math.min(capacity, tokens + ((now - filledAtMs) / 1_000) * tracesPerSecond);
    filledAtMs = now;
    if (tokens < 1) return notSampled;
    tokens -= 1;
    return sampled;
  }
  const sampler: LocalSampler = {
    followsParent: false,
    unsampled: NOT_RECORD,
    ignoresTrace: true,
    sampleRoot: decide,
    shouldSample: decide,
    toString: () => `RateLimitingSampler{${tracesPerSecond}}`,
  };
  return sampler;
}

function badRate(tracesPerSecond: number): RangeError {
  const message = `tracesPerSecond is ${tracesPerSecond}; give a number of traces a second, 0 or more, such as 100`;
  return Object.assign(new RangeError(message), { code: "TELLTALE_BAD_SAMPLING_RATE" });
}
