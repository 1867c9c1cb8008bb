/**
 * A line of JSON as an OTLP log record, read and written in one pass. Lines without errors and escapes, nearly all there are, are
 * never parsed: their keys and values are copied to where they belong. Everything else goes through JSON.parse, with the
 * same result.
 */
import { type LogRecord, SeverityNumber } from "@opentelemetry/api";
import { logRecord } from "../log-record.ts";
import { writeAnyValue, writeKeyValue } from "./any-value.ts";
import { FLAGS_AFTER, head, SPAN_AFTER } from "./line-head.ts";
import { copySaid } from "./line-said.ts";
import type { ProtobufBuffer } from "./protobuf-buffer.ts";

export interface RecordLimits {
  readonly attributeCountLimit: number;
  /** In UTF-16 units; `Infinity` for none. */
  readonly attributeValueLengthLimit: number;
}

/** Of opentelemetry.proto.logs.v1.LogRecord. */
const TIME = 0x09;
const SEVERITY_NUMBER = 0x10;
const SEVERITY_TEXT = 0x1a;
const BODY = 0x2a;
const ATTRIBUTE = 0x32;
const DROPPED_ATTRIBUTES = 0x38;
const FLAGS = 0x45;
const TRACE_ID = 0x4a;
const SPAN_ID = 0x52;
const OBSERVED_TIME = 0x59;
const EVENT_NAME = 0x62;

const POINT = 0x2e;
const ZERO = 0x30;
const UPPER_Z = 0x5a;

/** By the first letter of the level, and its length, which tells a level of the application's own. */
const severities = new Map<number, readonly [SeverityNumber, length: number]>([
  [0x74, [SeverityNumber.TRACE, 5]],
  [0x64, [SeverityNumber.DEBUG, 5]],
  [0x69, [SeverityNumber.INFO, 4]],
  [0x77, [SeverityNumber.WARN, 4]],
  [0x65, [SeverityNumber.ERROR, 5]],
  [0x66, [SeverityNumber.FATAL, 5]],
]);

/**
 * Writes the record whose head has been read, as the field `tag`; false when the rest of it is not of the simple kind, and
 * nothing has been written. `to` has room for six bytes a byte of the line and 256 more.
 */
// Hot: benchmarks/logging.ts.
export function copyRecord(to: ProtobufBuffer, tag: number, from: Uint8Array, limits: RecordLimits): boolean {
  const severity = severities.get(head.level);
  if (severity === undefined || severity[1] !== head.levelEnd - head.levelStart) return false;
  const start = to.at;
  const record = to.begin(tag);
  const { bytes } = to;
  let at = to.at;
  bytes[at++] = SEVERITY_NUMBER;
  bytes[at++] = severity[0];
  bytes[at++] = SEVERITY_TEXT;
  bytes[at++] = severity[1];
  for (let i = head.levelStart; i < head.levelEnd; i++) bytes[at++] = from[i]!;
  if (!readTime(from, head.time)) {
    to.at = start;
    return false;
  }
  at = writeTime(bytes, writeTime(bytes, at, TIME), OBSERVED_TIME);
  if (head.ids >= 0) at = copyIds(bytes, from, head.ids, at);
  to.at = at;
  if (!copySaid(to, from, head.end, limits)) {
    to.at = start;
    return false;
  }
  to.end(record);
  return true;
}

/** The last time that was read: its text, its second, and its nanoseconds with the least significant byte first. */
const TIME_LENGTH = "2026-11-22T05:02:58.746Z".length;
const SECOND_LENGTH = "2026-11-22T05:02:58".length;
const lastText = new Uint8Array(TIME_LENGTH);
const lastTime = Buffer.alloc(8);
let lastSecondMs = 0;

function readTime(from: Uint8Array, start: number): boolean {
  let i = TIME_LENGTH - 1;
  // Many lines share a millisecond; what differs is at the end.
  while (i >= 0 && from[start + i] === lastText[i]) i--;
  if (i < 0) return true;
  const isOfLastSecond = isSameSecond(from, start);
  for (let k = 0; k < TIME_LENGTH; k++) lastText[k] = from[start + k]!;
  if (!isOfLastSecond) lastSecondMs = Date.parse(`${Buffer.from(lastText).toString("latin1", 0, SECOND_LENGTH)}Z`);
  const atMs = lastSecondMs + millisecond(lastText);
  if (!(atMs >= 0)) {
    lastText[0] = 0;
    return false;
  }
  // Nanoseconds have more digits than a number: as two halves of 32 bits.
  const upper = Math.floor(atMs / 65_536) * 1e6;
  const lower = (upper % 65_536) * 65_536 + (atMs % 65_536) * 1e6;
  lastTime.writeUInt32LE(lower % 2 ** 32, 0);
  lastTime.writeUInt32LE(Math.floor(upper / 65_536) + Math.floor(lower / 2 ** 32), 4);
  return true;
}

