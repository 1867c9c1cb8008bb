import {
  type Span as ApiSpan,
  type Attributes,
  type Context,
  diag,
  type Exception,
  type HrTime,
  type Link,
  type SpanContext,
  type SpanKind,
  type SpanOptions,
  type SpanStatus,
  type TimeInput,
} from "@opentelemetry/api";
import type { InstrumentationScope } from "@opentelemetry/core";
import type { Resource } from "@opentelemetry/resources";
import type { ReadableSpan, Span, TimedEvent } from "@opentelemetry/sdk-trace";
import { keepAttributes, keepSimpleAttributes, keepValue } from "./attribute-values.ts";
import { between, type ClockAnchor, millisecondsToHrTime, monotonicMs, plus, toHrTime } from "./clock.ts";
import { exceptionAttributes } from "./exception-attributes.ts";
import { inspectSpan } from "./inspect-span.ts";
import { SAMPLED, SpanIdentity } from "./span-identity.ts";
import type { SpanSettings } from "./span-settings.ts";

export interface RecordingSpanStart {
  readonly settings: SpanSettings;
  readonly scope: InstrumentationScope;
  readonly context: Context;
  readonly identity: SpanIdentity;
  readonly parent: SpanIdentity | SpanContext | undefined;
  readonly nowMs: number;
}

const UNSET = 0;
const OK = 1;
const ERROR = 2;

/**
 * A span that is recorded, until it ends, and then read: the SDK's Span and ReadableSpan. Its fields are plain, since
 * they are what a span costs; times become HrTime and ids texts when they are asked for. Names with an underscore are ours.
 * Longer than most files because OpenTelemetry's two interfaces are. Hot: benchmarks/tracing.ts.
 */
export class RecordingSpan implements ApiSpan, Omit<ReadableSpan, "parentSpanContext"> {
  declare name: string;
  declare readonly kind: SpanKind;
  declare attributes: Attributes;
  declare readonly resource: Resource;
  declare readonly instrumentationScope: InstrumentationScope;
  declare readonly _identity: SpanIdentity;
  declare private readonly _settings: SpanSettings;
  declare _parent: SpanIdentity | SpanContext | undefined;
  declare private readonly _anchor: ClockAnchor;
  declare private readonly _startMs: number;
  /** Below 0 until the span ends. */
  declare private _durationMs: number;
  // The three times when they were given or have been asked for.
  declare private _startTime: HrTime | undefined;
  declare private _endTime: HrTime | undefined;
  declare private _duration: HrTime | undefined;
  declare private readonly _startWasGiven: boolean;
  declare private _ended: boolean;
  declare private _status: SpanStatus | undefined;
  declare private _events: TimedEvent[] | undefined;
  declare private _links: Link[] | undefined;
  declare private _attributeCount: number;
  declare private _droppedAttributes: number;
  declare private _droppedEvents: number;
  declare private _droppedLinks: number;

  constructor(
    name: string,
    kind: SpanKind,
    { settings, scope, context, identity, parent, nowMs }: RecordingSpanStart,
    options: SpanOptions | undefined,
    fromSampler: Readonly<Attributes> | undefined,
  ) {
    this.name = name;
    this.kind = kind;
    this.resource = settings.resource;
    this.instrumentationScope = scope;
    this._identity = identity;
    this._settings = settings;
    this._parent = parent;
    this._anchor = identity.trace.anchorFor(nowMs);
    this._startMs = nowMs;
    this._durationMs = -1;
    this._startTime = undefined;
    this._endTime = undefined;
    this._duration = undefined;
    this._startWasGiven = false;
    this._ended = false;
    this._status = undefined;
    this._events = undefined;
    this._links = undefined;
    this._droppedAttributes = 0;
    this._droppedEvents = 0;
    this._droppedLinks = 0;
    this._attributeCount = 0;
    let given = options?.attributes;
    if (fromSampler !== undefined) given = { ...given, ...fromSampler };
    if (given == null) this.attributes = {};
    else {
      const { attributes, count, dropped } = keepAttributes(given, settings.attributes);
      this.attributes = attributes;
      this._attributeCount = count;
      this._droppedAttributes = dropped;
    }
    if (options !== undefined) {
      if (options.startTime != null) {
        this._startWasGiven = true;
        this._startTime = this._hrTime(options.startTime, nowMs);
      }
      if (options.links !== undefined) this._startLinks(options.links);
    }
    const { starting } = settings;
    for (let index = 0; index < starting.length; index++) starting[index]!(asSpan(this), context);
  }

