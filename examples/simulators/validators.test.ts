import { instruments } from "@telltale/metrics";
import { expect, test } from "vitest";
import { simulate, type ValidatorsSummary } from "./validators.ts";

/** The sum of all series of a counter. */
function total(name: string, match: Readonly<Record<string, string>> = {}): number {
  const instrument = Array.from(instruments()).find((one) => one.name === name);
  const series = (instrument?.series() ?? []).filter(({ attributes }) =>
    Object.entries(match).every(([key, value]) => attributes[key] === value),
  );
  return (series.map((one) => one.total()) as number[]).reduce((sum, value) => sum + value, 0);
}

test("the metrics are what the validators did, and the same seed does the same again", async () => {
  const count = () => ({
    blocks: total("consensus.rounds", { "consensus.outcome": "decided" }),
    faults: total("consensus.byzantine.faults"),
    reorgs: total("consensus.reorgs"),
    leaderChanges: total("consensus.leader.changes"),
    proposals: total("consensus.proposals", { "consensus.proposal.status": "applied" }),
    dials: total("p2p.connection.attempts"),
    anomalies: total("consensus.anomalies") + total("p2p.anomalies"),
  });
  const options = {
    seed: 5,
    durationMs: 900_000,
    faults: [
      { name: "byzantine", atMs: 0 },
      { name: "reorgs", atMs: 0 },
      { name: "stalled-leader", atMs: 0 },
      { name: "halt", atMs: 600_000, forMs: 120_000 },
    ],
  } as const;
  const before = count();
  const summary = await simulate(options);
  const after = count();
  const difference = (key: keyof typeof before) => after[key] - before[key];
  for (const key of ["blocks", "faults", "reorgs", "leaderChanges", "proposals"] as const) {
    expect([key, difference(key)]).toEqual([key, summary[key as keyof ValidatorsSummary]]);
  }
  // A dial may be on its way still.
  expect(summary.dials - difference("dials")).toBeLessThanOrEqual(1);
  expect(difference("anomalies")).toBe(0);
  expect([summary.faults, summary.reorgs, summary.leaderChanges].every((many) => many > 5)).toBe(true);
  expect(await simulate(options)).toEqual(summary);
});
