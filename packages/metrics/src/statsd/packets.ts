/** What goes out at once. */
export interface Packet {
  readonly bytes: Buffer;
  /** How many lines it carries. */
  readonly lines: number;
}

/** A server's buffer: Datadog's `dogstatsd_buffer_size`, 8,192 bytes. A longer line would be cut there. */
export const MAX_LINE_BYTES = 8_192;

/**
 * Gathers lines into packets of at most `maxBytes`. A line, or several that belong together, is never split: one that is
 * longer goes out alone, up to `MAX_LINE_BYTES`, and beyond that is handed to `tooLong`.
 */
export function* packets(
  chunks: Iterable<readonly string[]>,
  { maxBytes, tooLong }: { readonly maxBytes: number; readonly tooLong: (lines: readonly string[]) => void },
): Generator<Packet> {
  let gathered: string[] = [];
  let length = 0;
  for (const chunk of chunks) {
    const size = chunk.reduce((total, line) => total + Buffer.byteLength(line) + 1, -1);
    if (size > MAX_LINE_BYTES) {
      tooLong(chunk);
      continue;
    }
    if (length > 0 && length + 1 + size > maxBytes) {
      yield packet(gathered);
      gathered = [];
      length = 0;
    }
    gathered.push(...chunk);
    length += (length === 0 ? 0 : 1) + size;
  }
  if (length > 0) yield packet(gathered);
}

function packet(lines: readonly string[]): Packet {
  return { bytes: Buffer.from(lines.join("\n")), lines: lines.length };
}