  spanContext(): SpanContext {
    return this._identity.context;
  }

  get parentSpanContext(): SpanContext | undefined {
    const parent = this._parent;
    return parent instanceof SpanIdentity ? parent.context : parent;
  }

  set parentSpanContext(parent: SpanContext | undefined) {
    this._parent = parent;
  }

  setAttribute(key: string, value: unknown): this {
    if (this._ended) return this._misused("setAttribute");
    const { count, length } = this._settings.attributes;
    const kept = typeof value === "number" ? value : keepValue(key, value, length);
    if (kept === undefined || !key) return this;
    const { attributes } = this;
    // Reading is cheaper than asking, and most keys are new; the second question is for names such as "constructor".
    if (attributes[key] === undefined || !Object.hasOwn(attributes, key)) {
      if (this._attributeCount >= count) {
        this._droppedAttributes++;
        return this;
      }
      this._attributeCount++;
    }
    attributes[key] = kept;
    return this;
  }

  setAttributes(attributes: Attributes): this {
    for (const key in attributes) if (Object.hasOwn(attributes, key)) this.setAttribute(key, attributes[key]);
    return this;
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    if (this._ended) return this._misused("addEvent");
    const { eventCount, eventAttributes } = this._settings;
    if (eventCount === 0) {
      this._droppedEvents++;
      return this;
    }
    const firstIsTime = isTime(attributesOrTime);
    const at = isTime(time) ? time : firstIsTime ? attributesOrTime : undefined;
    const event: TimedEvent = { name, time: this._timeOf(at) };
    if (!firstIsTime && typeof attributesOrTime === "object" && attributesOrTime !== null) {
      const { attributes, dropped } = keepSimpleAttributes(attributesOrTime, eventAttributes);
      event.attributes = attributes;
      event.droppedAttributesCount = dropped;
    }
    this._events ??= [];
    if (this._events.length >= eventCount) {
      this._events.shift();
      this._droppedEvents++;
    }
    this._events.push(event);
    return this;
  }

  addLink(link: Link): this {
    if (this._ended) return this._misused("addLink");
    const { linkCount } = this._settings;
    if (linkCount === 0) {
      this._droppedLinks++;
      return this;
    }
    this._links ??= [];
    if (this._links.length >= linkCount) {
      this._links.shift();
      this._droppedLinks++;
    }
    this._links.push(this._keptLink(link));
    return this;
  }

  addLinks(links: Link[]): this {
    for (const link of links) this.addLink(link);
    return this;
  }

  setStatus({ code, message }: SpanStatus): this {
    if (this._ended) return this._misused("setStatus");
    if (code === UNSET || this._status?.code === OK) return this;
    this._status = code === ERROR && typeof message === "string" ? { code, message } : { code };
    return this;
  }

  updateName(name: string): this {
    if (this._ended) return this._misused("updateName");
    this.name = name;
    return this;
  }

  recordException(exception: Exception, time?: TimeInput): void {
    const attributes = exceptionAttributes(exception);
    if (attributes === undefined) diag.warn("Failed to record an exception, which says nothing of itself", exception);
    else this.addEvent("exception", attributes, time);
  }

  end(endTime?: TimeInput): void {
    if (this._ended) {
      this._misused("end");
      return;
    }
    // A start from another clock is not on ours: the wall clock is all that both have in common.
    if (endTime != null) this._endAt(this._hrTime(endTime, monotonicMs()));
    else if (this._startWasGiven) this._endAt(millisecondsToHrTime(Date.now()));
    else this._durationMs = Math.max(monotonicMs() - this._startMs, 0);
    const { ending, ended } = this._settings;
    for (let index = 0; index < ending.length; index++) ending[index]!(asSpan(this));
    this._ended = true;
    for (let index = 0; index < ended.length; index++) ended[index]!(asSpan(this));
  }

  isRecording(): boolean {
    return !this._ended;
  }

  get startTime(): HrTime {
    this._startTime ??= toHrTime(this._anchor, this._startMs);
    return this._startTime;
  }

