/** A half-open range of the query, in UTF-16 code units; -1 where there is none. */
export interface PositionRange {
  readonly start: number;
  readonly end: number;
}

export const noPosition: PositionRange = { start: -1, end: -1 };

/** From the start of one range to the end of another. */
export function mergeRanges(first: PositionRange, last: PositionRange): PositionRange {
  return { start: first.start, end: last.end };
}

/** `line:column` as Prometheus writes it: both from 1, the column in bytes of UTF-8. */
export function lineAndColumn(query: string, start: number): string {
  if (query === "") return "unknown position";
  if (start < 0 || start > query.length) return "invalid position";
  const before = query.slice(0, start);
  const lineStart = before.lastIndexOf("\n") + 1;
  const line = before.split("\n").length;
  return `${line}:${utf8Length(before.slice(lineStart)) + 1}`;
}

/** The number of bytes that a text has in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (unit >= 0xd800 && unit < 0xdc00 && i + 1 < text.length) {
      bytes += 4;
      i++;
    } else bytes += 3;
  }
  return bytes;
}
