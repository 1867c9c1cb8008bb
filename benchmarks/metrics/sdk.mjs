import { requirePeer } from "./peers.mjs";
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

const { AggregationType, MeterProvider } = requirePeer("@opentelemetry/sdk-metrics");
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

export const works = {
  // Its instruments cannot be bound; the attributes object is made once at least.
  "counter bound"() {
    const metric = setUp().meter.createCounter(name);
    const attributes = Array.from({ length: 1_024 }, (_, i) => attributesOf(i));
    return (i) => metric.add(1, attributes[order[i & 8_191]]);
  },
  "counter unbound"() {
    const metric = setUp().meter.createCounter(name);
    return (i) => metric.add(1, attributesOf(order[i & 8_191]));
  },
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
  "scrape counters"() {
    return scraped((i) => i);
  },
  "scrape counters 10%"() {
    return scraped((i) => i * 10);
  },
  "scrape histograms"() {
    const { meter, scrape } = setUp();
    const metric = meter.createHistogram(name, { advice: { explicitBucketBoundaries: boundaries } });
    const attributes = Array.from({ length: SCRAPED }, (_, i) => scrapedAttributes(i));
    const touch = () => {
      for (let i = 0; i < SCRAPED; i++) metric.record(latencies[(i * 7) & 8_191], attributes[i]);
    };
    return { touch, run: scrape };
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

function scraped(nth) {
  const { meter, scrape } = setUp();
  const metric = meter.createCounter(name);
  const attributes = Array.from({ length: SCRAPED }, (_, i) => scrapedAttributes(i));
  for (let i = 0; i < SCRAPED; i++) metric.add((i * 7_919) % 100_000, attributes[i]);
  const touch = () => {
    for (let i = 0; nth(i) < SCRAPED; i++) metric.add(1, attributes[nth(i)]);
  };
  return { touch, run: scrape };
}
