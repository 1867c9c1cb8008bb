import type { AggregationTemporality, DataPointType } from "@opentelemetry/sdk-metrics";
import { type DeltaReader, takePendingInSteps } from "../delta-readers.ts";
import type { Instrument, InstrumentKind, Series } from "../instrument.ts";
import { ProtobufWriter, varintSize } from "../protobuf-writer.ts";
import { drainIntoBlock } from "./drained-points.ts";
import { dataField, writeDescriptor, writeTemporality } from "./metric.ts";
import { emptyBlock, type PointBlock, type Points, type PointTimes, refreshBlock } from "./point-block.ts";
import { type TimeBits, timeBits } from "./time.ts";

/** One instrument's Metric message, kept between exports. */
export interface EncodedInstrument {
  readonly instrument: Instrument;
  /** What stands before the points, up to and including the tag of the field that holds them. */
  readonly head: Uint8Array;
  readonly block: PointBlock;
  /** What follows the points. */
  readonly tail: Uint8Array;
}

/** One collection, as all instruments see it. */
export interface Collection {
  readonly reader: DeltaReader;
  readonly nowMs: number;
  /** Undefined at the first. */
  readonly lastMs: number | undefined;
}

// The numbers of the SDK's enums, as in metric.ts.
const types: Readonly<Record<InstrumentKind, DataPointType>> = {
  counter: 3,
  upDownCounter: 3,
  gauge: 2,
  histogram: 0,
  exponentialHistogram: 1,
};
const DELTA = 0 as AggregationTemporality.DELTA;
const CUMULATIVE = 1 as AggregationTemporality.CUMULATIVE;

export function encodedInstrument(instrument: Instrument, delta: boolean): EncodedInstrument {
  const type = types[instrument.kind];
  const head = new ProtobufWriter(128);
  writeDescriptor(head, instrument);
  head.tag(dataField(type), 2);
  const tail = new ProtobufWriter(16);
  const { monotonic } = instrument;
  writeTemporality(tail, { type, temporality: delta ? DELTA : CUMULATIVE, monotonic });
  return { instrument, head: head.written(), block: emptyBlock(), tail: tail.written() };
}

/** Brings the points up to date; afterwards the block is empty when there are none. */
export function* refreshInstrument({ instrument, block }: EncodedInstrument, collection: Collection): Generator<void> {
  const { reader, nowMs, lastMs } = collection;
  instrument.refresh();
  const delta = reader.wants(instrument.kind);
  const times: PointTimes = {
    end: timeBits(nowMs),
    since: delta ? { timeMs: lastMs ?? 0, bits: timeBits(lastMs ?? 0) } : undefined,
    start: delta ? startsAfter(lastMs ?? 0) : ({ startTimeMs }) => timeBits(startTimeMs),
    exemplarsSinceMs: lastMs ?? 0,
  };
  if (!delta) {
    yield* refreshBlock(block, instrument, totals(instrument), times);
    return;
  }
  const done = yield* drainIntoBlock({ block, instrument, reader, times });
  const rest = yield* takePendingInSteps(reader, instrument, done);
  yield* refreshBlock(block, instrument, rest, times, done.length);
}

/** The length of the Metric message without its own tag and length. */
export function metricLength({ head, block, tail }: EncodedInstrument): number {
  const data = block.length + tail.length;
  return head.length + varintSize(data) + data;
}

function startsAfter(lastMs: number): (series: Series) => TimeBits {
  const last = timeBits(lastMs);
  return ({ startTimeMs }) => (startTimeMs > lastMs ? timeBits(startTimeMs) : last);
}

function totals(instrument: Instrument): Points {
  const series = instrument.series();
  if (instrument.kind !== "gauge") return { series, value: undefined, rows: undefined };
  // A gauge that was bound and never set has no value.
  const withValue: Series[] = [];
  const values: number[] = [];
  for (const one of series) {
    const value = one.total();
    if (value === undefined) continue;
    withValue.push(one);
    values.push(value as number);
  }
  return { series: withValue, value: (i) => values[i] as number, rows: undefined };
}
