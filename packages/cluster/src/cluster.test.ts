import { type Instrument, instruments } from "@telltale/metrics";
import fc from "fast-check";
import { expect, test } from "vitest";
import { cluster, createCluster } from "./cluster.ts";
import type { ClusterOptions } from "./cluster-options.ts";

let tests = 0;

/** A cluster whose names no other test has, on a clock that the test moves. */
function control(options: ClusterOptions = {}) {
  const clock = { ms: 1_000 };
  const own = `own-${tests++}`;
  const made = createCluster({ now: () => clock.ms, ...options });
  const series = (name: string, match: Readonly<Record<string, string>> = {}) => {
    const instrument = Array.from(instruments()).find((one) => one.name === name) as Instrument;
    instrument.refresh();
    return instrument
      .series()
      .filter(({ attributes }) => Object.values(attributes).some((value) => String(value).startsWith(own)))
      .filter(({ attributes }) => Object.entries(match).every(([key, value]) => attributes[key] === value))
      .map((one) => one.total());
  };
  const sum = (name: string, match = {}) => (series(name, match) as number[]).reduce((all, value) => all + value, 0);
  const times = (name: string, match = {}) => {
    const found = series(name, match) as unknown as readonly { readonly count: number; readonly sum?: number }[];
    return { count: found.reduce((n, one) => n + one.count, 0), sum: found.reduce((n, one) => n + (one.sum ?? 0), 0) };
  };
  return { clock, cluster: made, own, series, sum, times };
}

const anomalies = (kind: string): number => {
  const instrument = Array.from(instruments()).find(({ name }) => name === "cluster.anomalies") as Instrument;
  const found = instrument.series().filter(({ attributes }) => attributes["cluster.anomaly"] === kind);
  return (found.map((one) => one.total()) as number[]).reduce((all, value) => all + value, 0);
};

test("nodes are counted by type as they are, states with none of them too", () => {
  const { cluster, own, sum, series } = control();
  const [a, b, c] = ["a", "b", "c"].map((id) => cluster.node(id, { type: own }));
  b!.draining();
  c!.notReady();
  const state = (of: string) => sum("cluster.nodes", { "cluster.node.state": of });
  expect([state("ready"), state("draining"), state("not_ready")]).toEqual([1, 1, 1]);
  c!.left();
  a!.left();
  expect(series("cluster.nodes", { "cluster.node.state": "not_ready" })).toEqual([0]);
  expect(cluster.node("b")).toBe(b);
});

test("a node whose heartbeat stays away is not ready until it comes back; one that never had one is as it was told", () => {
  const { clock, cluster, own, sum } = control({ heartbeatTimeoutMs: 40_000 });
  const beating = cluster.node("beating", { type: own });
  cluster.node("silent", { type: own });
  beating.heartbeat();
  clock.ms += 40_000;
  expect(sum("cluster.nodes", { "cluster.node.state": "ready" })).toBe(2);
  clock.ms += 1;
  expect(sum("cluster.nodes", { "cluster.node.state": "not_ready" })).toBe(1);
  beating.heartbeat();
  expect(sum("cluster.nodes", { "cluster.node.state": "ready" })).toBe(2);
});

test("what is allocated and can be is the sum of the nodes of a type, and leaves with them", () => {
  const { cluster, own, sum, series } = control();
  cluster.node("a", { type: own, limit: { cpu: 64, memory: 256_000_000_000n }, usage: { cpu: 12 } });
  const b = cluster.node("b", { type: own, limit: { cpu: 32, gpu: 8 } });
  b.usage({ cpu: 0.5, gpu: 6 });
  expect(sum("cluster.resource.usage", { "cluster.resource": "cpu" })).toBe(12.5);
  expect(sum("cluster.resource.limit", { "cluster.resource": "cpu" })).toBe(96);
  expect(sum("cluster.resource.limit", { "cluster.resource": "memory" })).toBe(256e9);
  b.left();
  expect(series("cluster.resource.usage", { "cluster.resource": "gpu" })).toEqual([]);
  expect(sum("cluster.resource.usage", { "cluster.resource": "cpu" })).toBe(12);
});

