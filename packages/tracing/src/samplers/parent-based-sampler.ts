import { isSpanContextValid, trace } from "@opentelemetry/api";
import type { Sampler, SamplingResult } from "@opentelemetry/sdk-trace";
import { isLocalSampler, type LocalSampler, NOT_RECORD, RECORD_AND_SAMPLED } from "../engine/local-sampler.ts";
import { SAMPLED } from "../engine/span-identity.ts";

export interface ParentBasedSamplerOptions {
  /** Asked about spans without a parent. */
  readonly root: Sampler;
  /** @default sampled */
  readonly remoteParentSampled?: Sampler;
  /** @default not sampled */
  readonly remoteParentNotSampled?: Sampler;
  /** @default sampled */
  readonly localParentSampled?: Sampler;
  /** @default not sampled */
  readonly localParentNotSampled?: Sampler;
}

const sampled: SamplingResult = { decision: RECORD_AND_SAMPLED };
const notSampled: SamplingResult = { decision: NOT_RECORD };

/** Follows the parent's decision, so that traces stay whole; `root` decides where there is none. OpenTelemetry's ParentBased. */
export function parentBasedSampler(options: ParentBasedSamplerOptions): Sampler {
  const { root, ...others } = options;
  const followsParent = Object.values(others).every((sampler) => sampler === undefined);
  const describe = (): string => `ParentBased{root=${root.toString()}${described(others)}}`;
  const shouldSample: Sampler["shouldSample"] = (context, ...rest) => {
    const parent = trace.getSpanContext(context);
    if (parent === undefined || !isSpanContextValid(parent)) return root.shouldSample(context, ...rest);
    const isSampled = (parent.traceFlags & SAMPLED) !== 0;
    const which = `${parent.isRemote ? "remote" : "local"}Parent${isSampled ? "Sampled" : "NotSampled"}` as const;
    return others[which]?.shouldSample(context, ...rest) ?? (isSampled ? sampled : notSampled);
  };
  if (!followsParent || !isLocalSampler(root)) return { shouldSample, toString: describe };
  const local: LocalSampler = {
    followsParent,
    unsampled: NOT_RECORD,
    sampleRoot: (span) => root.sampleRoot(span),
    shouldSample,
    toString: describe,
  };
  return local;
}

function described(samplers: Readonly<Record<string, Sampler | undefined>>): string {
  return Object.entries(samplers)
    .map(([name, sampler]) => `, ${name}=${sampler}`)
    .join("");
}