function isSameSecond(from: Uint8Array, start: number): boolean {
  let i = SECOND_LENGTH - 1;
  while (i >= 0 && from[start + i] === lastText[i]) i--;
  return i < 0;
}

/** The `.746Z` of a time; NaN when it does not end so. */
function millisecond(text: Uint8Array): number {
  if (text[SECOND_LENGTH] !== POINT || text[TIME_LENGTH - 1] !== UPPER_Z) return Number.NaN;
  let value = 0;
  for (let i = SECOND_LENGTH + 1; i < TIME_LENGTH - 1; i++) {
    const digit = text[i]! - ZERO;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

function writeTime(to: Uint8Array, start: number, tag: number): number {
  to[start] = tag;
  for (let i = 0; i < 8; i++) to[start + 1 + i] = lastTime[i]!;
  return start + 9;
}

/** The values of hexadecimal digits in lower case. */
const nibbles = new Uint8Array(256);
for (let i = 0; i < 16; i++) nibbles[i.toString(16).charCodeAt(0)] = i;

function copyIds(to: Uint8Array, from: Uint8Array, ids: number, start: number): number {
  let at = start;
  to[at++] = TRACE_ID;
  to[at++] = 16;
  at = copyHex(to, from, ids, at, 16);
  to[at++] = SPAN_ID;
  to[at++] = 8;
  at = copyHex(to, from, ids + SPAN_AFTER, at, 8);
  to[at++] = FLAGS;
  at = copyHex(to, from, ids + FLAGS_AFTER, at, 1);
  for (let i = 0; i < 3; i++) to[at++] = 0;
  return at;
}

function copyHex(to: Uint8Array, from: Uint8Array, digits: number, start: number, count: number): number {
  for (let i = 0; i < count; i++) {
    to[start + i] = (nibbles[from[digits + 2 * i]!]! << 4) | nibbles[from[digits + 2 * i + 1]!]!;
  }
  return start + count;
}

/** Writes the record of a parsed line as the field `tag`. */
export function writeParsedRecord(
  to: ProtobufBuffer,
  tag: number,
  fields: Readonly<Record<string, unknown>>,
  limits: RecordLimits,
): void {
  const record = logRecord(fields);
  to.reserve(128);
  const start = to.begin(tag);
  if (record.timestamp instanceof Date) {
    const nanoseconds = BigInt(Math.max(0, record.timestamp.getTime())) * 1_000_000n;
    for (const time of [TIME, OBSERVED_TIME]) {
      to.bytes[to.at++] = time;
      to.at = to.bytes.writeBigUInt64LE(nanoseconds, to.at);
    }
  }
  if (record.severityNumber !== undefined) {
    to.bytes[to.at++] = SEVERITY_NUMBER;
    to.varint(record.severityNumber);
  }
  if (record.severityText !== undefined) to.text(SEVERITY_TEXT, record.severityText);
  if (record.body !== undefined) writeAnyValue(to, BODY, record.body, Number.POSITIVE_INFINITY);
  writeAttributes(to, record, limits);
  writeIds(to, fields);
  if (record.eventName !== undefined) to.text(EVENT_NAME, record.eventName);
  to.end(start);
}

function writeAttributes(to: ProtobufBuffer, { attributes = {} }: LogRecord, limits: RecordLimits): void {
  // OpenTelemetry knows no attribute without a key, and its SDK none of the other name.
  const pairs = Object.entries(attributes).filter(([key]) => key !== "" && key !== "__proto__");
  const { attributeCountLimit, attributeValueLengthLimit } = limits;
  for (const [key, value] of pairs.slice(0, attributeCountLimit)) {
    writeKeyValue(to, ATTRIBUTE, key, value, attributeValueLengthLimit);
  }
  if (pairs.length <= attributeCountLimit) return;
  to.reserve(16);
  to.bytes[to.at++] = DROPPED_ATTRIBUTES;
  to.varint(pairs.length - attributeCountLimit);
}

function writeIds(to: ProtobufBuffer, fields: Readonly<Record<string, unknown>>): void {
  const ids = [fields["trace_id"], fields["span_id"], fields["trace_flags"]].map(String);
  const [traceId = "", spanId = "", flags = ""] = ids;
  if (!/^[\da-f]{32}$/.test(traceId) || !/^[\da-f]{16}$/.test(spanId)) return;
  const text = `${traceId}","span_id":"${spanId}","trace_flags":"${/^[\da-f]{2}$/.test(flags) ? flags : "00"}`;
  to.reserve(64);
  to.at = copyIds(to.bytes, Buffer.from(text), 0, to.at);
}
