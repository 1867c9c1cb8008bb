import type { MetricFamily, SeriesBatch } from "@telltale/metrics";
import { nativeHistograms, seriesNews } from "@telltale/metrics/series-batch";
import { type AppendResult, labelsOf, type MemoryStore, type SeriesReference } from "@telltale/promql";
import { storedHistogram } from "./native-samples.ts";
import { type ScrapeReport, scrapeReport } from "./scrape-report.ts";

export interface IntakeResult extends AppendResult {
  /**
   * Nothing was appended: a batch before this one is missing, so that its ids are unknown. The source's reader has to be told
   * `tellAnew()`.
   */
  readonly lost: boolean;
}

type TargetLabels = Readonly<Record<string, string>>;

/** Takes the batches of series readers into a store, as Prometheus does with what it scrapes, `up` and its like included. */
export interface SeriesIntake {
  /** `source` is whose batches these are: the process, or one of its workers. `timeMs` is the time of the samples. */
  append(source: string, batch: SeriesBatch, timeMs?: number): IntakeResult;
  /**
   * No batch came when there should have been one: all series of the source end, and `up` is 0, until the next one comes. `target`
   * are its labels where no batch ever came to tell them.
   */
  miss(source: string, timeMs: number, target?: TargetLabels): void;
  /** The source is there no more: all of its series end, `up` included. */
  remove(source: string, timeMs: number): void;
  /** What was told of families, by their names. */
  families(): ReadonlyMap<string, MetricFamily>;
}

export function seriesIntake(store: MemoryStore): SeriesIntake {
  const sources = new Map<string, Source>();
  const families = new Map<string, MetricFamily>();

  function begin(target: TargetLabels): Source {
    return { report: scrapeReport(store, target), series: [], nextSequence: 0 };
  }

  /** Takes in what is new; how many series. */
  function learn({ series }: Source, batch: SeriesBatch): number {
    let added = 0;
    for (const news of seriesNews(batch)) {
      for (const family of news.families) families.set(family.name, family);
      for (const { id, labels } of news.series) series[id] = store.reference(labelsOf(labels));
      added += news.series.length;
    }
    return added;
  }

  function appendSamples({ series }: Source, batch: SeriesBatch, timeMs: number): AppendResult {
    const { ids, values } = batch;
    let appended = 0;
    for (let i = 0; i < ids.length; i++) {
      const one = series[ids[i] as number] as SeriesReference;
      if (store.appendTo(one, timeMs, values[i] as number)) appended++;
    }
    let histograms = 0;
    for (const histogram of nativeHistograms(batch)) {
      const one = series[histogram.id] as SeriesReference;
      if (store.appendHistogramTo(one, timeMs, storedHistogram(histogram))) appended++;
      histograms++;
    }
    return { appended, outOfOrder: ids.length + histograms - appended };
  }

  function end({ series }: Source, timeMs: number): void {
    // Not by an iterator: the list has holes where ids are free.
    series.forEach((one) => {
      if (one !== undefined) store.endOf(one, timeMs);
    });
  }

  return {
    append(name, batch, timeMs = batch.timeMs) {
      const before = sources.get(name);
      if (batch.sequence !== 0 && batch.sequence !== before?.nextSequence) return LOST;
      const source = batch.sequence === 0 || before === undefined ? begin(batch.target) : before;
      sources.set(name, source);
      source.nextSequence = batch.sequence + 1;
      const added = learn(source, batch);
      const result = appendSamples(source, batch, timeMs);
      for (const id of batch.gone) {
        store.endOf(source.series[id] as SeriesReference, timeMs);
        source.series[id] = undefined;
      }
      const samples = result.appended + result.outOfOrder;
      source.report.append(timeMs, { up: true, durationMs: batch.durationMs, samples, added });
      // What has a sample by the batch that begins anew goes on.
      if (before !== undefined && before !== source) {
        end(before, timeMs);
        before.report.end(timeMs);
      }
      return { ...result, lost: false };
    },
    miss(name, timeMs, target = {}) {
      const source = sources.get(name) ?? begin(target);
      sources.set(name, source);
      end(source, timeMs);
      source.report.append(timeMs, { up: false, durationMs: 0, samples: 0, added: 0 });
    },
    remove(name, timeMs) {
      const source = sources.get(name);
      if (source === undefined) return;
      end(source, timeMs);
      source.report.end(timeMs);
      sources.delete(name);
    },
    families: () => families,
  };
}

interface Source {
  readonly report: ScrapeReport;
  /** By id. */
  readonly series: (SeriesReference | undefined)[];
  nextSequence: number;
}

const LOST: IntakeResult = { appended: 0, outOfOrder: 0, lost: true };
