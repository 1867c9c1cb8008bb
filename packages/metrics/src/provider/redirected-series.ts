import type { Attributes } from "@opentelemetry/api";
import type { Instrument, Series } from "../instrument.ts";
import type { SeriesStore } from "../series-store.ts";
import { absorb } from "./absorb.ts";

/** A series as recorders know it: `add` of sums, `record` of the others. */
export type RecordingSeries = Omit<Series, "startTimeMs"> & { startTimeMs: number } & {
  [V in "add" | "record"]?: (value: number) => void;
};

type Store = Pick<SeriesStore<RecordingSeries>, "fast" | "find" | "bind" | "unbind" | "list">;

/**
 * Lets everything that is recorded into an instrument go to the series of these streams instead, what was bound before
 * included, and moves there what it holds. With one stream a record costs what it cost before.
 */
export function redirectSeries(instrument: Instrument, streams: readonly Instrument[]): void {
  const store = instrument.store as Store;
  const targets = streams.map((stream) => stream.store as Store);
  const find = (attributes: object | undefined) => targets.map((target) => target.find(attributes));
  const moved = new Map(store.list.map((series) => [series, find(series.attributes)]));
  const signed = instrument.kind === "upDownCounter" || instrument.kind === "gauge";
  store.fast = undefined;
  const [only] = targets;
  if (only !== undefined && targets.length === 1) {
    store.find = (attributes) => only.find(attributes);
    store.bind = (attributes) => only.bind(attributes);
  } else {
    store.find = (attributes) => new SeveralSeries(find(attributes), signed);
    store.bind = (attributes) =>
      new SeveralSeries(
        targets.map((target) => target.bind(attributes)),
        signed,
      );
  }
  store.unbind = (series) => {
    const bound = series instanceof SeveralSeries ? series.series : (moved.get(series) ?? [series]);
    bound.forEach((one, i) => {
      targets[i]?.unbind(one);
    });
  };
  for (const [series, successors] of moved) {
    successors.forEach((successor, i) => {
      absorb(successor, { kind: instrument.kind, value: series.total(), into: (streams[i] as Instrument).kind });
      successor.bindings += series.bindings;
      successor.startTimeMs = Math.min(successor.startTimeMs, series.startTimeMs);
    });
    const record = new SeveralSeries(successors, signed);
    Object.assign(series, series.add === undefined ? { record: record.record } : { add: record.add });
  }
  store.list = [];
}

/** Several series, or none, that are recorded into as one. */
class SeveralSeries implements RecordingSeries {
  readonly series: readonly RecordingSeries[];
  readonly signed: boolean;
  readonly attributes: Attributes = {};
  startTimeMs = 0;
  bindings = 0;

  constructor(series: readonly RecordingSeries[], signed: boolean) {
    this.series = series;
    this.signed = signed;
  }

  readonly add = (value: number): void => {
    for (const one of this.accepting(value)) one.add?.(value);
  };

  readonly record = (value: number): void => {
    for (const one of this.accepting(value)) one.record?.(value);
  };

  unbind(): void {
    for (const one of this.series) (one as Partial<{ unbind(): void }>).unbind?.();
  }

  total(): undefined {
    return undefined;
  }

  drain(): undefined {
    return undefined;
  }

  mark(): undefined {
    return undefined;
  }

  /** What will be refused goes to one series only, so that it is counted once. */
  accepting(value: unknown): readonly RecordingSeries[] {
    const recordable = typeof value === "number" && value - value === 0 && (this.signed || value >= 0);
    return recordable ? this.series : this.series.slice(0, 1);
  }
}
