import { diag } from "@opentelemetry/api";
import { succeed } from "../delta-readers.ts";
import { createExponentialHistogram } from "../exponential-histogram.ts";
import { createHistogram } from "../histogram.ts";
import type { Instrument, InstrumentKind } from "../instrument.ts";
import { type DeclaredInstrument, viewInstruments } from "../instrument-registry.ts";
import { DEFAULT_SCOPE } from "../series-instrument.ts";
import { redirectSeries } from "./redirected-series.ts";
import { aggregationOf, type ReadyView, type ViewInstrumentType } from "./view.ts";

// Of the whole process, as the declared instruments are.
let views: readonly ReadyView[] = [];
const decided = new WeakMap<Instrument, readonly Instrument[]>();

/**
 * Shows every reader the declared instruments through these views, for the life of the process. Those were declared, bound
 * and recorded into before anybody knew of views: streams take the place of their series, and what was bound before records
 * there too. The first views that select an instrument stay its views.
 */
export function viewDeclaredInstruments(more: readonly ReadyView[]): void {
  if (more.length === 0) return;
  views = [...views, ...more];
  viewInstruments(viewed);
}

function viewed(declared: DeclaredInstrument): readonly Instrument[] | undefined {
  const { instrument } = declared;
  const before = decided.get(instrument);
  if (before !== undefined) return before;
  const { name, unit } = instrument;
  const selectable = { name, unit, type: typeOf(declared), scope: declared.declaration.scope ?? DEFAULT_SCOPE };
  const selecting = views.filter((view) => view.selects(selectable));
  if (selecting.length === 0) return undefined;
  const streams = streamsOf(declared, selecting);
  decided.set(instrument, streams);
  return streams;
}

function streamsOf(declared: DeclaredInstrument, selecting: readonly ReadyView[]): readonly Instrument[] {
  const { instrument } = declared;
  const [only] = selecting;
  if (only !== undefined && selecting.length === 1 && changesWordsOnly(only)) {
    const { name = instrument.name, description = instrument.description } = only.view.stream;
    return [Object.create(instrument, { name: { value: name }, description: { value: description } }) as Instrument];
  }
  const streams = selecting.flatMap((view) => streamOf(declared, view) ?? []);
  // The callback of an observed instrument is asked by each stream itself.
  if (!isObserved(declared)) {
    redirectSeries(instrument, streams);
    succeed(instrument.store, streams);
  }
  return streams;
}

function changesWordsOnly({ view, keepKey }: ReadyView): boolean {
  return (
    aggregationOf(view) === "default" && keepKey === undefined && view.stream.aggregationCardinalityLimit === undefined
  );
}

function streamOf(
  { kind, declaration, create }: DeclaredInstrument,
  { view, keepKey }: ReadyView,
): Instrument | undefined {
  const { name, description, aggregationCardinalityLimit: maxSeries, aggregation } = view.stream;
  const words = {
    ...declaration,
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(maxSeries !== undefined && { maxSeries }),
  };
  const chosen = aggregationOf(view);
  const timed = kind === "histogram" || kind === "exponentialHistogram";
  if (chosen === "drop") return undefined;
  if (chosen === "explicitBucketHistogram" && timed) {
    const { boundaries } = aggregation?.explicitBucketHistogram ?? {};
    return createHistogram({ ...words, ...(boundaries && { boundaries }) }, keepKey);
  }
  if (chosen === "base2ExponentialBucketHistogram" && timed) return createExponentialHistogram(words, keepKey);
  if (chosen !== "default" && chosen !== plain[kind]) {
    diag.warn(
      `telltale: a view asks for the aggregation ${chosen} of ${declaration.name}, which is a ${kind}; it is reported as it is. Leave the aggregation out of the view.`,
    );
  }
  return create(words, keepKey);
}

const plain: Readonly<Record<InstrumentKind, string>> = {
  counter: "sum",
  upDownCounter: "sum",
  gauge: "lastValue",
  histogram: "explicitBucketHistogram",
  exponentialHistogram: "base2ExponentialBucketHistogram",
};

function typeOf(declared: DeclaredInstrument): ViewInstrumentType {
  const observed = isObserved(declared);
  switch (declared.kind) {
    case "counter":
      return observed ? "observable_counter" : "counter";
    case "upDownCounter":
      return observed ? "observable_up_down_counter" : "up_down_counter";
    case "gauge":
      return observed ? "observable_gauge" : "gauge";
    default:
      return "histogram";
  }
}

function isObserved({ declaration }: DeclaredInstrument): boolean {
  return "read" in declaration;
}
