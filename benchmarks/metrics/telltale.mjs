import {
  counter,
  exponentialHistogram,
  histogram,
  meterProvider,
  rollingPercentiles,
} from "../../packages/metrics/src/index.ts";
import { pageWriter } from "../../packages/metrics/src/prometheus/page.ts";
import { chunkPool, renderPage } from "../../packages/metrics/src/prometheus/rendered-page.ts";
import {
  attributesOf,
  boundaries,
  httpAttributesOf,
  httpDuration,
  latencies,
  order,
  SCRAPED,
  scrapedAttributes,
} from "./workload.mjs";

const writer = pageWriter({ format: "text", scopeLabels: false, constantLabels: "", created: false, told: new Set() });
const pool = chunkPool();

async function scrape(instrument) {
  const pieces = writer.pieces({ resource: {}, scopes: [], instruments: [instrument], only: undefined });
  const page = await renderPage(pieces, pool);
  page.release();
  return page.length;
}

const name = "bench.metric";

/** What a provider asks a reader for when an instrument is created. */
const anyReader = {
  setMetricProducer() {},
  selectAggregation: () => ({ type: 0 }),
  selectAggregationTemporality: () => 1,
  selectCardinalityLimit: () => 2_000,
};

export const works = {
  "counter bound"() {
    const metric = counter({ name });
    const bound = Array.from({ length: 1_024 }, (_, i) => metric.bind(attributesOf(i)));
    return (i) => bound[order[i & 8_191]].add(1);
  },
  "counter unbound"() {
    const metric = counter({ name });
    return (i) => metric.add(1, attributesOf(order[i & 8_191]));
  },
  "histogram bound"() {
    const bound = histogram({ name, boundaries }).bind(attributesOf(0));
    return (i) => bound.record(latencies[i & 8_191]);
  },
  "http histogram"() {
    const meter = meterProvider({ readers: [anyReader] }).getMeter("@opentelemetry/instrumentation-http");
    const metric = meter.createHistogram("http.server.request.duration", httpDuration);
    return (i) => metric.record(latencies[i & 8_191], httpAttributesOf(order[i & 8_191]));
  },
  "exponential bound"() {
    const bound = exponentialHistogram({ name }).bind(attributesOf(0));
    return (i) => bound.record(latencies[i & 8_191]);
  },
  "percentiles record"() {
    const window = rollingPercentiles();
    return (i) => window.record(latencies[i & 8_191]);
  },
  "percentiles read"() {
    const window = rollingPercentiles();
    for (let i = 0; i < 100_000; i++) window.record(latencies[i & 8_191]);
    return () => window.summary();
  },
  "scrape counters"() {
    const { metric, bound } = scrapedCounters();
    return {
      touch() {
        for (const one of bound) one.add(1);
      },
      run: () => scrape(metric),
    };
  },
  "scrape counters 10%"() {
    const { metric, bound } = scrapedCounters();
    return {
      touch() {
        for (let i = 0; i < SCRAPED; i += 10) bound[i].add(1);
      },
      run: () => scrape(metric),
    };
  },
  "scrape histograms"() {
    const metric = histogram({ name, boundaries, maxSeries: SCRAPED + 1 });
    const bound = Array.from({ length: SCRAPED }, (_, i) => metric.bind(scrapedAttributes(i)));
    const touch = () => {
      for (let i = 0; i < SCRAPED; i++) bound[i].record(latencies[(i * 7) & 8_191]);
    };
    return {
      touch,
      run: () => scrape(metric),
    };
  },
  "bytes counter"() {
    return (series) => {
      const metric = counter({ name: `${name}.${series}`, maxSeries: series + 1 });
      for (let i = 0; i < series; i++) metric.add(1, scrapedAttributes(i));
      return metric;
    };
  },
  "bytes histogram"() {
    return (series) => {
      const metric = histogram({ name: `${name}.${series}`, boundaries, maxSeries: series + 1 });
      for (let i = 0; i < series; i++) metric.record(latencies[i & 8_191], scrapedAttributes(i));
      return metric;
    };
  },
};

function scrapedCounters() {
  const metric = counter({ name, maxSeries: SCRAPED + 1 });
  const bound = Array.from({ length: SCRAPED }, (_, i) => metric.bind(scrapedAttributes(i)));
  for (let i = 0; i < SCRAPED; i++) bound[i].add((i * 7_919) % 100_000);
  return { metric, bound };
}
