import type { Context } from "@opentelemetry/api";
import type { Resource } from "@opentelemetry/resources";
import type { IdGenerator, ReadableSpan, Sampler, Span, SpanLimits, SpanProcessor } from "@opentelemetry/sdk-trace";
import type { AttributeLimits } from "./attribute-values.ts";
import { guardedProcessor } from "./guarded-processor.ts";

/** What all tracers of a provider, and their spans, share. */
export interface SpanSettings {
  readonly resource: Resource;
  readonly sampler: Sampler;
  /** `undefined`: our own random ids. */
  readonly idGenerator: IdGenerator | undefined;
  readonly attributes: AttributeLimits;
  readonly eventAttributes: AttributeLimits;
  readonly linkAttributes: AttributeLimits;
  readonly eventCount: number;
  readonly linkCount: number;
  readonly starting: readonly ((span: Span, parent: Context) => void)[];
  readonly ending: readonly ((span: Span) => void)[];
  readonly ended: readonly ((span: ReadableSpan) => void)[];
  /** Whether somebody has been told of calls on a span that had ended. */
  readonly misuse: { isTold: boolean };
}

export function spanSettings(options: {
  readonly resource: Resource;
  readonly sampler: Sampler;
  readonly idGenerator: IdGenerator | undefined;
  readonly spanLimits: SpanLimits;
  readonly spanProcessors: readonly SpanProcessor[];
}): SpanSettings {
  const { resource, sampler, idGenerator, spanLimits: limits } = options;
  const length = valueLength(limits.attributeValueLengthLimit);
  const processors = options.spanProcessors.map(guardedProcessor);
  return {
    resource,
    sampler,
    idGenerator,
    attributes: { count: limits.attributeCountLimit ?? DEFAULT_LIMIT, length },
    eventAttributes: { count: limits.attributePerEventCountLimit ?? DEFAULT_LIMIT, length },
    linkAttributes: { count: limits.attributePerLinkCountLimit ?? DEFAULT_LIMIT, length },
    eventCount: limits.eventCountLimit ?? DEFAULT_LIMIT,
    linkCount: limits.linkCountLimit ?? DEFAULT_LIMIT,
    starting: processors.flatMap(({ onStart }) => onStart ?? []),
    ending: processors.flatMap(({ onEnding }) => onEnding ?? []),
    ended: processors.flatMap(({ onEnd }) => onEnd ?? []),
    misuse: { isTold: false },
  };
}

/** OpenTelemetry's default for all counts. */
const DEFAULT_LIMIT = 128;

function valueLength(limit: number | undefined): number {
  return limit === undefined || limit <= 0 ? Number.POSITIVE_INFINITY : limit;
}
