import type { Attributes } from "@opentelemetry/api";
import type { MetricData } from "@opentelemetry/sdk-metrics";
import type { Instrument } from "../instrument.ts";
import { type Family, families, GAUGE } from "../prometheus/family.ts";
import { keptInstrument } from "../prometheus/instrument-blocks.ts";
import type { PageContents } from "../prometheus/page-source.ts";
import type { SeriesBatch } from "../series-batch.ts";
import { BatchWriter } from "./batch-writer.ts";
import { InstrumentSeries } from "./instrument-series.ts";
import { type PointSeries, pointSeries } from "./point-series.ts";

/** What a batch consists of besides the words about itself. */
export type BatchColumns = Pick<SeriesBatch, "news" | "ids" | "values" | "histograms" | "gone">;

/** Makes batches, each of what changed since the one before. */
export interface BatchCollector {
  collect(contents: PageContents): Generator<void, BatchColumns>;
}

export function batchCollector(): BatchCollector {
  const writer = new BatchWriter();
  const told = new Set<string>();
  const familiesNow = keptFamilies(told);
  let known = new Map<string, PointSeries | InstrumentSeries>();

  /** What reads the family: what did so the last time, unless that was for something else. */
  function seriesOf(family: Family): PointSeries | InstrumentSeries {
    const before = known.get(family.name);
    const instrument = keptInstrument(family, { withExemplars: false });
    if (before !== undefined && instrument === ("instrument" in before ? before.instrument : undefined)) return before;
    return instrument === undefined
      ? pointSeries({ writer, told })
      : new InstrumentSeries(instrument, { writer, told });
  }

  return {
    *collect(contents) {
      const used: typeof known = new Map();
      for (const family of familiesNow(contents)) {
        const series = seriesOf(family);
        used.set(family.name, series);
        yield* series.collect(family);
        yield;
      }
      for (const [name, series] of known) if (used.get(name) !== series) series.end();
      known = used;
      return writer.end();
    },
  };
}

/** The families as the page has them, found anew when there are other instruments, or metrics of the SDK. */
function keptFamilies(told: Set<string>): (contents: PageContents) => readonly Family[] {
  let before: readonly Instrument[] = [];
  let kept: readonly Family[] = [];
  return ({ resource, scopes, instruments }) => {
    const same = instruments.length === before.length && instruments.every((one, i) => one === before[i]);
    let found = kept;
    if (!same || scopes.length > 0) {
      found = families({ scopes, instruments, told });
      kept = scopes.length > 0 ? [] : found;
      before = scopes.length > 0 ? [] : instruments;
    }
    if (Object.keys(resource).length === 0) return found;
    return [targetInfo(resource), ...found.filter(({ name }) => name !== TARGET_INFO)];
  };
}

const TARGET_INFO = "target_info";

function targetInfo(attributes: Attributes): Family {
  const metric = {
    descriptor: { name: TARGET_INFO, description: "", unit: "" },
    dataPointType: GAUGE,
    dataPoints: [{ startTime: [0, 0], endTime: [0, 0], attributes, value: 1 }],
  } as unknown as MetricData;
  const part = { metric, scope: { name: "" } };
  return { name: TARGET_INFO, type: "info", help: "Target metadata", unit: "", parts: [part] };
}
