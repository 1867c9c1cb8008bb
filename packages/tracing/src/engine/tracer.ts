import {
  type Attributes,
  type Context,
  createContextKey,
  diag,
  INVALID_SPAN_CONTEXT,
  isSpanContextValid,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  type SpanKind,
  type SpanOptions,
  type Tracer,
  type TraceState,
  trace,
} from "@opentelemetry/api";
import type { InstrumentationScope } from "@opentelemetry/core";
import type { SamplingResult } from "@opentelemetry/sdk-trace";
import { earlyIds } from "../early-ids.ts";
import { keepAttributes } from "./attribute-values.ts";
import { monotonicMs } from "./clock.ts";
import { activeContext, runInContext } from "./context-manager.ts";
import { DroppedSpan } from "./dropped-span.ts";
import { isLocalSampler, type LocalSampler, NOT_RECORD, RECORD_AND_SAMPLED } from "./local-sampler.ts";
import { hex64, random32 } from "./random-ids.ts";
import { RecordingSpan } from "./recording-span.ts";
import { contextWithSpan } from "./span-frame.ts";
import { LocalTrace, RANDOM, SAMPLED, SpanIdentity, spanContext } from "./span-identity.ts";
import type { SpanSettings } from "./span-settings.ts";

const INTERNAL: SpanKind.INTERNAL = 0;

/** As in @opentelemetry/core, which need not be loaded to ask. */
const SUPPRESS_TRACING = createContextKey("OpenTelemetry SDK Context Key SUPPRESS_TRACING");

const suppressed = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
const { getSpan } = trace;

/** The API's Tracer. Private fields are plain ones with an underscore: a tracer is a part of every stack trace. */
export class EngineTracer implements Tracer {
  declare readonly instrumentationScope: InstrumentationScope;
  declare private readonly _settings: SpanSettings;
  /** The sampler, when it is one of ours and ids are made here: the short way. */
  declare private readonly _local: LocalSampler | undefined;

  constructor(scope: InstrumentationScope, settings: SpanSettings) {
    this.instrumentationScope = scope;
    this._settings = settings;
    const { sampler, idGenerator } = settings;
    this._local = isLocalSampler(sampler) && idGenerator === undefined ? sampler : undefined;
  }

  // Hot: benchmarks/tracing.ts. Cases are in the order of how often they come.
  startSpan(name: string, options?: SpanOptions, context: Context = activeContext()): Span {
    const local = this._local;
    if (context === ROOT_CONTEXT && local !== undefined && earlyIds() === undefined) {
      return this._startRoot(name, options, context, local);
    }
    if (context.getValue(SUPPRESS_TRACING) === true) return suppressed;
    const isRoot = options?.root === true;
    const parent = isRoot ? undefined : getSpan(context);
    if (local !== undefined && earlyIds() === undefined) {
      if (parent === undefined)
        return this._startRoot(name, options, isRoot ? trace.deleteSpan(context) : context, local);
      if (local.followsParent) {
        if (parent instanceof RecordingSpan) return this._startChild(name, options, context, parent._identity, local);
        if (parent instanceof DroppedSpan) return parent.child();
      } else if (local.ignoresTrace === true) {
        if (parent instanceof RecordingSpan || parent instanceof DroppedSpan) {
          return this._startAnew(name, options, context, parent, local);
        }
      }
    }
    return this._startAny(name, options, isRoot ? trace.deleteSpan(context) : context, parent);
  }

