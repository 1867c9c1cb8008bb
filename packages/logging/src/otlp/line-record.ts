/**
 * A line of JSON as an OTLP log record, read and written in one pass. Lines of plain ASCII without errors and escapes, nearly all
 * there are, are never parsed: their keys and values are copied to where they belong. Everything else goes through JSON.parse,
 * with the same result.
 */
import { type LogRecord, SeverityNumber } from "@opentelemetry/api";
import { logRecord } from "../log-record.ts";
import { writeAnyValue, writeKeyValue, writeNumber } from "./any-value.ts";
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
/** Of AnyValue and KeyValue. */
const STRING = 0x0a;
const BOOL = 0x10;
const ARRAY = 0x2a;
const KEY_VALUE_LIST = 0x32;
const ITEM = 0x0a;
const KEY = 0x0a;
const VALUE = 0x12;

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Writes the record of a line as the field `tag`. */
// Hot: benchmarks/logging.ts.
export function writeLineRecord(to: ProtobufBuffer, tag: number, line: string, limits: RecordLimits): void {
  // A character of JSON becomes four bytes at most: `0,` in a list is a value of three tags, three lengths and a varint.
  to.reserve(line.length * 6 + 256);
  const start = to.at;
  const record = to.begin(tag);
  if (copyLine(to, line, limits)) {
    to.end(record);
    return;
  }
  to.at = start;
  writeParsedLine(to, tag, line, limits);
}

const LEVEL_AT = '{"level":"'.length;

/** The head that a line of ours has, then what the application said. False when the line is not of the simple kind. */
function copyLine(to: ProtobufBuffer, line: string, limits: RecordLimits): boolean {
  if (!line.startsWith('{"level":"')) return false;
  let at = copySeverity(to, line);
  if (at < 0 || !line.startsWith(',"time":"', at)) return false;
  at = copyTime(to, line, at + 9);
  if (at < 0) return false;
  if (line.startsWith(',"service.name":"', at)) at = afterText(line, at + 17);
  if (at >= 0 && line.startsWith(',"trace_id":"', at)) at = copyIds(to, line, at + 13);
  if (at < 0 || !line.startsWith(',"logger":"', at)) return false;
  at = afterText(line, at + 11);
  return at >= 0 && copySaid(to, line, at, limits);
}

/** Attributes, event name and message; from the comma or the brace after the head. */
function copySaid(to: ProtobufBuffer, line: string, from: number, limits: RecordLimits): boolean {
  let at = from;
  let attributes = 0;
  while (line.charCodeAt(at) === COMMA) {
    const key = at + 2;
    const keyEnd = line.indexOf('"', key);
    const length = keyEnd - key;
    if (length === 3 && line.startsWith("msg", key)) {
      at = copyMessage(to, line, keyEnd + 2);
    } else if (isReserved(line, key, length) || isRepeated(line, key, length, attributes)) {
      return false;
    } else {
      const start = to.at;
      at = copyPair(to, line, key, keyEnd, ATTRIBUTE, limits.attributeValueLengthLimit);
      if (++attributes > limits.attributeCountLimit) to.at = start;
    }
    if (at < 0) return false;
  }
  if (attributes > limits.attributeCountLimit) {
    to.bytes[to.at++] = DROPPED_ATTRIBUTES;
    to.varint(attributes - limits.attributeCountLimit);
  }
  return line.charCodeAt(at) === CLOSE_BRACE;
}

/** Where the keys of the line that is being read begin. */
const keys = new Int32Array(64);

/** A child's field that a line gives anew stands there twice. The last one counts, which JSON.parse sees to. */
function isRepeated(line: string, key: number, length: number, before: number): boolean {
  if (before === keys.length) return true;
  keys[before] = key;
  const first = line.charCodeAt(key);
  for (let i = 0; i < before; i++) {
    const other = keys[i]!;
    if (line.charCodeAt(other) !== first || line.charCodeAt(other + length) !== QUOTE) continue;
    if (line.startsWith(line.slice(key, key + length), other)) return true;
  }
  return false;
}

/** Fields that are no attributes, and those that OpenTelemetry has no place for. */
function isReserved(line: string, key: number, length: number): boolean {
  switch (length) {
    case 0:
      return true;
    case 3:
      return line.startsWith("err", key);
    case 4:
      return line.startsWith("time", key);
    case 5:
      return line.startsWith("level", key);
    case 6:
      return line.startsWith("logger", key);
    case 7:
      return line.startsWith("span_id", key);
    case 8:
      return line.startsWith("trace_id", key);
    case 9:
      return line.startsWith("__proto__", key);
    case 10:
      return line.startsWith("event_name", key);
    case 11:
      return line.startsWith("trace_flags", key);
    case 12:
      return line.startsWith("service.name", key);
    default:
      return false;
  }
}

