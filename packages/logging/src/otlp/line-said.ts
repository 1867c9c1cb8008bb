/**
 * What the application said in a line, copied from its JSON into OTLP without being parsed. The functions return where writing
 * goes on and leave in `cursor` where reading does; -1 says that the line is not of the simple kind.
 */
import { writeNumber } from "./any-value.ts";
import { matches } from "./line-head.ts";
import { closeMessage, ProtobufBuffer } from "./protobuf-buffer.ts";

/** Of LogRecord. */
const BODY = 0x2a;
const ATTRIBUTE = 0x32;
const DROPPED_ATTRIBUTES = 0x38;
/** Of AnyValue, KeyValue, ArrayValue and KeyValueList. */
const STRING = 0x0a;
const BOOL = 0x10;
const INT = 0x18;
const ARRAY = 0x2a;
const KEY_VALUE_LIST = 0x32;
const ITEM = 0x0a;
const KEY = 0x0a;
const VALUE = 0x12;

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const MESSAGE_KEY = Buffer.from("msg");

/** Fields that are no attributes, by their first letter, and those that OpenTelemetry has no place for. */
const reserved = new Map<number, readonly Uint8Array[]>();
for (const name of [
  "err",
  "time",
  "level",
  "logger",
  "span_id",
  "trace_id",
  "__proto__",
  "event_name",
  "trace_flags",
  "service.name",
]) {
  const letter = name.charCodeAt(0);
  reserved.set(letter, [...(reserved.get(letter) ?? []), Buffer.from(name)]);
}
const isReservedLetter = new Uint8Array(256);
for (const letter of reserved.keys()) isReservedLetter[letter] = 1;

let cursor = 0;

/** Where reading goes on after the last call. */
export function readUpTo(): number {
  return cursor;
}

/** Writes attributes and message of the line, from the comma or the brace after its head, into `to`, which has room for them. */
// Hot: benchmarks/logging.ts.
export function copySaid(
  to: ProtobufBuffer,
  from: Uint8Array,
  start: number,
  limits: {
    readonly attributeCountLimit: number;
    readonly attributeValueLengthLimit: number;
  },
): boolean {
  const { bytes } = to;
  const maxLength = limits.attributeValueLengthLimit;
  let at = to.at;
  let i = start;
  let attributes = 0;
  while (from[i] === COMMA) {
    const key = i + 2;
    const first = from[key]!;
    if (first === 0x6d && from[key + 3] === QUOTE && matches(from, key, MESSAGE_KEY)) {
      at = copyMessage(bytes, from, key + 5, at);
    } else if (
      first === QUOTE ||
      (isReservedLetter[first] === 1 && isReserved(from, key)) ||
      isRepeated(from, key, attributes)
    ) {
      return false;
    } else {
      const pair = at;
      at = copyPair(bytes, from, key, at, ATTRIBUTE, maxLength);
      if (++attributes > limits.attributeCountLimit && at >= 0) at = pair;
    }
    if (at < 0) return false;
    i = cursor;
  }
  if (from[i] !== CLOSE_BRACE) return false;
  cursor = i + 1;
  to.at = at;
  if (attributes > limits.attributeCountLimit) {
    bytes[to.at++] = DROPPED_ATTRIBUTES;
    to.varint(attributes - limits.attributeCountLimit);
  }
  return true;
}

function isReserved(from: Uint8Array, key: number): boolean {
  for (const name of reserved.get(from[key]!)!) {
    if (from[key + name.length] === QUOTE && matches(from, key, name)) return true;
  }
  return false;
}

/** Where the keys of the line that is being read begin. */
const keys = new Int32Array(64);

/** A child's field that a line gives anew stands there twice. The last one counts, which JSON.parse sees to. */
function isRepeated(from: Uint8Array, key: number, before: number): boolean {
  if (before >= keys.length) return true;
  keys[before] = key;
  const first = from[key];
  for (let k = 0; k < before; k++) {
    let other = keys[k]!;
    if (from[other] !== first) continue;
    let i = key;
    while (from[i] === from[other] && from[i] !== QUOTE) {
      i++;
      other++;
    }
    if (from[i] === QUOTE && from[other] === QUOTE) return true;
  }
  return false;
}

function copyMessage(to: Uint8Array, from: Uint8Array, i: number, start: number): number {
  if (from[i] !== QUOTE) return -1;
  to[start] = BODY;
  const at = copyText(to, from, i + 1, start + 2, Number.POSITIVE_INFINITY);
  // The last one counts where there are two; this is the message only as the last field.
  if (at < 0 || from[cursor] !== CLOSE_BRACE) return -1;
  return closeMessage(to, start + 1, at);
}

function copyPair(
  to: Uint8Array,
  from: Uint8Array,
  key: number,
  start: number,
  tag: number,
  maxLength: number,
): number {
  to[start] = tag;
  to[start + 2] = KEY;
  let at = start + 4;
  let i = key;
  for (;;) {
    const code = from[i]!;
    if (code === QUOTE) break;
    if (code === BACKSLASH) return -1;
    to[at++] = code;
    i++;
  }
  at = closeMessage(to, start + 3, at);
  to[at] = VALUE;
  const value = at + 1;
  at = copyValue(to, from, i + 2, at + 2, maxLength);
  return at < 0 ? -1 : closeMessage(to, start + 1, closeMessage(to, value, at));
}

