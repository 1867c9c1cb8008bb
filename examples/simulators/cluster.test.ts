import { instruments } from "@telltale/metrics";
import { expect, test } from "vitest";
import { simulate } from "./cluster.ts";

/** The sum of all series of an instrument. */
function total(name: string, match: Readonly<Record<string, string>> = {}): number {
  const instrument = Array.from(instruments()).find((one) => one.name === name);
  instrument?.refresh();
  const series = (instrument?.series() ?? []).filter(({ attributes }) =>
    Object.entries(match).every(([key, value]) => attributes[key] === value),
  );
  return (series.map((one) => one.total()) as number[]).reduce((sum, value) => sum + value, 0);
}

const ended = (outcome: string) => total("cluster.jobs", { "cluster.outcome": outcome });

test("the metrics are what the cluster did, and the same seed does the same again", async () => {
  const count = () => ({
    completed: ended("completed"),
    failed: ended("failed"),
    preempted: ended("preempted"),
    crashes: total("agent.lifecycle.events", { "agent.event": "crashed" }),
    messages: total("agent.messages", { "agent.outcome": "delivered" }),
    anomalies: total("cluster.anomalies") + total("agent.anomalies"),
  });
  const options = {
    seed: 11,
    durationMs: 900_000,
    faults: [
      { name: "growing-queue", atMs: 300_000 },
      { name: "silent-nodes", atMs: 0, forMs: 600_000 },
      { name: "crash-loop", atMs: 0 },
    ],
  } as const;
  const depths: number[] = [];
  const before = count();
  const onTick = () => void depths.push(total("cluster.queue.depth", { "cluster.queue": "render" }));
  const summary = await simulate({ ...options, onTick });
  const after = count();
  for (const key of ["completed", "failed", "preempted", "crashes", "messages"] as const) {
    expect([key, after[key] - before[key]]).toEqual([key, summary[key]]);
  }
  expect(after.anomalies - before.anomalies).toBe(0);
  expect(depths.at(-1)).toBe(summary.depth);
  expect([summary.crashes, summary.depth].every((many) => many > 10)).toBe(true);
  expect(await simulate(options)).toEqual(summary);
});
