import type { Histogram } from "@opentelemetry/sdk-metrics";
import { HEAD, readRow, writeRow } from "./histogram-slab.ts";
import type { Instrument, InstrumentKind, PointValue, Series } from "./instrument.ts";
import { mergeValues } from "./point-value.ts";

/** What one reader that asks for differences has not reported yet. */
export interface DeltaReader {
  /** By the store that keeps the series, and the series. */
  readonly pending: Map<object, Map<Series, PointValue>>;
  wants(kind: InstrumentKind): boolean;
  /** Whether the store's series are among those it reports. */
  reads(store: object): boolean;
  /** Memory for what it takes, used again. */
  room?: Float64Array;
}

// Weakly: a producer whose reader is gone must not gather differences for ever.
const readers = new Set<WeakRef<DeltaReader>>();

export function addDeltaReader(reader: DeltaReader): void {
  readers.add(new WeakRef(reader));
}

/**
 * Hands what a series recorded since the last time to every delta reader. Each of them so gets every record once, whatever
 * the others' intervals are.
 */
export function shareOut(store: object, kind: InstrumentKind, series: Series): void {
  shareAmong(pendingOfAll(store, kind), kind, series);
}

function shareAmong(interested: readonly Map<Series, PointValue>[], kind: InstrumentKind, series: Series): void {
  if (interested.length === 0) return;
  const recorded = series.drain();
  if (recorded !== undefined) keepFor(interested, { kind, series, recorded });
}

function keepFor(
  interested: readonly Map<Series, PointValue>[],
  { kind, series, recorded }: { readonly kind: InstrumentKind; readonly series: Series; readonly recorded: PointValue },
): void {
  for (const values of interested) {
    const before = values.get(series);
    values.set(series, before === undefined ? recorded : mergeValues(kind, before, recorded));
  }
}

/** What a reader that comes late has to report: all that was recorded before it, once. */
export function catchUp(reader: DeltaReader, instrument: Instrument): void {
  if (!reader.wants(instrument.kind)) return;
  const values = pendingOf(reader.pending, instrument.store);
  const interested = pendingOfAll(instrument.store, instrument.kind);
  for (const series of instrument.series()) {
    shareAmong(interested, instrument.kind, series);
    const total = series.total();
    const nothing = instrument.kind !== "gauge" && (typeof total === "number" ? total : total?.count) === 0;
    if (total !== undefined && !nothing) values.set(series, total);
  }
}

/** Lets the instruments that take a store's place report what was recorded before them, to every reader of that store. */
export function succeed(store: object, successors: readonly Instrument[]): void {
  for (const reference of readers) {
    const reader = reference.deref();
    if (reader === undefined || !reader.reads(store)) continue;
    reader.pending.delete(store);
    for (const successor of successors) catchUp(reader, successor);
  }
}

/** What is reported of an instrument, valid until the reader takes something else. */
export interface Recorded {
  readonly series: readonly Series[];
  /** That of the `i`-th series. */
  readonly value: (i: number) => PointValue;
  /** The same as numbers; undefined where values are no rows of them. */
  readonly rows: Rows | undefined;
}

/** Of each series a row of numbers, as `Instrument.drainRows` writes them. */
export interface Rows {
  readonly numbers: Float64Array;
  readonly width: number;
}

