/** The metrics that the same events change, recorded as they usually are: with their labels, at each call. */
import { createRequire } from "node:module";
import { join } from "node:path";

type Labels = Readonly<Record<string, string>>;
/** Changes one metric. */
type Change = (value: number, labels: Labels) => void;

interface Instruments {
  counter(name: string, labels: readonly string[]): Change;
  gauge(name: string, labels: readonly string[]): Change;
  histogram(name: string, labels: readonly string[]): Change;
}

export function workByHand(
  key: string,
  { way, peers }: { readonly way: string; readonly peers: string },
): (events: number) => void {
  const require = createRequire(join(peers, "package.json"));
  const tell = events(way === "sdk" ? sdk(require) : promClient(require))[key]?.();
  if (tell === undefined) throw new Error(`there is no case ${key}`);
  return (count) => {
    for (let i = 0; i < count; i++) tell(i);
  };
}

function events(metrics: Instruments): Readonly<Record<string, () => (i: number) => void>> {
  const { counter, gauge, histogram } = metrics;
  return {
    step: () => {
      const loss = gauge("loss", ["model", "split"]);
      const norm = gauge("gradient_norm", ["model"]);
      const rate = gauge("learning_rate", ["model"]);
      const steps = counter("steps", ["model"]);
      const samples = counter("samples", ["model"]);
      const duration = histogram("step_duration_seconds", ["model"]);
      return (i) => {
        const startMs = performance.now();
        loss(1 + (i & 7), { model: "bench", split: "train" });
        norm(2, { model: "bench" });
        rate(0.001, { model: "bench" });
        samples(32, { model: "bench" });
        steps(1, { model: "bench" });
        duration((performance.now() - startMs) / 1_000, { model: "bench" });
      };
    },
    bet: () => {
      const bets = counter("bets", ["game", "type", "outcome"]);
      const wagered = counter("wagered", ["game", "type"]);
      const paidOut = counter("paid_out", ["game", "type"]);
      const amount = histogram("bet_amount", ["game", "type"]);
      const types = ["pass_line", "field", "come", "odds"];
      return (i) => {
        const type = types[i & 3]!;
        bets(1, { game: "craps", type, outcome: "placed" });
        amount(10, { game: "craps", type });
        bets(1, { game: "craps", type, outcome: "won" });
        wagered(10, { game: "craps", type });
        paidOut(20, { game: "craps", type });
      };
    },
    message: () => {
      const messages = counter("messages", ["network", "direction", "type"]);
      const bytes = counter("bytes", ["network", "direction"]);
      const types = ["block", "transaction", "vote", "ping"];
      return (i) => {
        const direction = i % 5 === 0 ? "transmit" : "receive";
        messages(1, { network: "bench", direction, type: types[i & 3]! });
        bytes(512, { network: "bench", direction });
      };
    },
    vote: () => {
      const votes = counter("votes", ["chain", "type", "status"]);
      const quorum = gauge("quorum", ["chain", "type"]);
      return (i) => {
        const type = i % 200 < 100 ? "prevote" : "precommit";
        votes(1, { chain: "bench", type, status: "valid" });
        quorum((i % 100) / 100, { chain: "bench", type });
      };
    },
    job: () => {
      const jobs = counter("jobs", ["queue", "outcome"]);
      const wait = histogram("wait_seconds", ["queue", "priority"]);
      return (i) => {
        const startMs = performance.now();
        const priority = i % 4 === 0 ? "high" : "normal";
        wait((performance.now() - startMs) / 1_000, { queue: "bench", priority });
        jobs(1, { queue: "bench", outcome: "completed" });
      };
    },
  };
}

function promClient(require: NodeJS.Require): Instruments {
  const { Counter, Gauge, Histogram } = require("prom-client");
  return {
    counter: (name, labelNames) => {
      const metric = new Counter({ name, help: name, labelNames });
      return (value, labels) => metric.inc(labels, value);
    },
    gauge: (name, labelNames) => {
      const metric = new Gauge({ name, help: name, labelNames });
      return (value, labels) => metric.set(labels, value);
    },
    histogram: (name, labelNames) => {
      const metric = new Histogram({ name, help: name, labelNames });
      return (value, labels) => metric.observe(labels, value);
    },
  };
}

function sdk(require: NodeJS.Require): Instruments {
  const { MeterProvider, MetricReader } = require("@opentelemetry/sdk-metrics");
  // One that is never asked: what is measured is recording.
  const reader = new (class extends MetricReader {
    async onForceFlush() {}
    async onShutdown() {}
  })();
  const meter = new MeterProvider({ readers: [reader] }).getMeter("bench");
  return {
    counter: (name) => {
      const metric = meter.createCounter(name);
      return (value, labels) => metric.add(value, labels);
    },
    gauge: (name) => {
      const metric = meter.createGauge(name);
      return (value, labels) => metric.record(value, labels);
    },
    histogram: (name) => {
      const metric = meter.createHistogram(name);
      return (value, labels) => metric.record(value, labels);
    },
  };
}