test("a job waits from its arrival to its start", () => {
  const { clock, cluster, own, sum, times } = control();
  const queue = cluster.queue(own);
  const job = queue.add({ priority: "high" });
  queue.add();
  expect(sum("cluster.queue.depth")).toBe(2);
  clock.ms += 2_500;
  job.started();
  expect(sum("cluster.queue.depth", { "cluster.priority": "high" })).toBe(0);
  job.completed();
  expect(times("cluster.queue.wait.duration", { "cluster.priority": "high" })).toEqual({ count: 1, sum: 2.5 });
  expect(sum("cluster.jobs", { "cluster.outcome": "completed" })).toBe(1);
});

test("a preempted job that goes back waits again, and is counted again at its end", () => {
  const { clock, cluster, own, sum, times } = control();
  const job = cluster.queue(own).add();
  job.started();
  job.preempted({ requeue: true });
  clock.ms += 1_000;
  expect([job.state, sum("cluster.queue.depth")]).toEqual(["waiting", 1]);
  job.started();
  job.preempted();
  expect([job.state, sum("cluster.queue.depth")]).toEqual(["preempted", 0]);
  expect(sum("cluster.jobs", { "cluster.outcome": "preempted" })).toBe(2);
  expect(times("cluster.queue.wait.duration")).toEqual({ count: 2, sum: 1 });
});

test("run() starts a job, and says how it ended", async () => {
  const { cluster, own, sum } = control();
  const queue = cluster.queue(own);
  expect(await queue.add().run(() => 42)).toBe(42);
  const failing = queue.add().run(async () => {
    throw new Error("no such image");
  });
  await expect(failing).rejects.toThrow("no such image");
  const job = queue.add();
  await job.run(async () => job.canceled());
  const ended = ["completed", "failed", "canceled"].map((outcome) =>
    sum("cluster.jobs", { "cluster.outcome": outcome }),
  );
  expect(ended).toEqual([1, 1, 1]);
});

test("a queue of another program is told of by its depth", () => {
  const { cluster, own, sum, times } = control();
  const queue = cluster.queue(own);
  queue.depth(1_200, { priority: "low" });
  queue.depth(7n);
  queue.waited(300);
  queue.ended("failed");
  expect(sum("cluster.queue.depth")).toBe(1_207);
  expect(times("cluster.queue.wait.duration").sum).toBe(0.3);
  expect(sum("cluster.jobs", { "cluster.outcome": "failed" })).toBe(1);
});

test("zones have round trips and bandwidth, which leaves when nothing new is heard of it", () => {
  const { clock, cluster, own, sum, series, times } = control({ staleAfterMs: 60_000 });
  const zone = cluster.zone(own);
  zone.roundTrip("us-1", 80);
  zone.bandwidth("transmit", { used: 2_500_000_000n, available: 10_000_000_000 });
  expect(times("cluster.node.latency", { "cluster.target.zone": "us-1" })).toEqual({ count: 1, sum: 0.08 });
  expect(sum("cluster.bandwidth.utilization")).toBe(0.25);
  clock.ms += 60_001;
  expect(series("cluster.bandwidth.utilization")).toEqual([]);
});

test("cluster() is the one that was created last, and what is disposed of leaves the metrics", () => {
  const { cluster: made, own, series } = control();
  expect(cluster()).toBe(made);
  made.node("a", { type: own });
  made[Symbol.dispose]();
  expect(series("cluster.nodes")).toEqual([]);
  expect(cluster()).not.toBe(made);
});

test("beyond maxNodes the oldest node is forgotten, and that is counted", () => {
  const before = anomalies("forgotten");
  const { cluster, own, sum } = control({ maxNodes: 3 });
  for (let i = 0; i < 5; i++) cluster.node(`node-${i}`, { type: own });
  expect(sum("cluster.nodes")).toBe(3);
  expect(anomalies("forgotten") - before).toBe(2);
});

