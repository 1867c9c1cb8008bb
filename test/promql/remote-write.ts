import { type Buckets, type FloatHistogram, type Labels, type Sample, toRecord } from "@telltale/promql";

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
    return message(1, [...fields, ...own.map(sampleMessage)]);
  });
  return uncompressedSnappy(Buffer.concat(series));
}

/** A stale sample is one certain NaN. */
const STALE = 0x7ff0000000000002n;

function sampleMessage(sample: Sample): Buffer {
  if (sample.histogram !== undefined) return histogramMessage(sample.histogram, sample);
  return message(2, [float(1, sample), time(2, sample.timeMs)]);
}

const resetHints = ["unknown", "reset", "not_reset", "gauge"] as const;

/** The message Histogram of https://github.com/prometheus/prometheus/blob/main/prompb/types.proto, with numbers of any kind. */
function histogramMessage(histogram: FloatHistogram, { timeMs, stale }: Sample): Buffer {
  const { count, sum, schema, zeroThreshold, zeroCount, negative, positive, counterResetHint } = histogram;
  return message(4, [
    double(2, count),
    float(3, { value: sum, stale: stale ?? false }),
    time(4, zigzag(schema)),
    double(5, zeroThreshold),
    double(7, zeroCount),
    ...spans(8, negative),
    message(10, negative.counts.map(bytesOf)),
    ...spans(11, positive),
    message(13, positive.counts.map(bytesOf)),
    time(14, resetHints.indexOf(counterResetHint)),
    time(15, timeMs),
  ]);
}

/** Runs of buckets without a gap: how far each is from the one before, and how many buckets it has. */
function spans(field: number, { indexes }: Buckets): Buffer[] {
  const runs: { offset: number; length: number }[] = [];
  let next = 0;
  for (const index of indexes) {
    if (runs.length > 0 && index === next) runs.at(-1)!.length++;
    else runs.push({ offset: index - next, length: 1 });
    next = index + 1;
  }
  return runs.map(({ offset, length }) => message(field, [time(1, zigzag(offset)), time(2, length)]));
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function double(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8 + 1), bytesOf(value)]);
}

function bytesOf(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

function message(field: number, parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([varint(field * 8 + 2), varint(body.length), body]);
}

function text(field: number, value: string): Buffer {
  return message(field, [Buffer.from(value)]);
}

function float(field: number, { value, stale }: Pick<Sample, "value" | "stale">): Buffer {
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