const severities: Readonly<Record<string, SeverityNumber>> = {
  t: SeverityNumber.TRACE,
  d: SeverityNumber.DEBUG,
  i: SeverityNumber.INFO,
  w: SeverityNumber.WARN,
  e: SeverityNumber.ERROR,
  f: SeverityNumber.FATAL,
};
const labels = ["trace", "debug", "info", "warn", "error", "fatal"];

function copySeverity(to: ProtobufBuffer, line: string): number {
  const label = labels.find((one) => line.startsWith(one, LEVEL_AT));
  const end = LEVEL_AT + (label?.length ?? 0);
  if (label === undefined || line.charCodeAt(end) !== QUOTE) return -1;
  to.bytes[to.at++] = SEVERITY_NUMBER;
  to.bytes[to.at++] = severities[label[0]!]!;
  const text = to.begin(SEVERITY_TEXT);
  copy(to, line, LEVEL_AT, end);
  to.end(text);
  return end + 1;
}

const TIME_LENGTH = "2026-11-22T05:02:58.746Z".length;
let lastTime = "";
const lastTimeBytes = Buffer.alloc(8);

function copyTime(to: ProtobufBuffer, line: string, at: number): number {
  // Many lines share a millisecond.
  if (lastTime === "" || !line.startsWith(lastTime, at)) {
    const text = line.slice(at, at + TIME_LENGTH);
    const atMs = Date.parse(text);
    if (Number.isNaN(atMs) || atMs < 0 || line.charCodeAt(at + TIME_LENGTH) !== QUOTE) return -1;
    lastTimeBytes.writeBigUInt64LE(BigInt(atMs) * 1_000_000n);
    lastTime = text;
  }
  writeTime(to, TIME);
  writeTime(to, OBSERVED_TIME);
  return at + TIME_LENGTH + 1;
}

function writeTime(to: ProtobufBuffer, tag: number): void {
  to.bytes[to.at++] = tag;
  for (let i = 0; i < 8; i++) to.bytes[to.at++] = lastTimeBytes[i]!;
}

/** `…","span_id":"…","trace_flags":"01"`, from the first digit. */
function copyIds(to: ProtobufBuffer, line: string, at: number): number {
  const span = at + 32 + 13;
  const flags = span + 16 + 17;
  if (!line.startsWith('","span_id":"', at + 32) || !line.startsWith('","trace_flags":"', span + 16)) return -1;
  to.bytes[to.at++] = TRACE_ID;
  to.bytes[to.at++] = 16;
  copyHex(to, line, at, 16);
  to.bytes[to.at++] = SPAN_ID;
  to.bytes[to.at++] = 8;
  copyHex(to, line, span, 8);
  to.bytes[to.at++] = FLAGS;
  copyHex(to, line, flags, 1);
  for (let i = 0; i < 3; i++) to.bytes[to.at++] = 0;
  return flags + 3;
}

function copyHex(to: ProtobufBuffer, line: string, at: number, count: number): void {
  for (let i = 0; i < count; i++) {
    to.bytes[to.at++] = (nibble(line.charCodeAt(at + 2 * i)) << 4) | nibble(line.charCodeAt(at + 2 * i + 1));
  }
}

/** Of a lower-case hexadecimal digit. */
function nibble(code: number): number {
  return code < 0x3a ? code - 0x30 : code - 0x57;
}

function copyMessage(to: ProtobufBuffer, line: string, at: number): number {
  if (line.charCodeAt(at) !== QUOTE) return -1;
  // The last one counts where there are two; this is the message only as the last field.
  const end = line.indexOf('"', at + 1);
  if (line.charCodeAt(end + 1) !== CLOSE_BRACE) return -1;
  const body = to.begin(BODY);
  const after = copyText(to, line, at, Number.POSITIVE_INFINITY);
  to.end(body);
  return after;
}

/** A key and its value as the field `tag`; the result is where the value ends, -1 when it is not of the simple kind. */
function copyPair(
  to: ProtobufBuffer,
  line: string,
  key: number,
  keyEnd: number,
  tag: number,
  maxLength: number,
): number {
  const pair = to.begin(tag);
  const name = to.begin(KEY);
  if (!copy(to, line, key, keyEnd)) return -1;
  to.end(name);
  const value = to.begin(VALUE);
  const after = copyValue(to, line, keyEnd + 2, maxLength);
  to.end(value);
  to.end(pair);
  return after;
}

