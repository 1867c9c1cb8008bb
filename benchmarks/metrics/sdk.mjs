import { once } from "node:events";
import { createServer } from "node:net";
import { requirePeer } from "./peers.mjs";
import * as workload from "./workload.mjs";

// Constants of this file: V8 looks an imported name up at each use, which would be measured as well.
const { attributesOf, boundaries, httpAttributesOf, httpDuration, latencies, order, SCRAPED, scrapedAttributes } =
  workload;

const { AggregationType, MeterProvider, PeriodicExportingMetricReader } = requirePeer("@opentelemetry/sdk-metrics");
const { ProtobufMetricsSerializer } = requirePeer("@opentelemetry/otlp-transformer");
const { PrometheusExporter, PrometheusSerializer } = requirePeer("@opentelemetry/exporter-prometheus");

const name = "bench.metric";
const limits = { cardinalitySelector: () => 20_000 };

function setUp(views = []) {
  const reader = new PrometheusExporter({ preventServerStart: true });
  // Its limit would put what lies above 2,000 series together.
  reader.selectCardinalityLimit = limits.cardinalitySelector;
  const meter = new MeterProvider({ readers: [reader], views }).getMeter("bench");
  const serializer = new PrometheusSerializer();
  const scrape = async () => serializer.serialize((await reader.collect()).resourceMetrics).length;
  return { meter, scrape };
}

/** Its own pipeline up to the bytes of the request. */
function setUpOtlp(temporality) {
  const reader = new PeriodicExportingMetricReader({
    exportIntervalMillis: 3_600_000,
    exporter: {
      export(metrics, done) {
        ProtobufMetricsSerializer.serializeRequest(metrics);
        done({ code: 0 });
      },
      selectAggregationTemporality: () => temporality,
      forceFlush: async () => {},
      shutdown: async () => {},
    },
  });
  reader.selectCardinalityLimit = limits.cardinalitySelector;
  const meter = new MeterProvider({ readers: [reader] }).getMeter("bench");
  return { meter, scrape: () => reader.forceFlush() };
}

const DELTA = 0;
const CUMULATIVE = 1;

export const works = {
  // Its instruments cannot be bound; the attributes object is made once at least.
  "counter bound"() {
    const metric = setUp().meter.createCounter(name);
    const attributes = Array.from({ length: 1_024 }, (_, i) => attributesOf(i));
    return (i) => metric.add(1, attributes[order[i & 8_191]]);
  },
  "counter unbound": () => unbound(),
  "histogram bound"() {
    const metric = setUp().meter.createHistogram(name, { advice: { explicitBucketBoundaries: boundaries } });
    const attributes = attributesOf(0);
    return (i) => metric.record(latencies[i & 8_191], attributes);
  },
  "exponential bound"() {
    const views = [{ instrumentName: name, aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }];
    const metric = setUp(views).meter.createHistogram(name);
    const attributes = attributesOf(0);
    return (i) => metric.record(latencies[i & 8_191], attributes);
  },
  "http histogram"() {
    const metric = setUp().meter.createHistogram("http.server.request.duration", httpDuration);
    return (i) => metric.record(latencies[i & 8_191], httpAttributesOf(order[i & 8_191]));
  },
  "garbage counter"() {
    const metric = setUp().meter.createCounter(name);
    const attributes = attributesOf(0);
    return (i) => metric.add(latencies[i & 8_191], attributes);
  },
  "garbage histogram"() {
    const metric = setUp().meter.createHistogram(name, { advice: { explicitBucketBoundaries: boundaries } });
    const attributes = attributesOf(0);
    return (i) => metric.record(latencies[i & 8_191], attributes);
  },
  "scrape counters": () => counters(setUp()),
  "scrape counters 10%": () => counters(setUp(), 10),
  "scrape histograms": () => histograms(setUp()),
  "otlp counters cumulative": () => counters(setUpOtlp(CUMULATIVE)),
  "otlp counters delta": () => counters(setUpOtlp(DELTA)),
  "otlp histograms cumulative": () => histograms(setUpOtlp(CUMULATIVE)),
  "otlp histograms delta": () => histograms(setUpOtlp(DELTA)),
  async "served counters"() {
    // To it, port 0 means 9464.
    const free = createServer().listen(0, "127.0.0.1");
    await once(free, "listening");
    const { port } = free.address();
    free.close();
    const reader = new PrometheusExporter({ preventServerStart: true, host: "127.0.0.1", port });
    reader.selectCardinalityLimit = limits.cardinalitySelector;
    const meter = new MeterProvider({ readers: [reader] }).getMeter("bench");
    const { touch } = counters({ meter });
    await reader.startServer();
    return { touch, url: `http://127.0.0.1:${port}/metrics` };
  },
  "bytes counter"() {
    const { meter, scrape } = setUp();
    return async (series) => {
      const metric = meter.createCounter(`${name}.${series}`);
      for (let i = 0; i < series; i++) metric.add(1, scrapedAttributes(i));
      await scrape();
      return [metric, meter];
    };
  },
  "bytes histogram"() {
    const { meter, scrape } = setUp();
    return async (series) => {
      const metric = meter.createHistogram(name, { advice: { explicitBucketBoundaries: boundaries } });
      for (let i = 0; i < series; i++) metric.record(latencies[i & 8_191], scrapedAttributes(i));
      await scrape();
      return [metric, meter];
    };
  },
};

function unbound() {
  const metric = setUp().meter.createCounter(name);
  return (i) => metric.add(1, attributesOf(order[i & 8_191]));
}

function counters({ meter, scrape }, step = 1) {
  const metric = meter.createCounter(name);
  const attributes = Array.from({ length: SCRAPED }, (_, i) => scrapedAttributes(i));
  for (let i = 0; i < SCRAPED; i++) metric.add((i * 7_919) % 100_000, attributes[i]);
  const touch = () => {
    for (let i = 0; i < SCRAPED; i += step) metric.add(1, attributes[i]);
  };
  return { touch, run: scrape };
}

function histograms({ meter, scrape }) {
  const metric = meter.createHistogram(name, { advice: { explicitBucketBoundaries: boundaries } });
  const attributes = Array.from({ length: SCRAPED }, (_, i) => scrapedAttributes(i));
  const touch = () => {
    for (let i = 0; i < SCRAPED; i++) metric.record(latencies[(i * 7) & 8_191], attributes[i]);
  };
  return { touch, run: scrape };
}
