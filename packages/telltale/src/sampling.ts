/** How traces are sampled, which can be asked for and replaced while the application runs. */
import type { ReadableSpan, Sampler, SpanProcessor } from "@opentelemetry/sdk-trace";
import {
  adjustableSampler,
  alwaysOffSampler,
  alwaysOnSampler,
  jaegerRemoteSampler,
  type RuleStatus,
  rateLimitingSampler,
  ratioSampler,
  ruleSampler,
  type TailSamplingProcessor,
  type TailSamplingStatus,
  tailSamplingProcessor,
} from "@telltale/tracing";
import { readSampling } from "./configuration/resolve-sampling.ts";
import type { SamplingConfiguration, SamplingSettings } from "./configuration.ts";
import type { SamplingOptions } from "./options.ts";

/** What sampling has done since it was last set. */
export interface SamplingStatus {
  readonly parentBased: boolean;
  /** What each rule decided about traces that began here; the last one is "otherwise". */
  readonly rules: readonly RuleStatus[];
  /** Sums of `rules`. */
  readonly kept: number;
  readonly dropped: number;
  readonly tail: TailSamplingStatus | undefined;
  /** What waits in front of the exporters, and what was lost there because a queue was full. */
  readonly queues: readonly QueueStatus[];
}

export interface QueueStatus {
  /** Such as "spans to http://localhost:4318/v1/traces". */
  readonly what: string;
  readonly pending: number;
  readonly dropped: number;
}

/** Sampling while the application runs. */
export interface SamplingControl {
  /**
   * Samples like this from the next trace on; what is not given has its default, whatever was configured.
   * @throws ConfigurationError when the options cannot be used; nothing changes then.
   */
  set(options: SamplingOptions): void;
  status(): SamplingStatus;
}

/** For a process that does not trace, or whose SDK was made from an OpenTelemetry configuration file. */
export const noSampling: SamplingControl = {
  set: (options) => void readSampling(options),
  status: () => ({ parentBased: true, rules: [], kept: 0, dropped: 0, tail: undefined, queues: [] }),
};

export interface Sampling {
  readonly sampler: Sampler;
  /** Around what takes ended spans to the exporters; decides about those that are only recorded. Called once. */
  readonly beforeExport: (processors: readonly SpanProcessor[]) => SpanProcessor;
  readonly set: SamplingControl["set"];
  readonly status: () => Omit<SamplingStatus, "queues">;
  /** Gives undecided spans to the exporters, in a process that is about to die. */
  readonly keepWaiting: () => void;
  readonly stop: () => void;
}

export function startSampling(settings: SamplingSettings, serviceName: string): Sampling {
  let current = made(settings, serviceName);
  const sampler = adjustableSampler(current.setup);
  let tail: SwitchedTail | undefined;
  return {
    sampler,
    beforeExport(processors) {
      tail = switchedTail(together(processors), current.settings.tailSampling);
      return tail.processor;
    },
    set(options) {
      const next = made(readSampling(options), serviceName);
      current.stop();
      current = next;
      sampler.set(next.setup);
      tail?.set(next.settings.tailSampling);
    },
    status() {
      const rules = current.rules();
      return {
        parentBased: current.settings.parentBased,
        rules,
        kept: rules.reduce((sum, { kept }) => sum + kept, 0),
        dropped: rules.reduce((sum, { dropped }) => sum + dropped, 0),
        tail: tail?.status(),
      };
    },
    keepWaiting: () => tail?.keepWaiting(),
    stop: () => current.stop(),
  };
}

function made(settings: SamplingSettings, serviceName: string) {
  const { sampler, stop } = samplerOf(settings.sampling, serviceName);
  const rules = settings.samplingRules.map(({ sampling, ...rule }) => ({
    ...rule,
    sampler: samplerOf(sampling, serviceName).sampler,
  }));
  const root = ruleSampler({ rules, otherwise: sampler });
  const setup = { root, parentBased: settings.parentBased, recordUnsampled: settings.tailSampling !== undefined };
  return { settings, setup, stop, rules: () => root.status() };
}

function samplerOf(sampling: SamplingConfiguration, serviceName: string): { sampler: Sampler; stop: () => void } {
  const stop = (): void => {};
  switch (sampling.type) {
    case "always_on":
      return { sampler: alwaysOnSampler(), stop };
    case "always_off":
      return { sampler: alwaysOffSampler(), stop };
    case "ratio":
      return { sampler: ratioSampler(sampling.ratio), stop };
    case "rate_limiting":
      return { sampler: rateLimitingSampler({ tracesPerSecond: sampling.tracesPerSecond }), stop };
    case "jaeger_remote": {
      const { endpoint, pollingIntervalMs, initialRatio } = sampling;
      const initial = ratioSampler(initialRatio);
      const remote = jaegerRemoteSampler({ endpoint, pollingIntervalMs, serviceName, initial });
      return { sampler: remote, stop: () => remote[Symbol.dispose]() };
    }
  }
}

/** One processor, so that a span is decided once for all exporters. */
function together(processors: readonly SpanProcessor[]): SpanProcessor {
  return {
    onStart() {},
    onEnd(span) {
      for (const processor of processors) processor.onEnd(span);
    },
    async forceFlush() {
      await Promise.all(processors.map((processor) => processor.forceFlush()));
    },
    async shutdown() {
      await Promise.all(processors.map((processor) => processor.shutdown()));
    },
  };
}

interface SwitchedTail {
  readonly processor: SpanProcessor;
  readonly set: (settings: SamplingSettings["tailSampling"]) => void;
  readonly status: () => TailSamplingStatus | undefined;
  readonly keepWaiting: () => void;
}

/** Tail sampling may come and go at run time, while the provider's processors are what they were at its start. */
function switchedTail(next: SpanProcessor, initial: SamplingSettings["tailSampling"]): SwitchedTail {
  let tail: TailSamplingProcessor | undefined;
  const set: SwitchedTail["set"] = (settings) => {
    tail = settings === undefined ? undefined : tailSamplingProcessor({ next, ...settings });
  };
  set(initial);
  return {
    processor: {
      onStart: (span, parent) => tail?.onStart(span, parent),
      onEnd: (span: ReadableSpan) => (tail ?? next).onEnd(span),
      forceFlush: () => next.forceFlush(),
      shutdown: () => (tail ?? next).shutdown(),
    },
    set,
    status: () => tail?.status(),
    keepWaiting: () => tail?.keepWaiting(),
  };
}