const bad: readonly (readonly [what: string, tell: (made: ReturnType<typeof control>) => void, anomaly: string])[] = [
  ["a usage of NaN", ({ cluster, own }) => cluster.node("n", { type: own, usage: { cpu: Number.NaN } }), "bad_value"],
  ["a negative limit", ({ cluster, own }) => cluster.node("n", { type: own, limit: { gpu: -1 } }), "bad_value"],
  ["a text", ({ cluster, own }) => cluster.queue(own).depth("12" as never), "bad_value"],
  ["an infinite depth", ({ cluster, own }) => cluster.queue(own).depth(Number.POSITIVE_INFINITY), "bad_value"],
  ["a bigint that no number holds", ({ cluster, own }) => cluster.queue(own).depth(2n ** 60n), "bad_value"],
  ["a negative round trip", ({ cluster, own }) => cluster.zone(own).roundTrip("b", -1), "bad_value"],
  [
    "bandwidth of nothing",
    ({ cluster, own }) => cluster.zone(own).bandwidth("receive", { used: 1, available: 0 }),
    "bad_value",
  ],
  [
    "an unknown direction",
    ({ cluster, own }) => cluster.zone(own).bandwidth("up" as never, { used: 1, available: 2 }),
    "bad_value",
  ],
  ["an unknown state", ({ cluster, own }) => cluster.node("n", { type: own }).becomes("asleep" as never), "bad_value"],
  ["an unknown outcome", ({ cluster, own }) => cluster.queue(own).ended("lost" as never), "bad_value"],
  [
    "a job that ends twice",
    ({ cluster, own }) => {
      const job = cluster.queue(own).add();
      job.failed();
      job.completed();
    },
    "closed_job",
  ],
  [
    "a job that starts twice",
    ({ cluster, own }) => {
      const job = cluster.queue(own).add();
      job.started();
      job.started();
    },
    "closed_job",
  ],
  [
    "a node that has left",
    ({ cluster, own }) => {
      const node = cluster.node("n", { type: own });
      node.left();
      node.ready();
    },
    "left_node",
  ],
  [
    "time that runs backwards",
    ({ cluster, clock, own }) => {
      const job = cluster.queue(own).add();
      clock.ms -= 500;
      job.started();
    },
    "clock",
  ],
];

test.each(bad)("%s is counted as an anomaly and throws nothing", (_, tell, anomaly) => {
  const before = anomalies(anomaly);
  const made = control();
  tell(made);
  expect(anomalies(anomaly) - before).toBe(1);
});

const wrong: readonly (readonly [options: object, message: RegExp])[] = [
  [{ heartbeatTimeout: 3 }, /cluster\.heartbeatTimeout is not an option; there are heartbeatTimeoutMs/],
  [{ heartbeatTimeoutMs: 0 }, /cluster\.heartbeatTimeoutMs is 0; give a number above 0/],
  [{ maxNodes: Number.NaN }, /cluster\.maxNodes is NaN/],
  [{ now: 3 }, /cluster\.now is 3; give a function/],
];

test.each(wrong)("the options %j are refused", (options, message) => {
  expect(() => createCluster(options)).toThrow(message);
  expect(() => createCluster(options)).toThrow(expect.objectContaining({ code: "TELLTALE_BAD_CLUSTER_OPTION" }));
});

type Step = "started" | "completed" | "failed" | "canceled" | "preempted" | "requeued";

test("whatever is told of jobs, depths are those that wait, and every end is counted once", () => {
  const step = fc.record({
    job: fc.nat(9),
    event: fc.constantFrom<Step>("started", "completed", "failed", "canceled", "preempted", "requeued"),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { cluster, own, sum, times } = control();
      const jobs = Array.from({ length: 10 }, () => cluster.queue(own).add());
      // What a scheduler would keep of them.
      const states = jobs.map(() => "waiting");
      let [ends, starts] = [0, 0];
      for (const { job, event } of steps) {
        const isOpen = states[job] === "waiting" || states[job] === "running";
        if (event === "started") {
          if (states[job] === "waiting") {
            starts++;
            states[job] = "running";
          }
        } else if (isOpen) {
          ends++;
          states[job] = event === "requeued" ? "waiting" : event;
        }
        if (event === "requeued") jobs[job]!.preempted({ requeue: true });
        else jobs[job]![event]();
      }
      expect(jobs.map(({ state }) => state)).toEqual(states);
      expect(sum("cluster.queue.depth")).toBe(states.filter((state) => state === "waiting").length);
      expect(sum("cluster.jobs")).toBe(ends);
      expect(times("cluster.queue.wait.duration").count).toBe(starts);
    }),
    { numRuns: 60 },
  );
});
