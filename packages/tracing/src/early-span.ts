import { randomBytes } from "node:crypto";
import {
  type Attributes,
  type Context,
  type Exception,
  type Link,
  type Span,
  type SpanContext,
  type SpanOptions,
  type SpanStatus,
  type TimeInput,
  TraceFlags,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { withIds } from "./early-ids.ts";

/** Calls kept for one span until it is replayed: the SDK's own limits of 128 attributes and 128 events together. */
const MAX_CALLS = 256;

export interface EarlySpanStart {
  readonly name: string;
  readonly tracer: string;
  readonly options: SpanOptions;
  readonly parentContext: Context;
}

/**
 * A span started while no tracer provider is registered. It keeps what is done to it; `replay` starts the real span with
 * the original times and does the same to that. Whatever comes later goes straight to the real span.
 */
export class EarlySpan implements Span {
  readonly tracer: string;
  readonly #start: EarlySpanStart;
  readonly #context: SpanContext;
  // Date.now() has milliseconds only and may be set back, so a span's later times are this one plus a monotonic distance.
  readonly #startedAtMs = Date.now();
  readonly #startedAtMonotonicMs = performance.now();
  #calls: ((span: Span) => void)[] = [];
  #ended = false;
  #real: Span | undefined;

  constructor(start: EarlySpanStart) {
    this.#start = start;
    this.tracer = start.tracer;
    const parent = trace.getSpanContext(start.parentContext);
    this.#context = {
      traceId: parent?.traceId ?? randomBytes(16).toString("hex"),
      spanId: randomBytes(8).toString("hex"),
      traceFlags: TraceFlags.SAMPLED,
    };
  }

  replay(tracer: Tracer): void {
    const { name, options, parentContext } = this.#start;
    const real = withIds(this.#context, () =>
      tracer.startSpan(name, { ...options, startTime: this.#startedAtMs }, parentContext),
    );
    this.#real = real;
    for (const call of this.#calls) call(real);
    this.#calls = [];
  }

  spanContext(): SpanContext {
    return this.#real?.spanContext() ?? this.#context;
  }

  setAttribute(key: string, value: unknown): this {
    return this.#do((span) => span.setAttribute(key, value));
  }

  setAttributes(attributes: Attributes): this {
    const copy = { ...attributes };
    return this.#do((span) => span.setAttributes(copy));
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    if (isTime(attributesOrTime)) return this.#do((span) => span.addEvent(name, attributesOrTime));
    const attributes = { ...attributesOrTime };
    const at = time ?? this.#now();
    return this.#do((span) => span.addEvent(name, attributes, at));
  }

  addLink(link: Link): this {
    return this.#do((span) => span.addLink(link));
  }

  addLinks(links: Link[]): this {
    return this.#do((span) => span.addLinks(links));
  }

  setStatus(status: SpanStatus): this {
    return this.#do((span) => span.setStatus(status));
  }

  updateName(name: string): this {
    return this.#do((span) => span.updateName(name));
  }

  recordException(exception: Exception, time: TimeInput = this.#now()): void {
    this.#do((span) => span.recordException(exception, time));
  }

  end(time: TimeInput = this.#now()): void {
    if (this.#real) this.#real.end(time);
    // Even a span with too many calls has to end.
    else if (!this.#ended) this.#calls.push((span) => span.end(time));
    this.#ended = true;
  }

  isRecording(): boolean {
    return this.#real?.isRecording() ?? !this.#ended;
  }

  #do(call: (span: Span) => void): this {
    if (this.#real) call(this.#real);
    else if (!this.#ended && this.#calls.length < MAX_CALLS) this.#calls.push(call);
    return this;
  }

  #now(): number {
    return this.#startedAtMs + (performance.now() - this.#startedAtMonotonicMs);
  }
}

function isTime(value: Attributes | TimeInput | undefined): value is TimeInput {
  return typeof value === "number" || value instanceof Date || Array.isArray(value);
}
