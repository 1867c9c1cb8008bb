import type { SpanKind, SpanOptions } from "@opentelemetry/api";
import type { Sampler, SamplingResult } from "@opentelemetry/sdk-trace";

// The values of the SDK's SamplingDecision: importing the enum would load the SDK.
export const NOT_RECORD = 0;
export const RECORD = 1;
export const RECORD_AND_SAMPLED = 2;

/**
 * A sampler that our engine can ask before a span has ids, attributes of its own or a context. To everyone else it is a
 * plain Sampler that decides the same.
 */
export interface LocalSampler extends Sampler {
  /** A valid parent's decision is followed, without asking. May change at run time, as may `unsampled`. */
  readonly followsParent: boolean;
  /** What becomes of a span whose parent is not sampled: recorded only where something later decides again. */
  readonly unsampled: typeof NOT_RECORD | typeof RECORD;
  /** Neither ids nor parents make a difference, so that `sampleRoot` may be asked about any span. May change at run time. */
  readonly ignoresTrace?: boolean;
  /** The decision about a root. `third` and `fourth` are the last two words of its trace id. */
  sampleRoot(root: RootSpan): SamplingResult;
}

export interface RootSpan {
  readonly name: string;
  readonly kind: SpanKind;
  /** As given. Its attributes may be made when they are read, which a sampler that does not need them leaves alone. */
  readonly options: SpanOptions | undefined;
  readonly third: number;
  readonly fourth: number;
}

export function isLocalSampler(sampler: Sampler): sampler is LocalSampler {
  return "sampleRoot" in sampler;
}
