import { isSpanContextValid, trace } from "@opentelemetry/api";
import type { Sampler, SamplingResult } from "@opentelemetry/sdk-trace";
import {
  isLocalSampler,
  type LocalSampler,
  NOT_RECORD,
  RECORD,
  RECORD_AND_SAMPLED,
  type RootSpan,
} from "../engine/local-sampler.ts";
import { SAMPLED } from "../engine/span-identity.ts";

export interface SamplingSetup {
  /** Decides about roots; about everything when `parentBased` is false. */
  readonly root: Sampler;
  /** Follow the parent's decision where there is one. */
  readonly parentBased: boolean;
  /** Record what is not sampled, for a processor that decides when it has ended. */
  readonly recordUnsampled: boolean;
}

export interface AdjustableSampler extends Sampler {
  /** From the next root on. Spans of traces that are under way follow their parents. */
  set(setup: SamplingSetup): void;
}

const sampled: SamplingResult = { decision: RECORD_AND_SAMPLED };
const dropped: SamplingResult = { decision: NOT_RECORD };
const recorded: SamplingResult = { decision: RECORD };

/** A sampler whose way of sampling can be replaced while the application runs. */
export function adjustableSampler(initial: SamplingSetup): AdjustableSampler {
  let { root, parentBased, recordUnsampled } = initial;
  const orRecorded = (result: SamplingResult): SamplingResult =>
    recordUnsampled && result.decision === NOT_RECORD ? recorded : result;
  const sampler: AdjustableSampler & LocalSampler = {
    get followsParent() {
      return parentBased;
    },
    get unsampled() {
      return recordUnsampled ? RECORD : NOT_RECORD;
    },
    get ignoresTrace() {
      return !parentBased && (root as LocalSampler).ignoresTrace === true;
    },
    sampleRoot: (span: RootSpan) => orRecorded((root as LocalSampler).sampleRoot(span)),
    shouldSample(context, ...rest) {
      const parent = parentBased ? trace.getSpanContext(context) : undefined;
      if (parent === undefined || !isSpanContextValid(parent)) return orRecorded(root.shouldSample(context, ...rest));
      return (parent.traceFlags & SAMPLED) === 0 ? orRecorded(dropped) : sampled;
    },
    set(setup) {
      ({ root, parentBased, recordUnsampled } = localOnly(setup));
    },
    toString: () => (parentBased ? `ParentBased{root=${root}}` : root.toString()),
  };
  sampler.set(initial);
  return sampler;
}

function localOnly(setup: SamplingSetup): SamplingSetup {
  if (isLocalSampler(setup.root)) return setup;
  const message = `${setup.root} cannot be replaced at run time; give one of telltale's own samplers`;
  throw Object.assign(new TypeError(message), { code: "TELLTALE_BAD_SAMPLER" });
}
