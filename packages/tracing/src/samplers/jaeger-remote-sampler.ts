/**
 * Jaeger's remote sampling: a service asks its agent or collector, again and again, how it is to sample.
 * @see https://www.jaegertracing.io/docs/1.76/architecture/sampling/
 */
import { createRequire } from "node:module";
import { context, createContextKey, diag } from "@opentelemetry/api";
import type { Sampler } from "@opentelemetry/sdk-trace";
import { type LocalSampler, NOT_RECORD } from "../engine/local-sampler.ts";
import { rateLimitingSampler } from "./rate-limiting-sampler.ts";
import { ratioSampler } from "./ratio-sampler.ts";
import { type RuleSampler, ruleSampler, type SamplingRule } from "./rule-sampler.ts";

const require = createRequire(import.meta.url);

export interface JaegerRemoteSamplerOptions {
  readonly serviceName: string;
  /** @default "http://localhost:5778/sampling" */
  readonly endpoint?: string;
  /** @default 60,000 */
  readonly pollingIntervalMs?: number;
  /** Until Jaeger has answered. @default a ratio of 0.001, as Jaeger's own clients */
  readonly initial?: Sampler;
}

export interface JaegerRemoteSampler extends RuleSampler, Disposable {
  /** Asks now; settles when the answer is in use, or the question has failed, which changes nothing. */
  refresh(): Promise<void>;
}

/** The part of Jaeger's answer that is used; names and numbers of `strategyType` are both seen. */
interface Strategy {
  readonly strategyType?: "PROBABILISTIC" | "RATE_LIMITING" | 0 | 1;
  readonly probabilisticSampling?: { readonly samplingRate?: number };
  readonly rateLimitingSampling?: { readonly maxTracesPerSecond?: number };
  readonly operationSampling?: {
    readonly defaultSamplingProbability?: number;
    readonly defaultLowerBoundTracesPerSecond?: number;
    readonly perOperationStrategies?:
      | readonly {
          readonly operation: string;
          readonly probabilisticSampling?: { readonly samplingRate?: number };
        }[]
      | null;
  } | null;
}

/** Samples as Jaeger says, per operation if it says so; give it to a ParentBased sampler. `[Symbol.dispose]` ends the asking. */
export function jaegerRemoteSampler(options: JaegerRemoteSamplerOptions): JaegerRemoteSampler {
  const { endpoint = "http://localhost:5778/sampling", pollingIntervalMs = 60_000 } = options;
  const url = new URL(endpoint);
  url.searchParams.set("service", options.serviceName);
  let current = ruleSampler({ rules: [], otherwise: options.initial ?? ratioSampler(0.001) });
  let isFailing = false;
  let lastAnswer: string | undefined;

  async function refresh(): Promise<void> {
    try {
      const answer = await get(url);
      isFailing = false;
      // The same answer keeps its token buckets and counts.
      if (answer === lastAnswer) return;
      current = samplerOf(JSON.parse(answer) as Strategy);
      lastAnswer = answer;
    } catch (error) {
      if (!isFailing) diag.warn(`telltale: ${endpoint} gives no sampling strategy; the last one stays in use`, error);
      isFailing = true;
    }
  }

  void refresh();
  const timer = setInterval(() => void refresh(), pollingIntervalMs).unref();
  const sampler: JaegerRemoteSampler & LocalSampler = {
    followsParent: false,
    unsampled: NOT_RECORD,
    sampleRoot: (span) => (current as RuleSampler & LocalSampler).sampleRoot(span),
    shouldSample: (...given) => current.shouldSample(...given),
    status: () => current.status(),
    toString: () => `JaegerRemoteSampler{${current}}`,
    refresh,
    [Symbol.dispose]: () => clearInterval(timer),
  };
  return sampler;
}

function samplerOf({ strategyType, ...strategy }: Strategy): RuleSampler {
  const { operationSampling } = strategy;
  if (operationSampling) {
    const { defaultSamplingProbability = 0, defaultLowerBoundTracesPerSecond: lowerBound = 0 } = operationSampling;
    // Of a service that has not been seen yet there are only the defaults.
    const rules = (operationSampling.perOperationStrategies ?? []).map(
      ({ operation, probabilisticSampling }): SamplingRule => ({
        name: operation,
        matches: (span) => span.name === operation,
        sampler: withLowerBound(probabilisticSampling?.samplingRate ?? 0, lowerBound),
      }),
    );
    return ruleSampler({ rules, otherwise: withLowerBound(defaultSamplingProbability, lowerBound) });
  }
  const isRateLimiting = strategyType === "RATE_LIMITING" || strategyType === 1;
  return ruleSampler({
    rules: [],
    otherwise: isRateLimiting
      ? rateLimitingSampler({ tracesPerSecond: strategy.rateLimitingSampling?.maxTracesPerSecond ?? 0 })
      : ratioSampler(strategy.probabilisticSampling?.samplingRate ?? 0),
  });
}

/** A ratio, and what is below it still so many times a second: Jaeger's guaranteed throughput. */
function withLowerBound(ratio: number, tracesPerSecond: number): Sampler {
  const share = ratioSampler(ratio) as LocalSampler;
  if (tracesPerSecond <= 0) return share;
  const floor = rateLimitingSampler({ tracesPerSecond }) as LocalSampler;
  const sampler: LocalSampler = {
    followsParent: false,
    unsampled: NOT_RECORD,
    sampleRoot(span) {
      const result = share.sampleRoot(span);
      return result.decision === NOT_RECORD ? floor.sampleRoot(span) : result;
    },
    shouldSample(...given) {
      const result = share.shouldSample(...given);
      return result.decision === NOT_RECORD ? floor.shouldSample(...given) : result;
    },
    toString: () => `GuaranteedThroughputSampler{${ratio}, ${tracesPerSecond}}`,
  };
  return sampler;
}

/** As in @opentelemetry/core, which need not be loaded: the question is not part of anybody's trace. */
const SUPPRESS_TRACING = createContextKey("OpenTelemetry SDK Context Key SUPPRESS_TRACING");
const TIMEOUT_MS = 10_000;
const MAX_ANSWER_LENGTH = 4_000_000;

function get(url: URL): Promise<string> {
  const { get: request } = require(
    url.protocol === "https:" ? "node:https" : "node:http",
  ) as typeof import("node:http");
  return new Promise((resolve, reject) => {
    context.with(context.active().setValue(SUPPRESS_TRACING, true), () => {
      const asking = request(url, { timeout: TIMEOUT_MS, agent: false }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
          if (text.length > MAX_ANSWER_LENGTH) asking.destroy(new Error("the answer is too long"));
        });
        response.on("error", reject);
        response.on("end", () => {
          if (response.statusCode === 200) resolve(text);
          else reject(new Error(`status ${response.statusCode}: ${text.slice(0, 200)}`));
        });
      });
      asking.on("timeout", () => asking.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
      asking.on("error", reject);
      asking.on("socket", (socket) => socket.unref());
    });
  });
}
