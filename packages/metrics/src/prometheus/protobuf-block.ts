import type { Instrument, Series } from "../instrument.ts";
import { ProtobufWriter, varintSize, writePaddedVarint } from "../protobuf-writer.ts";
import { numbersOf } from "./instrument-blocks.ts";
import { type LentBytes, lentBytes } from "./lent-bytes.ts";
import type { FamilyType } from "./name.ts";
import { writeMetric } from "./protobuf-metric.ts";
import type { SeriesBlock } from "./series-block.ts";

export interface ProtobufBlockOptions {
  readonly instrument: Instrument;
  readonly type: FamilyType;
  readonly rows: readonly Series[];
  /** As `labelBytes` gives them. */
  readonly labels: (series: Series) => Uint8Array;
}

/** Up to 2^21 no count needs more. */
const COUNT_SIZE = 3;
/** From the start of a value message: a tag, then the value of a counter or gauge or the count of a histogram. */
const VALUE = 1;

/**
 * The `Metric` messages of some series, kept between scrapes: their numbers are written over those of the last time. A double always
 * takes eight bytes, and counts, which are varints, are padded to one size; all are written anew when one outgrows it.
 */
export function protobufBlock(options: ProtobufBlockOptions): SeriesBlock {
  const width = numbersOf(options.instrument);
  let countSize = COUNT_SIZE;
  let block: WrittenBlock | undefined;
  return {
    refresh(numbers) {
      const rows = options.rows.length;
      if (width > 1) {
        // The count of all is the largest of a histogram.
        let largest = 0;
        for (let i = 1; i <= rows; i++) largest = Math.max(largest, numbers[i * width - 1] as number);
        const size = countSizeOf(largest);
        if (size > countSize) block = undefined;
        countSize = Math.max(countSize, size);
      }
      if (block?.memory.own()) block = { ...block, ...viewed(block.memory) };
      if (block === undefined) {
        block = written(options, numbers, countSize);
      } else if (width === 1) {
        for (let i = 0; i < rows; i++)
          block.view.setFloat64((block.starts[i] as number) + VALUE, numbers[i] as number, true);
      } else {
        for (let i = 0; i < rows; i++) overwriteHistogram(block, i, { numbers, width, countSize });
      }
      return block.memory.part(block.length);
    },
  };
}

interface WrittenBlock {
  readonly memory: LentBytes;
  readonly length: number;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Where each row's value message begins. */
  readonly starts: Int32Array;
}

function written(
  { instrument, type, rows, labels }: ProtobufBlockOptions,
  numbers: Float64Array,
  countSize: number,
): WrittenBlock {
  const writer = new ProtobufWriter(4_096);
  const starts = new Int32Array(rows.length);
  const width = numbersOf(instrument);
  const { boundaries } = instrument;
  rows.forEach((series, i) => {
    const row = numbers.subarray(i * width, (i + 1) * width);
    const value = boundaries === undefined ? (row[0] as number) : { boundaries, numbers: row, countSize };
    const startMs = series.startTimeMs;
    const length = writeMetric(writer, { type, labels: labels(series), value, startMs, exemplar: undefined });
    starts[i] = writer.at - length;
  });
  const { buffer } = writer.bytes;
  const memory = lentBytes(Buffer.from(buffer as ArrayBuffer, 0, writer.at));
  return { memory, length: writer.at, starts, ...viewed(memory) };
}

function viewed({ bytes }: LentBytes): Pick<WrittenBlock, "bytes" | "view"> {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset) };
}

function overwriteHistogram(
  { bytes, view, starts }: WrittenBlock,
  nth: number,
  { numbers, width, countSize }: { readonly numbers: Float64Array; readonly width: number; readonly countSize: number },
): void {
  const first = nth * width;
  const buckets = width - 2;
  const start = (starts[nth] as number) + VALUE;
  writePaddedVarint(bytes, start, numbers[first + buckets - 1] as number, countSize);
  // Behind the tag of the sum.
  let at = start + countSize + 1;
  view.setFloat64(at, numbers[first + buckets] as number, true);
  at += 8;
  for (let i = 0; i < buckets; i++) {
    // A bucket begins with its tag, its length and the tag of its count, and ends with the tag and the double of its limit.
    writePaddedVarint(bytes, at + 3, numbers[first + i] as number, countSize);
    at += 3 + countSize + 9;
  }
}

/** How many bytes a count takes as a varint. */
function countSizeOf(count: number): number {
  return count > 0xffff_ffff ? Math.ceil((Math.floor(Math.log2(count)) + 1) / 7) : varintSize(count);
}