  startActiveSpan<F extends (span: Span) => unknown>(name: string, fn: F): ReturnType<F>;
  startActiveSpan<F extends (span: Span) => unknown>(name: string, options: SpanOptions, fn: F): ReturnType<F>;
  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    options: SpanOptions,
    context: Context,
    fn: F,
  ): ReturnType<F>;
  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    second: F | SpanOptions,
    third?: F | Context,
    fourth?: F,
  ): ReturnType<F> | undefined {
    const fn = fourth ?? (typeof third === "function" ? third : second);
    if (typeof fn !== "function") return undefined;
    const options = typeof second === "function" ? undefined : second;
    const parent = third === undefined || typeof third === "function" ? activeContext() : third;
    const span = this.startSpan(name, options, parent);
    return runInContext(contextWithSpan(parent, span), fn, span) as ReturnType<F>;
  }

  private _startRoot(name: string, options: SpanOptions | undefined, context: Context, local: LocalSampler): Span {
    const third = random32();
    const fourth = random32();
    const kind = options?.kind ?? INTERNAL;
    const { decision, attributes, traceState } = local.sampleRoot({
      name,
      kind,
      options,
      third,
      fourth,
    });
    if (decision === NOT_RECORD) return new DroppedSpan(undefined, third, fourth, RANDOM, traceState);
    const nowMs = monotonicMs();
    const flags = decision === RECORD_AND_SAMPLED ? SAMPLED | RANDOM : RANDOM;
    const identity = new SpanIdentity(new LocalTrace(nowMs, undefined, third, fourth), flags, traceState, undefined);
    return this._record(name, kind, { context, identity, parent: undefined, nowMs }, options, attributes);
  }

  private _startChild(
    name: string,
    options: SpanOptions | undefined,
    context: Context,
    parent: SpanIdentity,
    local: LocalSampler,
  ): Span {
    const { trace: localTrace, flags, traceState } = parent;
    if ((flags & SAMPLED) === 0 && local.unsampled === NOT_RECORD) {
      return new DroppedSpan(localTrace, 0, 0, flags, traceState);
    }
    const identity = new SpanIdentity(localTrace, flags, traceState, undefined);
    return this._record(name, options?.kind ?? INTERNAL, { context, identity, parent, nowMs: monotonicMs() }, options);
  }

  /** Below a span of ours, decided as if there were none. */
  private _startAnew(
    name: string,
    options: SpanOptions | undefined,
    context: Context,
    parent: RecordingSpan | DroppedSpan,
    local: LocalSampler,
  ): Span {
    const kind = options?.kind ?? INTERNAL;
    const { decision, attributes, traceState } = local.sampleRoot({ name, kind, options, third: 0, fourth: 0 });
    const isRecorded = parent instanceof RecordingSpan;
    const above = isRecorded ? parent._identity : parent;
    const state = traceState ?? above.traceState;
    const random = above.flags & RANDOM;
    if (decision === NOT_RECORD) {
      return isRecorded ? new DroppedSpan(parent._identity.trace, 0, 0, random, state) : parent.child();
    }
    const nowMs = monotonicMs();
    const localTrace = isRecorded ? parent._identity.trace : new LocalTrace(nowMs, parent.id, 0, 0);
    const flags = decision === RECORD_AND_SAMPLED ? SAMPLED | random : random;
    const identity = new SpanIdentity(localTrace, flags, state, undefined);
    const below = isRecorded ? parent._identity : parent.spanContext();
    return this._record(name, kind, { context, identity, parent: below, nowMs }, options, attributes);
  }

  /** Parents from elsewhere, samplers and ids of other makes: as the SDK does it. */
  private _startAny(name: string, options: SpanOptions | undefined, context: Context, parent: Span | undefined): Span {
    const { idGenerator, linkAttributes } = this._settings;
    const given = parent?.spanContext();
    const parentContext = given !== undefined && isSpanContextValid(given) ? given : undefined;
    const early = earlyIds();
    const third = random32();
    const fourth = random32();
    const own = (): string => hex64(random32(), random32() || 1);
    const traceId =
      parentContext?.traceId ?? early?.traceId ?? idGenerator?.generateTraceId() ?? own() + hex64(third, fourth);
    const random =
      parentContext === undefined ? (idGenerator === undefined ? RANDOM : 0) : parentContext.traceFlags & RANDOM;
    const kind = options?.kind ?? INTERNAL;
    const { decision, attributes, traceState } = this._sample(name, kind, options, context, traceId, parentContext, {
      linkAttributes,
    });
    const flags = decision === RECORD_AND_SAMPLED ? SAMPLED | random : random;
    const state: TraceState | undefined = traceState ?? parentContext?.traceState;
    const spanId = early?.spanId ?? idGenerator?.generateSpanId();
    if (decision === NOT_RECORD) {
      if (spanId === undefined) return new DroppedSpan({ id: traceId }, 0, 0, flags, state);
      return trace.wrapSpanContext(spanContext(traceId, spanId, flags, state));
    }
    const nowMs = monotonicMs();
    const isLocalParent = parent instanceof RecordingSpan;
    const localTrace =
      isLocalParent && parentContext !== undefined ? parent._identity.trace : new LocalTrace(nowMs, traceId, 0, 0);
    const identity = new SpanIdentity(
      localTrace,
      flags,
      state,
      spanId === undefined ? undefined : spanContext(traceId, spanId, flags, state),
    );
    return this._record(name, kind, { context, identity, parent: parentContext, nowMs }, options, attributes);
  }

  private _sample(
    name: string,
    kind: SpanKind,
    options: SpanOptions | undefined,
    context: Context,
    traceId: string,
    parent: SpanContext | undefined,
    { linkAttributes }: Pick<SpanSettings, "linkAttributes">,
  ): SamplingResult {
    const { sampler } = this._settings;
    if (isLocalSampler(sampler) && sampler.followsParent && parent !== undefined) {
      return { decision: (parent.traceFlags & SAMPLED) === 0 ? sampler.unsampled : RECORD_AND_SAMPLED };
    }
    const attributes = options?.attributes ? keepAttributes(options.attributes, NO_LIMITS).attributes : {};
    const links = (options?.links ?? []).map(({ context: linked, attributes: given }): Link => {
      return given
        ? { context: linked, attributes: keepAttributes(given, linkAttributes).attributes }
        : { context: linked };
    });
    try {
      return sampler.shouldSample(context, traceId, name, kind, attributes, links);
    } catch (error) {
      tellOnce(error);
      return { decision: NOT_RECORD };
    }
  }

  private _record(
    name: string,
    kind: SpanKind,
    start: {
      readonly context: Context;
      readonly identity: SpanIdentity;
      readonly parent: SpanIdentity | SpanContext | undefined;
      readonly nowMs: number;
    },
    options: SpanOptions | undefined,
    attributes?: Readonly<Attributes>,
  ): Span {
    const { context, identity, parent, nowMs } = start;
    const { _settings: settings, instrumentationScope: scope } = this;
    return new RecordingSpan(name, kind, { settings, scope, context, identity, parent, nowMs }, options, attributes);
  }
}

const NO_LIMITS = { count: Number.POSITIVE_INFINITY, length: Number.POSITIVE_INFINITY };

let samplerErrorIsTold = false;

function tellOnce(error: unknown): void {
  if (samplerErrorIsTold) return;
  samplerErrorIsTold = true;
  diag.error("telltale: the sampler threw; spans for which it throws are dropped, and this is not repeated", error);
}
