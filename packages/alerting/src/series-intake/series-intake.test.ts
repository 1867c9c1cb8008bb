import { once } from "node:events";
import { Worker } from "node:worker_threads";
import {
  counter,
  exponentialHistogram,
  forgetInstrument,
  histogram,
  instruments,
  observedGauge,
  type SeriesReader,
  seriesReader,
  transferables,
} from "@telltale/metrics";
import { MemoryStore, queryInstant } from "@telltale/promql";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { seriesIntake } from "./series-intake.ts";

const target = { job: "desk", instance: "desk-1" };

afterEach(() => {
  for (const instrument of [...instruments()]) forgetInstrument(instrument);
});

test("what a process counts is in the store, with the labels of the target, and so is what Prometheus says of a scrape", async () => {
  const { reader, store, intake } = pipe();
  counter({ name: "orders" }).add(3, { side: "buy" });
  const batch = { ...(await reader.collect(15_000)), durationMs: 12 };
  const { appended } = intake.append("main", batch);
  expect(appended).toBe(batch.ids.length);
  expect(valuesAt(store, 'orders_total{side="buy",job="desk",instance="desk-1"}', 15_000)).toEqual([3]);
  expect(valuesAt(store, "up", 15_000)).toEqual([1]);
  expect(valuesAt(store, "scrape_duration_seconds", 15_000)).toEqual([0.012]);
  expect(valuesAt(store, "scrape_samples_scraped", 15_000)).toEqual([appended]);
  expect(valuesAt(store, "scrape_samples_post_metric_relabeling", 15_000)).toEqual([appended]);
  expect(valuesAt(store, "scrape_series_added", 15_000)).toEqual([appended]);
  intake.append("main", await reader.collect(30_000));
  expect(valuesAt(store, "scrape_series_added", 30_000)).toEqual([0]);
  expect(intake.families().get("orders_total")).toEqual({ name: "orders_total", type: "counter", help: "", unit: "" });
});

test("a quantile of a histogram is the same by classic and by native buckets", async () => {
  const { reader, store, intake } = pipe();
  const classic = histogram({ name: "classic", boundaries: [1, 2, 4, 8] });
  const native = exponentialHistogram({ name: "native" });
  for (const time of [15_000, 30_000]) {
    for (const value of [1, 2, 2, 4, 4, 4, 8]) {
      classic.record(value);
      native.record(value);
    }
    intake.append("main", await reader.collect(time));
  }
  expect(valuesAt(store, "histogram_count(native)", 30_000)).toEqual([14]);
  expect(valuesAt(store, "histogram_quantile(1, sum by (le) (classic_bucket))", 30_000)).toEqual([8]);
  expect(valuesAt(store, "histogram_quantile(1, native)", 30_000)).toEqual([8]);
  expect(valuesAt(store, 'classic_bucket{le="2.0"}', 30_000)).toEqual([6]);
  expect(valuesAt(store, "histogram_fraction(0, 2, native) * 14", 30_000)[0]).toBeCloseTo(6);
});

test("a series that the process has no more ends with the batch that says so, and may come back", async () => {
  const { reader, store, intake } = pipe();
  let regions = ["eu", "us"];
  observedGauge({ name: "regions" }, (observe) => {
    for (const region of regions) observe(1, { region });
  });
  const collect = async (timeMs: number) => intake.append("main", await reader.collect(timeMs));
  await collect(0);
  regions = ["us"];
  await collect(15_000);
  expect(valuesAt(store, "count(regions)", 14_000)).toEqual([2]);
  expect(valuesAt(store, "count(regions)", 15_000)).toEqual([1]);
  regions = ["us", "asia", "eu"];
  await collect(30_000);
  expect(valuesAt(store, "count(regions)", 30_000)).toEqual([3]);
});

test("when no batch comes, all series end and up is 0, until the next one comes", async () => {
  const { reader, store, intake } = pipe();
  counter({ name: "orders" }).add(3);
  intake.append("main", await reader.collect(0));
  intake.miss("main", 15_000);
  expect(valuesAt(store, "orders_total", 15_000)).toEqual([]);
  expect(valuesAt(store, "up", 15_000)).toEqual([0]);
  expect(valuesAt(store, "scrape_samples_scraped", 15_000)).toEqual([0]);
  intake.miss("main", 30_000);
  expect(intake.append("main", await reader.collect(45_000)).outOfOrder).toBe(0);
  expect(valuesAt(store, "orders_total", 45_000)).toEqual([3]);
  expect(valuesAt(store, "up", 45_000)).toEqual([1]);
});

test("a source that never sent a batch is down as well, with the labels that are known of it", () => {
  const { store, intake } = pipe();
  intake.miss("worker 2", 15_000, { job: "desk", instance: "worker-2" });
  expect(valuesAt(store, 'up{instance="worker-2"}', 15_000)).toEqual([0]);
});

