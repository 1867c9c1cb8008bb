import {
  counter,
  exponentialHistogram,
  histogram,
  meterProvider,
  open,
  otlpMetricReader,
  prometheusEndpoint,
  rollingPercentiles,
} from "../../packages/metrics/src/index.ts";
import { pageWriter } from "../../packages/metrics/src/prometheus/page.ts";
import { protobufPageWriter } from "../../packages/metrics/src/prometheus/protobuf-page.ts";
import { chunkPool, renderPage } from "../../packages/metrics/src/prometheus/rendered-page.ts";
import * as workload from "./workload.mjs";

// Constants of this file: V8 looks an imported name up at each use, which would be measured as well.
const { attributesOf, boundaries, httpAttributesOf, httpDuration, latencies, order, SCRAPED, scrapedAttributes } =
  workload;

const options = { scopeLabels: false, constants: {}, constantLabels: "", created: false, told: new Set() };
const writers = {
  text: pageWriter({ ...options, format: "text" }),
  protobuf: protobufPageWriter(options),
};
const pool = chunkPool();

async function scrape(instrument, format = "text") {
  const pieces = writers[format].pieces({ resource: {}, scopes: [], instruments: [instrument], only: undefined });
  const page = await renderPage(pieces, pool);
  page.release();
  return page.length;
}

/** The reader with all its work up to the bytes of the request. */
function otlpExport(temporality) {
  const reader = otlpMetricReader({
    exportIntervalMs: 3_600_000,
    exporter: {
      export: (_request, done) => done({ code: 0 }),
      selectAggregationTemporality: () => temporality,
      forceFlush: async () => {},
      shutdown: async () => {},
    },
  });
  meterProvider({ readers: [reader] });
  return () => reader.forceFlush();
}

const DELTA = 0;
const CUMULATIVE = 1;

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
  // Its keys are declared, as prom-client's are.
  "counter unbound"() {
    const metric = counter({ name, attributes: { venue: open(), side: ["buy", "sell"], kind: open() } });
    return (i) => metric.add(1, attributesOf(order[i & 8_191]));
  },
  "counter undeclared"() {
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
    const { metric, touch } = scrapedCounters();
    return { touch, run: () => scrape(metric) };
  },
  "scrape counters 10%"() {
    const { metric, touch } = scrapedCounters(10);
    return { touch, run: () => scrape(metric) };
  },
  "scrape histograms"() {
    const { metric, touch } = scrapedHistograms();
    return { touch, run: () => scrape(metric) };
  },
  "scrape protobuf counters"() {
    const { metric, touch } = scrapedCounters();
    return { touch, run: () => scrape(metric, "protobuf") };
  },
  "scrape protobuf histograms"() {
    const { metric, touch } = scrapedHistograms();
    return { touch, run: () => scrape(metric, "protobuf") };
  },
  "otlp counters cumulative": () => ({ ...scrapedCounters(), run: otlpExport(CUMULATIVE) }),
  "otlp counters delta": () => ({ ...scrapedCounters(), run: otlpExport(DELTA) }),
  "otlp histograms cumulative": () => ({ ...scrapedHistograms(), run: otlpExport(CUMULATIVE) }),
  "otlp histograms delta": () => ({ ...scrapedHistograms(), run: otlpExport(DELTA) }),
  "garbage counter"() {
    const bound = counter({ name }).bind(attributesOf(0));
    return (i) => bound.add(latencies[i & 8_191]);
  },
  "garbage histogram"() {
    const bound = histogram({ name, boundaries }).bind(attributesOf(0));
    return (i) => bound.record(latencies[i & 8_191]);
  },
  async "served counters"() {
    const { touch } = scrapedCounters();
    const { url, ready } = prometheusEndpoint({ port: 0, serve: "worker", keepPageMs: 0 });
    await ready;
    return { touch, url };
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
      // `process.memoryUsage()` knows nothing of memory that threads share.
      const slabs = new Set(metric.series().map(({ slab }) => slab.heads.buffer));
      return { metric, sharedBytes: [...slabs].reduce((sum, { byteLength }) => sum + byteLength, 0) };
    };
  },
};

function scrapedCounters(step = 1) {
  const metric = counter({ name, maxSeries: SCRAPED + 1 });
  const bound = Array.from({ length: SCRAPED }, (_, i) => metric.bind(scrapedAttributes(i)));
  for (let i = 0; i < SCRAPED; i++) bound[i].add((i * 7_919) % 100_000);
  const touch = () => {
    for (let i = 0; i < SCRAPED; i += step) bound[i].add(1);
  };
  return { metric, touch };
}

function scrapedHistograms() {
  const metric = histogram({ name, boundaries, maxSeries: SCRAPED + 1 });
  const bound = Array.from({ length: SCRAPED }, (_, i) => metric.bind(scrapedAttributes(i)));
  const touch = () => {
    for (let i = 0; i < SCRAPED; i++) bound[i].record(latencies[(i * 7) & 8_191]);
  };
  return { metric, touch };
}
