import type { Span, SpanContext, TraceState } from "@opentelemetry/api";
import { hex64, random32 } from "./random-ids.ts";
import { spanContext } from "./span-identity.ts";

/** Whatever knows the id of a trace. */
export interface TraceId {
  readonly id: string;
}

/**
 * A span that nobody will see. It makes its ids, which propagators and children may ask for, when they are asked for.
 * Hot: benchmarks/tracing.ts, "sampled out".
 */
export class DroppedSpan implements Span, TraceId {
  /** The trace it belongs to; `undefined` when it is the root of a trace of its own. Never another span's parent. */
  declare private readonly _trace: TraceId | undefined;
  /** Of a root: the part of its trace id that the sampler has seen. */
  declare private readonly _third: number;
  declare private readonly _fourth: number;
  declare private _id: string | undefined;
  declare private _context: SpanContext | undefined;
  declare readonly flags: number;
  declare readonly traceState: TraceState | undefined;

  constructor(
    trace: TraceId | undefined,
    third: number,
    fourth: number,
    flags: number,
    traceState: TraceState | undefined,
  ) {
    this._trace = trace;
    this._third = third;
    this._fourth = fourth;
    this._id = undefined;
    this._context = undefined;
    this.flags = flags;
    this.traceState = traceState;
  }

  get id(): string {
    this._id ??= this._trace?.id ?? hex64(random32(), random32() || 1) + hex64(this._third, this._fourth);
    return this._id;
  }

  /** A span below it, just as unseen; it keeps nothing of this one but the trace. */
  child(): DroppedSpan {
    return new DroppedSpan(this._trace ?? this, 0, 0, this.flags, this.traceState);
  }

  spanContext(): SpanContext {
    this._context ??= spanContext(this.id, hex64(random32(), random32() || 1), this.flags, this.traceState);
    return this._context;
  }

  setAttribute(): this {
    return this;
  }

  setAttributes(): this {
    return this;
  }

  addEvent(): this {
    return this;
  }

  addLink(): this {
    return this;
  }

  addLinks(): this {
    return this;
  }

  setStatus(): this {
    return this;
  }

  updateName(): this {
    return this;
  }

  end(): void {}

  isRecording(): boolean {
    return false;
  }

  recordException(): void {}
}
