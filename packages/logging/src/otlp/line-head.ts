/** What each line of ours begins with, read from its bytes: level, time, service, the span's ids, logger. */

/** Where the parts of a head are; valid until the next one is read. */
export interface LineHead {
  /** The first letter of the level. */
  level: number;
  levelStart: number;
  levelEnd: number;
  time: number;
  /** The first digit of the trace's id; -1 outside a span. */
  ids: number;
  logger: number;
  loggerEnd: number;
  /** After the head: a comma or the closing brace. */
  end: number;
}

export const head: LineHead = {
  level: 0,
  levelStart: 0,
  levelEnd: 0,
  time: 0,
  ids: -1,
  logger: 0,
  loggerEnd: 0,
  end: 0,
};

const LEVEL = Buffer.from('{"level":"');
const TIME = Buffer.from('","time":"');
const TIME_LENGTH = "2026-11-22T05:02:58.746Z".length;
const SERVICE = Buffer.from('","service.name":"');
const TRACE = Buffer.from('","trace_id":"');
const SPAN = Buffer.from('","span_id":"');
const FLAGS = Buffer.from('","trace_flags":"');
const LOGGER = Buffer.from('","logger":"');
const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

export const SPAN_AFTER: number = 32 + SPAN.length;
export const FLAGS_AFTER: number = SPAN_AFTER + 16 + FLAGS.length;

/** Reads into `head`; false when the line does not begin so, or has escapes there. */
export function readHead(from: Uint8Array, start: number): boolean {
  if (!matches(from, start, LEVEL)) return false;
  head.levelStart = start + LEVEL.length;
  head.level = from[head.levelStart]!;
  head.levelEnd = textEnd(from, head.levelStart);
  if (head.levelEnd < 0 || !isAt(from, head.levelEnd, TIME)) return false;
  head.time = head.levelEnd + TIME.length;
  let at = head.time + TIME_LENGTH;
  if (isAt(from, at, SERVICE)) {
    at = textEnd(from, at + SERVICE.length);
    if (at < 0) return false;
  }
  head.ids = -1;
  if (isAt(from, at, TRACE)) {
    head.ids = at + TRACE.length;
    if (!isAt(from, head.ids + 32, SPAN) || !isAt(from, head.ids + SPAN_AFTER + 16, FLAGS)) return false;
    at = head.ids + FLAGS_AFTER + 2;
  }
  if (!isAt(from, at, LOGGER)) return false;
  head.logger = at + LOGGER.length;
  head.loggerEnd = textEnd(from, head.logger);
  head.end = head.loggerEnd + 1;
  return head.loggerEnd >= 0;
}

/**
 * Whether one of the texts above is there. They differ in the letter after `","` and in their lengths, and what stands between
 * is written by nobody but the logger.
 */
function isAt(from: Uint8Array, at: number, text: Uint8Array): boolean {
  const last = at + text.length - 1;
  return from[at + 3] === text[3] && from[at] === QUOTE && from[last] === QUOTE && from[last - 1] === COLON;
}

export function matches(from: Uint8Array, at: number, text: Uint8Array): boolean {
  for (let i = 0; i < text.length; i++) if (from[at + i] !== text[i]) return false;
  return true;
}

/** Where a text without escapes ends; -1 when it has one. */
function textEnd(from: Uint8Array, at: number): number {
  for (let i = at; i < from.length; i++) {
    const code = from[i];
    if (code === QUOTE) return i;
    if (code === BACKSLASH) return -1;
  }
  return -1;
}
