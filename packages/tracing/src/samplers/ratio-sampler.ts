import { createTraceState, type SpanContext, type TraceState, trace } from "@opentelemetry/api";
import type { Sampler, SamplingResult } from "@opentelemetry/sdk-trace";
import { type LocalSampler, NOT_RECORD, RECORD_AND_SAMPLED } from "../engine/local-sampler.ts";
import { isKept, randomWords, samplingThreshold } from "./sampling-threshold.ts";

const dropped: SamplingResult = { decision: NOT_RECORD };

/**
 * Keeps a share of all traces, by the randomness of their ids, and says so in their tracestate (`ot=th:…`), from which
 * backends compute how many there were. A trace whose tracestate has randomness of its own (`rv:…`) is decided by that.
 * @throws RangeError when `ratio` is not a number from 0 to 1.
 */
export function ratioSampler(ratio: number): Sampler {
  if (!(ratio >= 0 && ratio <= 1)) throw badRatio(ratio);
  const threshold = samplingThreshold(ratio);
  const { text } = threshold;
  const kept: SamplingResult = {
    decision: RECORD_AND_SAMPLED,
    ...(text !== undefined && { traceState: createTraceState(`ot=th:${text}`) }),
  };
  const sampler: LocalSampler = {
    followsParent: false,
    unsampled: NOT_RECORD,
    sampleRoot: ({ third, fourth }) => (isKept(threshold, third, fourth) ? kept : dropped),
    shouldSample(context, traceId) {
      const state = parentState(trace.getSpanContext(context), traceId);
      const members = membersOf(state?.get("ot"));
      const isSampled = isKept(threshold, ...randomWords(members.get("rv") ?? traceId));
      if (state === undefined) return isSampled ? kept : dropped;
      if (isSampled && text !== undefined) members.set("th", text);
      // What was said of the parent does not hold for a span that was decided anew.
      else members.delete("th");
      return { decision: isSampled ? RECORD_AND_SAMPLED : NOT_RECORD, traceState: withMembers(state, members) };
    },
    toString: () => `TraceIdRatioBased{${ratio}}`,
  };
  return sampler;
}

function parentState(parent: SpanContext | undefined, traceId: string): TraceState | undefined {
  return parent?.traceId === traceId ? parent.traceState : undefined;
}

/** OpenTelemetry's member of the tracestate: `th:c;rv:0123456789abcd`. */
function membersOf(text: string | undefined): Map<string, string> {
  const members = new Map<string, string>();
  for (const member of text?.split(";") ?? []) {
    const colon = member.indexOf(":");
    if (colon > 0) members.set(member.slice(0, colon), member.slice(colon + 1));
  }
  if (!/^[0-9a-f]{14}$/.test(members.get("rv") ?? "")) members.delete("rv");
  return members;
}

function withMembers(state: TraceState, members: ReadonlyMap<string, string>): TraceState {
  if (members.size === 0) return state.unset("ot");
  return state.set("ot", [...members].map(([name, value]) => `${name}:${value}`).join(";"));
}

function badRatio(ratio: number): RangeError {
  const message = `The sampling ratio is ${ratio}; give a share from 0 to 1, such as 0.1`;
  return Object.assign(new RangeError(message), { code: "TELLTALE_BAD_SAMPLING_RATE" });
}
