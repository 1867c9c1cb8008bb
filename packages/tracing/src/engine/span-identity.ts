/** Who a span is, as numbers: texts are made when somebody asks, which for most spans nobody does. */
import type { SpanContext, TraceState } from "@opentelemetry/api";
import { anchorAt, type ClockAnchor } from "./clock.ts";
import { hex64, random32 } from "./random-ids.ts";

/** OpenTelemetry's `TraceFlags.SAMPLED` and W3C's flag for trace ids whose last seven bytes are random. */
export const SAMPLED = 1;
export const RANDOM = 2;

/** After this long a trace looks at the wall clock again: a process may hold one span for days, or be suspended. */
const ANCHOR_MAX_AGE_MS = 60_000;

/** What the spans of a trace in this process have in common. Holds no span, so that keeping one keeps no others. */
export class LocalTrace {
  declare anchor: ClockAnchor;
  declare private _anchoredAtMs: number;
  declare private _id: string | undefined;
  declare private readonly _first: number;
  declare private readonly _second: number;
  /** The last 56 bits decide in ratio samplers: 24 of `third`, and `fourth`. */
  declare readonly third: number;
  declare readonly fourth: number;

  /** With the id of a trace from elsewhere, or a new one of which samplers have seen `third` and `fourth`. */
  constructor(nowMs: number, id: string | undefined, third: number, fourth: number) {
    this.anchor = anchorAt(nowMs);
    this._anchoredAtMs = nowMs;
    this._id = id;
    const isNew = id === undefined;
    this._first = isNew ? random32() : 0;
    this._second = isNew ? random32() || 1 : 0;
    this.third = third;
    this.fourth = fourth;
  }

  get id(): string {
    this._id ??= hex64(this._first, this._second) + hex64(this.third, this.fourth);
    return this._id;
  }

  /** Writes the id as 16 bytes and tells so; false for a trace from elsewhere, whose id is a text already. */
  writeId(bytes: Uint8Array, at: number): boolean {
    if (this._first === 0 && this._second === 0) return false;
    writeWord(bytes, at, this._first);
    writeWord(bytes, at + 4, this._second);
    writeWord(bytes, at + 8, this.third);
    writeWord(bytes, at + 12, this.fourth);
    return true;
  }

  /** The anchor for a span that starts now. */
  anchorFor(nowMs: number): ClockAnchor {
    if (nowMs - this._anchoredAtMs > ANCHOR_MAX_AGE_MS) {
      this.anchor = anchorAt(nowMs);
      this._anchoredAtMs = nowMs;
    }
    return this.anchor;
  }
}

export class SpanIdentity {
  declare readonly trace: LocalTrace;
  declare flags: number;
  declare readonly traceState: TraceState | undefined;
  declare private readonly _high: number;
  declare private readonly _low: number;
  declare private _context: SpanContext | undefined;

  constructor(trace: LocalTrace, flags: number, traceState: TraceState | undefined, context: SpanContext | undefined) {
    this.trace = trace;
    this.flags = flags;
    this.traceState = traceState;
    this._context = context;
    this._high = context === undefined ? random32() : 0;
    this._low = context === undefined ? random32() || 1 : 0;
  }

  get context(): SpanContext {
    this._context ??= spanContext(this.trace.id, hex64(this._high, this._low), this.flags, this.traceState);
    return this._context;
  }

  /** Writes the span's id as 8 bytes and tells so; false when an IdGenerator gave it as a text. */
  writeSpanId(bytes: Uint8Array, at: number): boolean {
    if (this._low === 0) return false;
    writeWord(bytes, at, this._high);
    writeWord(bytes, at + 4, this._low);
    return true;
  }

  /** For a span that is to be exported although its sampler only had it recorded. */
  markSampled(): void {
    this.flags |= SAMPLED;
    if (this._context !== undefined) this._context.traceFlags |= SAMPLED;
  }
}

function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}

export function spanContext(
  traceId: string,
  spanId: string,
  traceFlags: number,
  traceState: TraceState | undefined,
): SpanContext {
  return traceState === undefined ? { traceId, spanId, traceFlags } : { traceId, spanId, traceFlags, traceState };
}