  set startTime(time: HrTime) {
    this._startTime = time;
  }

  get endTime(): HrTime {
    if (this._endTime !== undefined) return this._endTime;
    if (this._durationMs < 0) return [0, 0];
    this._endTime = plus(this.startTime, this._durationMs);
    return this._endTime;
  }

  set endTime(time: HrTime) {
    this._endTime = time;
  }

  get duration(): HrTime {
    if (this._duration !== undefined) return this._duration;
    if (this._durationMs < 0) return [-1, -1];
    this._duration = plus([0, 0], this._durationMs);
    return this._duration;
  }

  get status(): SpanStatus {
    this._status ??= { code: UNSET };
    return this._status;
  }

  get events(): TimedEvent[] {
    this._events ??= [];
    return this._events;
  }

  get links(): Link[] {
    this._links ??= [];
    return this._links;
  }

  get ended(): boolean {
    return this._ended;
  }

  get droppedAttributesCount(): number {
    return this._droppedAttributes;
  }

  get droppedEventsCount(): number {
    return this._droppedEvents;
  }

  get droppedLinksCount(): number {
    return this._droppedLinks;
  }

  private _startLinks(links: Link[]): void {
    const dropped = Math.max(0, links.length - this._settings.linkCount);
    this._droppedLinks = dropped;
    this._links = links.slice(dropped).map((link) => this._keptLink(link));
  }

  private _keptLink({ context, attributes: given }: Link): Link {
    if (typeof given !== "object" || given === null) return { context };
    const { attributes, dropped } = keepAttributes(given, this._settings.linkAttributes);
    return { context, attributes, droppedAttributesCount: dropped };
  }

  private _endAt(time: HrTime): void {
    const { startTime } = this;
    const duration = between(startTime, time);
    const isBackwards = duration[0] < 0;
    if (isBackwards) diag.warn(`Span "${this.name}" ends before it starts; its duration is set to 0`);
    this._endTime = isBackwards ? [startTime[0], startTime[1]] : time;
    this._duration = isBackwards ? [0, 0] : duration;
  }

  /** As the SDK reads times: a number up to `performance.now()` is one of those, a larger one Unix milliseconds. */
  private _hrTime(time: TimeInput, nowMs: number): HrTime {
    if (typeof time === "number") return time <= nowMs ? toHrTime(this._anchor, time) : millisecondsToHrTime(time);
    return time instanceof Date ? millisecondsToHrTime(time.getTime()) : time;
  }

  private _timeOf(given: TimeInput | undefined): HrTime {
    const nowMs = monotonicMs();
    if (given !== undefined) return this._hrTime(given, nowMs);
    return this._startWasGiven ? millisecondsToHrTime(Date.now()) : plus(this.startTime, nowMs - this._startMs);
  }

  private _misused(method: string): this {
    const { misuse } = this._settings;
    if (misuse.isTold) return this;
    misuse.isTold = true;
    const { traceId, spanId } = this.spanContext();
    diag.warn(
      `telltale: ${method}() on span "${this.name}" (${traceId}-${spanId}), which has ended, does nothing; further such calls are not reported`,
      new Error("called here"),
    );
    return this;
  }
}

// Not in the class: the declarations of a package cannot have a computed name.
Object.defineProperty(RecordingSpan.prototype, Symbol.for("nodejs.util.inspect.custom"), {
  value(this: RecordingSpan, ...given: unknown[]): unknown {
    return inspectSpan(asSpan(this), given);
  },
});

/** To TypeScript an accessor that may be `undefined` is not an optional property. */
function asSpan(span: RecordingSpan): Span {
  return span as unknown as Span;
}

/** Whether a span is to be exported. Asks a span of ours without having its ids written out. */
export function isSampled(span: { spanContext(): SpanContext }): boolean {
  const flags = span instanceof RecordingSpan ? span._identity.flags : span.spanContext().traceFlags;
  return (flags & SAMPLED) !== 0;
}

function isTime(value: Attributes | TimeInput | undefined): value is TimeInput {
  return (
    typeof value === "number" ||
    value instanceof Date ||
    (Array.isArray(value) && value.length === 2 && typeof value[0] === "number" && typeof value[1] === "number")
  );
}