function copyValue(to: ProtobufBuffer, line: string, at: number, maxLength: number): number {
  switch (line.charCodeAt(at)) {
    case QUOTE:
      return copyText(to, line, at, maxLength);
    case OPEN_BRACE:
      return copyObject(to, line, at, maxLength);
    case OPEN_BRACKET:
      return copyArray(to, line, at, maxLength);
    case 0x74: // true
      to.bytes[to.at++] = BOOL;
      to.bytes[to.at++] = 1;
      return at + 4;
    case 0x66: // false
      to.bytes[to.at++] = BOOL;
      to.bytes[to.at++] = 0;
      return at + 5;
    case 0x6e: // null
      return at + 4;
    default:
      return copyNumber(to, line, at);
  }
}

function copyText(to: ProtobufBuffer, line: string, at: number, maxLength: number): number {
  const end = line.indexOf('"', at + 1);
  if (end - at - 1 > maxLength) return -1;
  const text = to.begin(STRING);
  if (!copy(to, line, at + 1, end)) return -1;
  to.end(text);
  return end + 1;
}

function copyObject(to: ProtobufBuffer, line: string, from: number, maxLength: number): number {
  const list = to.begin(KEY_VALUE_LIST);
  let at = from + 1;
  if (line.charCodeAt(at) === CLOSE_BRACE) {
    to.end(list);
    return at + 1;
  }
  for (;;) {
    const keyEnd = line.indexOf('"', at + 1);
    at = copyPair(to, line, at + 1, keyEnd, ITEM, maxLength);
    if (at < 0) return -1;
    if (line.charCodeAt(at) !== COMMA) break;
    at++;
  }
  to.end(list);
  return line.charCodeAt(at) === CLOSE_BRACE ? at + 1 : -1;
}

function copyArray(to: ProtobufBuffer, line: string, from: number, maxLength: number): number {
  const list = to.begin(ARRAY);
  let at = from + 1;
  if (line.charCodeAt(at) === CLOSE_BRACKET) {
    to.end(list);
    return at + 1;
  }
  for (;;) {
    const item = to.begin(ITEM);
    at = copyValue(to, line, at, maxLength);
    if (at < 0) return -1;
    to.end(item);
    if (line.charCodeAt(at) !== COMMA) break;
    at++;
  }
  to.end(list);
  return line.charCodeAt(at) === CLOSE_BRACKET ? at + 1 : -1;
}

function copyNumber(to: ProtobufBuffer, line: string, from: number): number {
  let at = from;
  let value = 0;
  let isShort = true;
  if (line.charCodeAt(at) === MINUS) at++;
  for (;;) {
    const digit = line.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
    at++;
  }
  const next = line.charCodeAt(at);
  // A fraction, an exponent, or more digits than a number holds exactly.
  if ((next !== COMMA && next !== CLOSE_BRACE && next !== CLOSE_BRACKET) || at - from > 15) {
    isShort = false;
    while (!isEnd(line.charCodeAt(at))) at++;
  }
  if (at === from) return -1;
  writeNumber(to, isShort ? (line.charCodeAt(from) === MINUS ? -value : value) : Number(line.slice(from, at)));
  return at;
}

function isEnd(code: number): boolean {
  return code === COMMA || code === CLOSE_BRACE || code === CLOSE_BRACKET || Number.isNaN(code);
}

/** Copies ASCII without escapes; false when there is anything else. */
function copy(to: ProtobufBuffer, line: string, from: number, end: number): boolean {
  const { bytes } = to;
  let at = to.at;
  for (let i = from; i < end; i++) {
    const code = line.charCodeAt(i);
    if (code >= 0x80 || code === BACKSLASH) return false;
    bytes[at++] = code;
  }
  to.at = at;
  return end >= from;
}

/** Where a text that begins here ends, its quote included; -1 when it has an escape. */
function afterText(line: string, at: number): number {
  const end = line.indexOf('"', at);
  for (let i = at; i < end; i++) if (line.charCodeAt(i) === BACKSLASH) return -1;
  return end < 0 ? -1 : end + 1;
}

function writeParsedLine(to: ProtobufBuffer, tag: number, line: string, limits: RecordLimits): void {
  const fields = JSON.parse(line) as Readonly<Record<string, unknown>>;
  const record = logRecord(fields);
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
  to.reserve(64);
  copyIds(to, `${traceId}","span_id":"${spanId}","trace_flags":"${/^[\da-f]{2}$/.test(flags) ? flags : "00"}`, 0);
}