/** What a reader has not reported of an instrument, which it then has. */
export function takePending(reader: DeltaReader, instrument: Instrument): Recorded {
  const steps = takePendingInSteps(reader, instrument);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** As `takePending`, so that the caller may let the event loop run in between. */
// Hot: benchmarks/metrics. What a series recorded goes straight to the reader that asks; only what other readers have not had
// is kept for them.
export function* takePendingInSteps(reader: DeltaReader, instrument: Instrument): Generator<void, Recorded> {
  const { store, kind, drainRows } = instrument;
  const pending = pendingOf(reader.pending, store);
  const listed = instrument.series();
  const { length } = listed;
  const taken = drainRows === undefined ? takenValues() : takenRows(reader, instrument);
  for (let from = 0; from < length; from += SERIES_IN_A_STEP) {
    const to = Math.min(from + SERIES_IN_A_STEP, length);
    // Anew in each step: another reader may have taken what was pending for it meanwhile.
    const others = pendingOfAll(store, kind).filter((values) => values !== pending);
    if (others.length === 0 && pending.size === 0 && taken.drain !== undefined) taken.drain(listed, from, to);
    else for (let i = from; i < to; i++) takeOne(listed[i] as Series);
    yield;

    function takeOne(one: Series): void {
      const recorded = one.drain();
      if (recorded !== undefined) keepFor(others, { kind, series: one, recorded });
      const before = pending.get(one);
      pending.delete(one);
      const both = before !== undefined && recorded !== undefined;
      const value = both ? mergeValues(kind, before, recorded) : (before ?? recorded);
      if (value !== undefined) taken.put(taken.series.length, one, value);
    }
  }
  if (pending.size > 0) takeRemoved(taken, pending, instrument);
  if (pending.size === 0) reader.pending.delete(store);
  return { series: taken.series, value: taken.value, rows: taken.rows() };
}

const SERIES_IN_A_STEP = 512;

/** Where what is taken is gathered. */
interface Taken {
  readonly series: Series[];
  /** Takes all that some series recorded, when nobody else wants it. */
  drain?(listed: readonly Series[], from: number, to: number): void;
  put(i: number, series: Series, value: PointValue): void;
  readonly value: (i: number) => PointValue;
  rows(): Rows | undefined;
}

function takenValues(): Taken {
  const series: Series[] = [];
  const values: PointValue[] = [];
  return {
    series,
    put(i, one, value) {
      series[i] = one;
      values[i] = value;
    },
    value: (i) => values[i] as PointValue,
    rows: () => undefined,
  };
}

function takenRows(reader: DeltaReader, instrument: Instrument): Taken {
  const series: Series[] = [];
  const { boundaries } = instrument;
  const width = boundaries === undefined ? 1 : HEAD + boundaries.length + 1;
  let rows = roomFor(instrument.size);
  return {
    series,
    drain(listed, from, to) {
      const start = series.length * width;
      instrument.drainRows?.(rows, start, from, to);
      // Rows of series that recorded nothing are closed up.
      for (let i = from, at = start; i < to; i++, at += width) {
        if (Number.isNaN(rows[at])) continue;
        const place = series.length * width;
        if (place < at) rows.copyWithin(place, at, at + width);
        series.push(listed[i] as Series);
      }
    },
    put(i, one, value) {
      series[i] = one;
      rows = roomFor(i + 1);
      if (typeof value === "number") rows[i] = value;
      else writeRow(value as Histogram, rows, i * width);
    },
    value: (i) => (boundaries === undefined ? (rows[i] as number) : readRow(rows, i * width, boundaries)),
    rows: () => ({ numbers: rows, width }),
  };

  function roomFor(count: number): Float64Array {
    const before = reader.room ?? new Float64Array(0);
    if (before.length >= count * width) return before;
    const room = new Float64Array(count * width);
    room.set(before);
    reader.room = room;
    return room;
  }
}

/** Of a series that was let go. When it began anew within one interval, both are one point, not two. */
function takeRemoved(taken: Taken, pending: Map<Series, PointValue>, { kind, series }: Instrument): void {
  const listed = new Set(series());
  // What was shared out by another reader since we passed it is for the next time.
  const removed = [...pending].filter(([one]) => !listed.has(one));
  if (removed.length === 0) return;
  const places = new Map(taken.series.map((one, i) => [JSON.stringify(one.attributes), i]));
  for (const [one, value] of removed) {
    pending.delete(one);
    const place = places.get(JSON.stringify(one.attributes));
    const newer = place === undefined ? undefined : taken.series[place];
    if (place === undefined || newer === undefined) taken.put(taken.series.length, one, value);
    else taken.put(place, newer, mergeValues(kind, value, taken.value(place)));
  }
}

function pendingOf(pending: DeltaReader["pending"], store: object): Map<Series, PointValue> {
  const values = pending.get(store) ?? new Map<Series, PointValue>();
  pending.set(store, values);
  return values;
}

/** What each reader that is interested has not reported of the store. */
function pendingOfAll(store: object, kind: InstrumentKind): Map<Series, PointValue>[] {
  const interested: Map<Series, PointValue>[] = [];
  for (const reference of readers) {
    const reader = reference.deref();
    if (reader === undefined) readers.delete(reference);
    else if (reader.wants(kind) && reader.reads(store)) interested.push(pendingOf(reader.pending, store));
  }
  return interested;
}
