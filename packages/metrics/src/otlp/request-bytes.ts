import type { InstrumentationScope } from "@opentelemetry/core";
import { ProtobufWriter, uninitialized, varintSize, writeVarint } from "../protobuf-writer.ts";
import { type EncodedInstrument, metricLength } from "./encoded-instrument.ts";
import { writeSchemaUrl, writeScope } from "./scope.ts";

/**
 * The bytes of an ExportMetricsServiceRequest, kept between exports. Our instruments' scopes stand in the middle, where
 * their points are written over in place; what changes its length at each export, the SDK's own metrics, is put in front of
 * them, and the schema's URL behind.
 */
export interface RequestBytes {
  /** Lays the instruments out anew when one of them came, went or has another length; they point into these bytes then. */
  arrange(encoded: readonly EncodedInstrument[], around: Surroundings): Generator<void>;
  /** The whole request, with what goes before and after our scopes; valid until the next `arrange` or `refresh`. */
  finish(around: Surroundings): Uint8Array;
  /** Moves to fresh bytes, because those of the last request are still being sent. */
  abandon(): Generator<void>;
}

/** What stands in ResourceMetrics before our scopes, and after. */
export interface Surroundings {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** Some bytes are copied at a time, so that the caller may let the event loop run. */
const COPIED_AT_A_TIME = 1 << 20;
/** Tag and length of ResourceMetrics. */
const PREFIX = 6;

export function requestBytes(): RequestBytes {
  let arranged: readonly EncodedInstrument[] = [];
  let bytes: Uint8Array = new Uint8Array(0);
  /** Where our scopes begin and end. */
  let start = 0;
  let end = 0;
  return {
    *arrange(encoded, { before, after }) {
      const room = start >= before.length + PREFIX && bytes.length - end >= after.length;
      if (room && standsAs(encoded, arranged, bytes)) return;
      const scopes = byScope(encoded);
      const length = scopes.reduce((sum, scope) => sum + 1 + varintSize(scope.length) + scope.length, 0);
      // Twice, so that a few more of the SDK's series do not move ours.
      const from = 2 * before.length + PREFIX;
      const target = uninitialized(from + length + after.length);
      end = yield* writeScopes(target, from, scopes);
      start = from;
      bytes = target;
      arranged = encoded;
    },
    finish({ before, after }) {
      const length = before.length + (end - start) + after.length;
      const first = start - before.length - varintSize(length) - 1;
      bytes[first] = (1 << 3) | 2;
      bytes.set(before, writeVarint(bytes, first + 1, length));
      bytes.set(after, end);
      return bytes.subarray(first, end + after.length);
    },
    *abandon() {
      const target = uninitialized(bytes.length);
      yield* copy(target, start, bytes.subarray(start, end));
      const view = new DataView(target.buffer);
      for (const { block } of arranged) if (block.bytes === bytes) Object.assign(block, { bytes: target, view });
      bytes = target;
    },
  };
}

interface EncodedScope {
  readonly scope: Uint8Array;
  readonly metrics: readonly EncodedInstrument[];
  readonly schemaUrl: Uint8Array;
  /** Of the ScopeMetrics message, without its own tag and length. */
  readonly length: number;
}

function standsAs(
  encoded: readonly EncodedInstrument[],
  arranged: readonly EncodedInstrument[],
  bytes: Uint8Array,
): boolean {
  return encoded.length === arranged.length && encoded.every((e, i) => e === arranged[i] && e.block.bytes === bytes);
}

/** In the order of the first instrument of each. */
function byScope(encoded: readonly EncodedInstrument[]): EncodedScope[] {
  const groups = new Map<string, EncodedInstrument[]>();
  for (const one of encoded) {
    const key = scopeKey(one.instrument.scope);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return Array.from(groups.values(), (metrics) => {
    const { scope } = (metrics[0] as EncodedInstrument).instrument;
    const own = new ProtobufWriter(64);
    writeScope(own, scope);
    const schemaUrl = new ProtobufWriter(0);
    writeSchemaUrl(schemaUrl, scope.schemaUrl);
    const lengths = metrics.map((metric) => metricLength(metric));
    const length = lengths.reduce((sum, n) => sum + 1 + varintSize(n) + n, own.at + schemaUrl.at);
    return { scope: own.written(), metrics, schemaUrl: schemaUrl.written(), length };
  });
}

function scopeKey({ name, version, schemaUrl }: InstrumentationScope): string {
  return `${name}\n${version ?? ""}\n${schemaUrl ?? ""}`;
}

/** Field 2 of ResourceMetrics for each scope; returns where the last ends. */
function* writeScopes(target: Uint8Array, from: number, scopes: readonly EncodedScope[]): Generator<void, number> {
  const view = new DataView(target.buffer);
  let at = from;
  for (const { scope, metrics, schemaUrl, length } of scopes) {
    at = put(target, opened(target, at, length), scope);
    for (const metric of metrics) {
      const { head, block, tail } = metric;
      at = put(target, opened(target, at, metricLength(metric)), head);
      at = writeVarint(target, at, block.length + tail.length);
      yield* copy(target, at, block.bytes.subarray(block.base, block.base + block.length));
      Object.assign(block, { bytes: target, view, base: at });
      at = put(target, at + block.length, tail);
    }
    at = put(target, at, schemaUrl);
  }
  return at;
}

/** The tag of field 2 and the length of what follows. */
function opened(target: Uint8Array, at: number, length: number): number {
  target[at] = (2 << 3) | 2;
  return writeVarint(target, at + 1, length);
}

function put(target: Uint8Array, at: number, bytes: Uint8Array): number {
  target.set(bytes, at);
  return at + bytes.length;
}

function* copy(target: Uint8Array, at: number, bytes: Uint8Array): Generator<void> {
  for (let from = 0; from < bytes.length; from += COPIED_AT_A_TIME) {
    target.set(bytes.subarray(from, from + COPIED_AT_A_TIME), at + from);
    yield;
  }
}
