import type { Sampler, SamplingResult } from "@opentelemetry/sdk-trace";
import { type LocalSampler, NOT_RECORD, RECORD_AND_SAMPLED } from "../engine/local-sampler.ts";

/** Keeps every span. */
export function alwaysOnSampler(): Sampler {
  return constantSampler({ decision: RECORD_AND_SAMPLED }, "AlwaysOnSampler");
}

/** Keeps no span. */
export function alwaysOffSampler(): Sampler {
  return constantSampler({ decision: NOT_RECORD }, "AlwaysOffSampler");
}

function constantSampler(result: SamplingResult, name: string): LocalSampler {
  return {
    followsParent: false,
    unsampled: NOT_RECORD,
    ignoresTrace: true,
    sampleRoot: () => result,
    shouldSample: () => result,
    toString: () => name,
  };
}
