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

/** Whether what its series recorded is wanted by this reader alone, which has nothing of it left to report. */
export function wantsAlone(reader: DeltaReader, { store, kind }: Instrument): boolean {
  const pending = pendingOf(reader.pending, store);
  return pending.size === 0 && pendingOfAll(store, kind).every((values) => values === pending);
}

/**
 * As `takePending`, so that the caller may let the event loop run in between; `done` are series that it has taken itself, and come
 * first. What a series recorded goes straight to the reader that asks; only what other readers have not had is kept for them.
 */
// Hot: benchmarks/metrics.
export function* takePendingInSteps(
  reader: DeltaReader,
  instrument: Instrument,
  done: readonly Series[] = [],
): Generator<void, Recorded> {
  const { store, kind, drainRows } = instrument;
  const pending = pendingOf(reader.pending, store);
  const listed = instrument.series();
  const { length } = listed;
  // A list grows at its end, and where one was let go all behind it move up: when the last one stands there, all do.
  const inFront = done.at(-1) === listed[done.length - 1];
  const before = new Set(inFront ? [] : done);
  const taken = drainRows === undefined ? takenValues() : takenRows(reader, instrument, { done, inFront });
  for (let from = inFront ? done.length : 0; from < length; from += SERIES_IN_A_STEP) {
    const to = Math.min(from + SERIES_IN_A_STEP, length);
    // Anew in each step: another reader may have taken what was pending for it meanwhile.
    const others = pendingOfAll(store, kind).filter((values) => values !== pending);
    // After one was let go, the others stand elsewhere.
    const inPlace = inFront && instrument.series() === listed;
    if (others.length === 0 && pending.size === 0 && inPlace && taken.drain !== undefined)
      taken.drain(listed, from, to);
    else for (let i = from; i < to; i++) if (!before.has(listed[i] as Series)) takeOne(listed[i] as Series);
    yield;

    function takeOne(one: Series): void {
      const recorded = one.drain();
      if (recorded !== undefined) keepFor(others, { kind, series: one, recorded });
      const older = pending.get(one);
      pending.delete(one);
      const both = older !== undefined && recorded !== undefined;
      const value = both ? mergeValues(kind, older, recorded) : (older ?? recorded);
      if (value !== undefined) taken.add(one, value);
    }
  }
  if (pending.size > 0) takeRemoved(taken, pending, { listed: new Set([...instrument.series(), ...done]), kind });
  if (pending.size === 0) reader.pending.delete(store);
  return { series: taken.series(), value: taken.value, rows: taken.rows() };
}

const SERIES_IN_A_STEP = 512;

/** Where what is taken is gathered. */
interface Taken {
  readonly series: () => readonly Series[];
  /** Takes all that some series recorded, when nobody else wants it. */
  drain?(listed: readonly Series[], from: number, to: number): void;
  add(series: Series, value: PointValue): void;
  set(i: number, value: PointValue): void;
  readonly value: (i: number) => PointValue;
  rows(): Rows | undefined;
}

function takenValues(): Taken {
  const series: Series[] = [];
  const values: PointValue[] = [];
  return {
    series: () => series,
    add(one, value) {
      series.push(one);
      values.push(value);
    },
    set(i, value) {
      values[i] = value;
    },
    value: (i) => values[i] as PointValue,
    rows: () => undefined,
  };
}

function takenRows(
  reader: DeltaReader,
  instrument: Instrument,
  { done, inFront }: { readonly done: readonly Series[]; readonly inFront: boolean },
): Taken {
  const { boundaries } = instrument;
  const width = boundaries === undefined ? 1 : HEAD + boundaries.length + 1;
  /** The first of the instrument's series, for as long as all of them recorded something; then a list of its own. */
  let all = inFront ? instrument.series() : undefined;
  let some = inFront ? [] : [...done];
  let count = done.length;
  let rows = roomFor(instrument.size);
  return {
    series,
    drain(listed, from, to) {
      const start = count * width;
      instrument.drainRows?.({ into: rows, at: start, from, to });
      const end = start + (to - from) * width;
      let at = start;
      while (at < end && !Number.isNaN(rows[at])) at += width;
      if (all === listed && at === end) {
        count += to - from;
        return;
      }
      own();
      // Rows of series that recorded nothing are closed up.
      for (let i = from, at = start; i < to; i++, at += width) {
        if (Number.isNaN(rows[at])) continue;
        if (count * width < at) rows.copyWithin(count * width, at, at + width);
        some[count++] = listed[i] as Series;
      }
    },
    add(one, value) {
      own();
      some[count++] = one;
      rows = roomFor(count);
      put(count - 1, value);
    },
    set: put,
    value: (i) => (boundaries === undefined ? (rows[i] as number) : readRow(rows, i * width, boundaries)),
    rows: () => ({ numbers: rows, width }),
  };

  function series(): readonly Series[] {
    return all === undefined ? some : all.slice(0, count);
  }

  function own(): void {
    if (all === undefined) return;
    some = all.slice(0, count);
    all = undefined;
  }

  function put(i: number, value: PointValue): void {
    if (typeof value === "number") rows[i] = value;
    else writeRow(value as Histogram, rows, i * width);
  }

  function roomFor(length: number): Float64Array {
    const before = reader.room ?? new Float64Array(0);
    if (before.length >= length * width) return before;
    const room = new Float64Array(length * width);
    room.set(before);
    reader.room = room;
    return room;
  }
}

/** Of a series that was let go. When it began anew within one interval, both are one point, not two. */
function takeRemoved(
  taken: Taken,
  pending: Map<Series, PointValue>,
  { listed, kind }: { readonly listed: ReadonlySet<Series>; readonly kind: InstrumentKind },
): void {
  // What was shared out by another reader since we passed it, or let go since, is for the next time.
  const removed = [...pending].filter(([one]) => !listed.has(one));
  if (removed.length === 0) return;
  const places = new Map(taken.series().map((one, i) => [JSON.stringify(one.attributes), i]));
  for (const [one, value] of removed) {
    pending.delete(one);
    const place = places.get(JSON.stringify(one.attributes));
    if (place === undefined) taken.add(one, value);
    else taken.set(place, mergeValues(kind, value, taken.value(place)));
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
