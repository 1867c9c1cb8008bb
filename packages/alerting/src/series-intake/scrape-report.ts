import { labelsOf, type MemoryStore, type SeriesReference } from "@telltale/promql";

/** What Prometheus says of each scrape beside its samples. */
export interface Scrape {
  readonly up: boolean;
  readonly durationMs: number;
  readonly samples: number;
  readonly added: number;
}

/** The series `up` and its like of one target. */
export interface ScrapeReport {
  append(timeMs: number, scrape: Scrape): void;
  end(timeMs: number): void;
}

/** @see https://prometheus.io/docs/concepts/jobs_instances/#automatically-generated-labels-and-time-series */
export function scrapeReport(store: MemoryStore, target: Readonly<Record<string, string>>): ScrapeReport {
  const series = (name: string): SeriesReference => store.reference(labelsOf({ ...target, __name__: name }));
  const up = series("up");
  const duration = series("scrape_duration_seconds");
  const scraped = series("scrape_samples_scraped");
  const relabelled = series("scrape_samples_post_metric_relabeling");
  const added = series("scrape_series_added");
  return {
    append(timeMs, scrape) {
      store.appendTo(up, timeMs, scrape.up ? 1 : 0);
      store.appendTo(duration, timeMs, scrape.durationMs / 1_000);
      store.appendTo(scraped, timeMs, scrape.samples);
      store.appendTo(relabelled, timeMs, scrape.samples);
      store.appendTo(added, timeMs, scrape.added);
    },
    end(timeMs) {
      for (const one of [up, duration, scraped, relabelled, added]) store.endOf(one, timeMs);
    },
  };
}