function copyValue(to: Uint8Array, from: Uint8Array, i: number, at: number, maxLength: number): number {
  switch (from[i]) {
    case QUOTE:
      return copyText(to, from, i + 1, at, maxLength);
    case OPEN_BRACE:
      return copyObject(to, from, i + 1, at, maxLength);
    case OPEN_BRACKET:
      return copyArray(to, from, i + 1, at, maxLength);
    case 0x74: // true
      to[at] = BOOL;
      to[at + 1] = 1;
      cursor = i + 4;
      return at + 2;
    case 0x66: // false
      to[at] = BOOL;
      to[at + 1] = 0;
      cursor = i + 5;
      return at + 2;
    case 0x6e: // null
      cursor = i + 4;
      return at;
    default:
      return copyNumber(to, from, i, at);
  }
}

function copyText(to: Uint8Array, from: Uint8Array, start: number, begin: number, maxLength: number): number {
  to[begin] = STRING;
  let at = begin + 2;
  let i = start;
  for (;;) {
    const code = from[i]!;
    if (code === QUOTE) break;
    if (code === BACKSLASH) return -1;
    to[at++] = code;
    i++;
  }
  // Never more units of UTF-16 than bytes of UTF-8.
  if (i - start > maxLength) return -1;
  cursor = i + 1;
  return closeMessage(to, begin + 1, at);
}

function copyObject(to: Uint8Array, from: Uint8Array, start: number, begin: number, maxLength: number): number {
  to[begin] = KEY_VALUE_LIST;
  let at = begin + 2;
  cursor = start;
  while (from[cursor] !== CLOSE_BRACE) {
    const key = from[cursor] === COMMA ? cursor + 2 : cursor + 1;
    if (from[key - 1] !== QUOTE) return -1;
    at = copyPair(to, from, key, at, ITEM, maxLength);
    if (at < 0) return -1;
  }
  cursor++;
  return closeMessage(to, begin + 1, at);
}

function copyArray(to: Uint8Array, from: Uint8Array, start: number, begin: number, maxLength: number): number {
  to[begin] = ARRAY;
  let at = begin + 2;
  cursor = start;
  while (from[cursor] !== CLOSE_BRACKET) {
    const value = from[cursor] === COMMA ? cursor + 1 : cursor;
    to[at] = ITEM;
    const item = at + 1;
    at = copyValue(to, from, value, at + 2, maxLength);
    if (at < 0) return -1;
    at = closeMessage(to, item, at);
  }
  cursor++;
  return closeMessage(to, begin + 1, at);
}

/** Whole numbers of up to 31 bits, nearly all there are, without leaving this function. */
function copyNumber(to: Uint8Array, from: Uint8Array, start: number, begin: number): number {
  let i = start;
  let value = 0;
  for (;;) {
    const digit = from[i]! - 0x30;
    if (!(digit >= 0 && digit <= 9)) break;
    value = value * 10 + digit;
    i++;
  }
  if (i > start && i - start < 10 && isEnd(from[i]!)) {
    let at = begin;
    to[at++] = INT;
    while (value >= 0x80) {
      to[at++] = (value & 0x7f) | 0x80;
      value >>>= 7;
    }
    to[at++] = value;
    cursor = i;
    return at;
  }
  if (i === start && from[i] !== MINUS) return -1;
  return copyAnyNumber(to, from, start, begin);
}

const scratch = new ProtobufBuffer(16);

/** Powers of ten that are exact. */
const powers = Array.from({ length: 16 }, (_, i) => 10 ** i);

/** A number with a sign, a fraction, an exponent, or many digits. */
function copyAnyNumber(to: Uint8Array, from: Uint8Array, start: number, begin: number): number {
  let i = from[start] === MINUS ? start + 1 : start;
  let value = 0;
  let digits = 0;
  let point = -1;
  for (; ; i++) {
    const code = from[i]!;
    if (code === POINT && point < 0) point = digits;
    else if (code >= 0x30 && code <= 0x39) {
      value = value * 10 + code - 0x30;
      digits++;
    } else break;
  }
  if (!isEnd(from[i]!) || digits > 15 || digits === 0) return copyLongNumber(to, from, start, begin);
  // Both are exact, so their quotient is what JSON.parse would round to.
  const size = point < 0 ? value : value / powers[digits - point]!;
  return writeScratch(to, begin, from[start] === MINUS ? -size : size, i);
}

function copyLongNumber(to: Uint8Array, from: Uint8Array, start: number, begin: number): number {
  let i = start;
  let text = "";
  while (i < from.length && !isEnd(from[i]!)) text += String.fromCharCode(from[i++]!);
  return writeScratch(to, begin, Number(text), i);
}

function writeScratch(to: Uint8Array, begin: number, value: number, end: number): number {
  scratch.at = 0;
  writeNumber(scratch, value);
  for (let k = 0; k < scratch.at; k++) to[begin + k] = scratch.bytes[k]!;
  cursor = end;
  return begin + scratch.at;
}

function isEnd(code: number): boolean {
  return code === COMMA || code === CLOSE_BRACE || code === CLOSE_BRACKET;
}
