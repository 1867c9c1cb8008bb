import type { Instrument, Series } from "../instrument.ts";
import { ProtobufWriter, varintSize, writePaddedVarint } from "../protobuf-writer.ts";
import { numbersOf, readNumbers } from "./instrument-blocks.ts";
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
  const { instrument, rows } = options;
  const numbers = new Float64Array(numbersOf(instrument));
  let countSize = COUNT_SIZE;
  let block = written(options, countSize);
  return {
    refresh() {
      for (let i = 0; i < rows.length; i++) {
        readNumbers(rows[i] as Series, numbers);
        const at = block.starts[i] as number;
        if (numbers.length === 1) {
          block.view.setFloat64(at + VALUE, numbers[0] as number, true);
          continue;
        }
        // The count of all is the largest.
        const size = countSizeOf(numbers[numbers.length - 1] as number);
        if (size > countSize) {
          countSize = size;
          block = written(options, countSize);
          return block.bytes;
        }
        overwriteHistogram(block, at, { numbers, countSize });
      }
      return block.bytes;
    },
  };
}

interface WrittenBlock {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Where each row's value message begins. */
  readonly starts: Int32Array;
}

function written({ instrument, type, rows, labels }: ProtobufBlockOptions, countSize: number): WrittenBlock {
  const writer = new ProtobufWriter(4_096);
  const starts = new Int32Array(rows.length);
  const numbers = new Float64Array(numbersOf(instrument));
  const { boundaries } = instrument;
  rows.forEach((series, i) => {
    readNumbers(series, numbers);
    const value = boundaries === undefined ? (numbers[0] as number) : { boundaries, numbers, countSize };
    const startMs = series.startTimeMs;
    const length = writeMetric(writer, { type, labels: labels(series), value, startMs, exemplar: undefined });
    starts[i] = writer.at - length;
  });
  return { bytes: writer.written(), view: writer.view, starts };
}

function overwriteHistogram(
  { bytes, view }: WrittenBlock,
  start: number,
  { numbers, countSize }: { readonly numbers: Float64Array; readonly countSize: number },
): void {
  const limits = numbers.length - 2;
  writePaddedVarint(bytes, start + VALUE, numbers[limits - 1] as number, countSize);
  // Behind the tag of the sum.
  let at = start + VALUE + countSize + 1;
  view.setFloat64(at, numbers[limits] as number, true);
  at += 8;
  for (let i = 0; i < limits; i++) {
    // A bucket begins with its tag, its length and the tag of its count, and ends with the tag and the double of its limit.
    writePaddedVarint(bytes, at + 3, numbers[i] as number, countSize);
    at += 3 + countSize + 9;
  }
}

/** How many bytes a count takes as a varint. */
function countSizeOf(count: number): number {
  return count > 0xffff_ffff ? Math.ceil((Math.floor(Math.log2(count)) + 1) / 7) : varintSize(count);
}
