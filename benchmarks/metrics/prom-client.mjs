import { once } from "node:events";
import { createServer } from "node:http";
import { peerName, requirePeer } from "./peers.mjs";
import * as workload from "./workload.mjs";

// Constants of this file: V8 looks an imported name up at each use, which would be measured as well.
const { attributeKeys, attributesOf, boundaries, latencies, order, SCRAPED, scrapedAttributes, scrapedKeys } = workload;

// Platformatic's is a fork with the same interface.
const { Counter, Histogram, Registry } = requirePeer(peerName);

const name = "bench_metric";
const help = "A metric.";
const buckets = boundaries;

function counter(labelNames) {
  const registry = new Registry();
  return { registry, metric: new Counter({ name, help, labelNames, registers: [registry] }) };
}

function histogram(labelNames) {
  const registry = new Registry();
  return { registry, metric: new Histogram({ name, help, labelNames, buckets, registers: [registry] }) };
}

export const works = {
  "counter bound"() {
    const { metric } = counter(attributeKeys);
    const bound = Array.from({ length: 1_024 }, (_, i) => metric.labels(attributesOf(i)));
    return (i) => bound[order[i & 8_191]].inc(1);
  },
  "counter unbound": () => unbound(),
  "histogram bound"() {
    const bound = histogram(attributeKeys).metric.labels(attributesOf(0));
    return (i) => bound.observe(latencies[i & 8_191]);
  },
  "garbage counter"() {
    const bound = counter(attributeKeys).metric.labels(attributesOf(0));
    return (i) => bound.inc(latencies[i & 8_191]);
  },
  "garbage histogram"() {
    const bound = histogram(attributeKeys).metric.labels(attributesOf(0));
    return (i) => bound.observe(latencies[i & 8_191]);
  },
  "scrape counters": () => scrapedCounters(),
  "scrape counters 10%": () => scrapedCounters(10),
  "scrape histograms": () => scrapedHistograms(),
  async "served counters"() {
    const { touch, registry } = scrapedCounters();
    const server = createServer(async (_request, response) => {
      response.setHeader("content-type", registry.contentType);
      response.end(await registry.metrics());
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    return { touch, url: `http://127.0.0.1:${server.address().port}/metrics` };
  },
  "bytes counter"() {
    return (series) => {
      const { metric, registry } = counter(scrapedKeys);
      for (let i = 0; i < series; i++) metric.inc(scrapedAttributes(i), 1);
      return [metric, registry];
    };
  },
  "bytes histogram"() {
    return (series) => {
      const { metric, registry } = histogram(scrapedKeys);
      for (let i = 0; i < series; i++) metric.observe(scrapedAttributes(i), latencies[i & 8_191]);
      return [metric, registry];
    };
  },
};

function unbound() {
  const { metric } = counter(attributeKeys);
  return (i) => metric.inc(attributesOf(order[i & 8_191]), 1);
}

function scrapedCounters(step = 1) {
  const { metric, registry } = counter(scrapedKeys);
  const attributes = Array.from({ length: SCRAPED }, (_, i) => scrapedAttributes(i));
  for (let i = 0; i < SCRAPED; i++) metric.inc(attributes[i], (i * 7_919) % 100_000);
  const touch = () => {
    for (let i = 0; i < SCRAPED; i += step) metric.inc(attributes[i], 1);
  };
  return { touch, registry, run: async () => (await registry.metrics()).length };
}

function scrapedHistograms() {
  const { metric, registry } = histogram(scrapedKeys);
  const attributes = Array.from({ length: SCRAPED }, (_, i) => scrapedAttributes(i));
  const touch = () => {
    for (let i = 0; i < SCRAPED; i++) metric.observe(attributes[i], latencies[(i * 7) & 8_191]);
  };
  return { touch, run: async () => (await registry.metrics()).length };
}
