import type { Instrument, InstrumentKind, PointValue, Series } from "./instrument.ts";
import { mergeValues } from "./point-value.ts";

/** What one reader that asks for differences has not reported yet. */
export interface DeltaReader {
  /** By the store that keeps the series, and the series. */
  readonly pending: Map<object, Map<Series, PointValue>>;
  wants(kind: InstrumentKind): boolean;
  /** Whether the store's series are among those it reports. */
  reads(store: object): boolean;
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
  if (recorded === undefined) return;
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

/** What a reader has not reported of an instrument, which it then has. */
export function takePending(reader: DeltaReader, instrument: Instrument): ReadonlyMap<Series, PointValue> {
  const steps = takePendingInSteps(reader, instrument);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** As `takePending`, so that the caller may let the event loop run in between. */
export function* takePendingInSteps(
  reader: DeltaReader,
  instrument: Instrument,
): Generator<void, ReadonlyMap<Series, PointValue>> {
  const { store, kind } = instrument;
  const listed = instrument.series();
  const { length } = listed;
  for (let from = 0; from < length; from += SERIES_IN_A_STEP) {
    // Anew in each step: another reader may have taken what was pending for it meanwhile.
    const interested = pendingOfAll(store, kind);
    for (let i = from; i < Math.min(from + SERIES_IN_A_STEP, length); i++) {
      shareAmong(interested, kind, listed[i] as Series);
    }
    yield;
  }
  const values = pendingOf(reader.pending, instrument.store);
  reader.pending.delete(instrument.store);
  if (values.size > listed.length || listed.some((series) => !values.has(series))) joinRemoved(values, instrument);
  return values;
}

const SERIES_IN_A_STEP = 512;

/** A series that was let go and began anew within one interval is one point, not two. */
function joinRemoved(values: Map<Series, PointValue>, { kind, series }: Instrument): void {
  const listed = new Set(series());
  const removed = [...values.keys()].filter((one) => !listed.has(one));
  if (removed.length === 0) return;
  const successors = new Map([...listed].map((one) => [JSON.stringify(one.attributes), one]));
  for (const one of removed) {
    const successor = successors.get(JSON.stringify(one.attributes));
    const newer = successor && values.get(successor);
    if (successor === undefined || newer === undefined) continue;
    values.set(successor, mergeValues(kind, values.get(one) as PointValue, newer));
    values.delete(one);
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