test("series of several sources stand beside each other, and one that is removed takes its own along", async () => {
  const { store, intake } = pipe();
  counter({ name: "orders" }).add(3);
  const readers = ["a", "b"].map(
    (instance) => [instance, seriesReader({ targetLabels: { job: "desk", instance } })] as const,
  );
  for (const [instance, reader] of readers) intake.append(instance, await reader.collect(0));
  expect(valuesAt(store, "sum(orders_total)", 0)).toEqual([6]);
  intake.remove("a", 15_000);
  intake.remove("nobody", 15_000);
  expect(valuesAt(store, 'orders_total{instance="a"}', 15_000)).toEqual([]);
  expect(valuesAt(store, 'up{instance="a"}', 15_000)).toEqual([]);
  expect(valuesAt(store, 'orders_total{instance="b"}', 15_000)).toEqual([3]);
});

test("a batch whose predecessor is missing is refused, and the one that begins anew goes on where the series stood", async () => {
  const { reader, store, intake } = pipe();
  const [orders, other] = [counter({ name: "orders" }), counter({ name: "other" })];
  orders.add(1);
  other.add(1);
  intake.append("main", await reader.collect(0));
  await reader.collect(15_000);
  const late = await reader.collect(30_000);
  expect(intake.append("main", late)).toEqual({ appended: 0, outOfOrder: 0, lost: true });
  expect(seriesIntake(new MemoryStore()).append("main", late).lost).toBe(true);
  reader.tellAnew();
  forgetInstrument(other);
  expect(intake.append("main", await reader.collect(45_000)).lost).toBe(false);
  expect(valuesAt(store, "count_over_time(orders_total[1m])", 45_000)).toEqual([2]);
  expect(valuesAt(store, "other_total", 45_000)).toEqual([]);
  expect(valuesAt(store, "up", 45_000)).toEqual([1]);
});

test("two series that get the same labels by those of the target are one, which ends with the last of them", async () => {
  const { reader, store, intake } = pipe();
  let both = true;
  observedGauge({ name: "twice" }, (observe) => {
    observe(1, { job: "x" });
    if (both) observe(1, { exported_job: "x" });
  });
  intake.append("main", await reader.collect(0));
  both = false;
  intake.append("main", await reader.collect(15_000));
  expect(valuesAt(store, 'twice{exported_job="x"}', 15_000)).toEqual([1]);
});

test("whatever comes and goes, the store has at each time what the process had", async () => {
  const change = fc.array(fc.record({ id: fc.nat(8), value: fc.double({ noNaN: true, min: -1e9, max: 1e9 }) }), {
    maxLength: 8,
  });
  let names = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), fc.nat(9), async (rounds, anewAt) => {
      const { reader, store, intake } = pipe();
      const name = `seen_${names++}`;
      let now = new Map<string, number>();
      const gauge = observedGauge({ name }, (observe) => {
        for (const [id, value] of now) observe(value, { id });
      });
      for (const [round, seen] of rounds.entries()) {
        now = new Map(seen.map(({ id, value }) => [`${id}`, value]));
        if (round === anewAt) reader.tellAnew();
        expect(intake.append("main", structuredClone(await reader.collect(round * 1_000))).lost).toBe(false);
        const { value } = queryInstant(store, name, { timeMs: round * 1_000 });
        const found = value.type === "vector" ? value.samples : [];
        const stored = found.map((sample) => [
          sample.labels.pairs[sample.labels.pairs.indexOf("id") + 1],
          sample.value,
        ]);
        expect(new Map(stored as [string, number][])).toEqual(now);
      }
      forgetInstrument(gauge);
    }),
    { numRuns: 30 },
  );
});

test("batches go to a worker thread, which has the series in a store of its own", async () => {
  const orders = counter({ name: "orders" });
  const reader = seriesReader({ targetLabels: target });
  const here = new URL("./series-intake.ts", import.meta.url).href;
  const worker = new Worker(
    `import { parentPort } from "node:worker_threads";
     import { MemoryStore, queryInstant } from "@telltale/promql";
     import { seriesIntake } from ${JSON.stringify(here)};
     const store = new MemoryStore();
     const intake = seriesIntake(store);
     parentPort.on("message", (batch) => {
       intake.append("main", batch);
       const { value } = queryInstant(store, "orders_total", { timeMs: batch.timeMs });
       parentPort.postMessage(value.samples.map(({ value }) => value));
     });`,
    { eval: true, execArgv: ["--conditions=telltale-source", "--input-type=module"] },
  );
  try {
    for (const timeMs of [0, 15_000]) {
      orders.add(2);
      const batch = await reader.collect(timeMs);
      worker.postMessage(batch, transferables(batch));
      const [answer] = await once(worker, "message");
      expect(answer).toEqual([timeMs === 0 ? 2 : 4]);
    }
  } finally {
    await worker.terminate();
  }
});

interface Pipe {
  readonly reader: SeriesReader;
  readonly store: MemoryStore;
  readonly intake: ReturnType<typeof seriesIntake>;
}

function pipe(): Pipe {
  const store = new MemoryStore();
  return { reader: seriesReader({ targetLabels: target }), store, intake: seriesIntake(store) };
}

function valuesAt(store: MemoryStore, query: string, timeMs: number): readonly number[] {
  const { value } = queryInstant(store, query, { timeMs });
  if (value.type !== "vector") throw new Error(`${query} is a ${value.type}`);
  return value.samples.map((sample) => sample.value);
}
