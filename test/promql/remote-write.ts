import { type Labels, type Sample, toRecord } from "@telltale/promql";

/** The body of a remote-write request with these samples, series by series. */
export function remoteWriteBody(samples: readonly Sample[]): Uint8Array {
  const bySeries = new Map<Labels, Sample[]>();
  for (const sample of samples) {
    const own = bySeries.get(sample.labels);
    if (own === undefined) bySeries.set(sample.labels, [sample]);
    else own.push(sample);
  }
  const series = Array.from(bySeries, ([labels, own]) => {
    const pairs = Object.entries(toRecord(labels)).sort(([a], [b]) => (a < b ? -1 : 1));
    const fields = pairs.map(([name, value]) => message(1, [text(1, name), text(2, value)]));
    return message(1, [...fields, ...own.map((sample) => message(2, [float(1, sample), time(2, sample.timeMs)]))]);
  });
  return uncompressedSnappy(Buffer.concat(series));
}

/** A stale sample is one certain NaN. */
const STALE = 0x7ff0000000000002n;

function message(field: number, parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([varint(field * 8 + 2), varint(body.length), body]);
}

function text(field: number, value: string): Buffer {
  return message(field, [Buffer.from(value)]);
}

function float(field: number, { value, stale }: Sample): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = field * 8 + 1;
  if (stale) bytes.writeBigUInt64LE(STALE, 1);
  else bytes.writeDoubleLE(value, 1);
  return bytes;
}

function time(field: number, timeMs: number): Buffer {
  return Buffer.concat([varint(field * 8), varint(timeMs)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}

/** Snappy's block format without any copies: one literal of up to 4 GB. */
function uncompressedSnappy(data: Uint8Array): Uint8Array {
  const header = Buffer.alloc(5);
  header[0] = 63 << 2;
  header.writeUInt32LE(data.length - 1, 1);
  return Buffer.concat([varint(data.length), header, data]);
}
