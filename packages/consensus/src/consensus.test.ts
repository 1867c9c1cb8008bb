import { type Instrument, instruments } from "@telltale/metrics";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ConsensusOptions } from "./chain-options.ts";
import { chain, createConsensus } from "./consensus.ts";
import type { Round } from "./round.ts";

let chains = 0;

/** A chain that no other test has, on a clock that the test moves. */
function node(options: ConsensusOptions = {}) {
  const clock = { ms: 1_000 };
  const consensus = createConsensus({ chain: `chain-${chains++}`, now: () => clock.ms, ...options });
  const series = (name: string, match: Readonly<Record<string, string>> = {}) => {
    const instrument = Array.from(instruments()).find((one) => one.name === name) as Instrument;
    instrument.refresh();
    return instrument
      .series()
      .filter(({ attributes }) => attributes["consensus.chain"] === consensus.chain)
      .filter(({ attributes }) => Object.entries(match).every(([key, value]) => attributes[key] === value))
      .map((one) => one.total());
  };
  return {
    clock,
    consensus,
    values: series,
    sum: (name: string, match = {}) => (series(name, match) as number[]).reduce((sum, value) => sum + value, 0),
    times: (name: string, match = {}) => {
      const found = series(name, match) as unknown as readonly { readonly count: number; readonly sum?: number }[];
      return {
        count: found.reduce((n, one) => n + one.count, 0),
        sum: found.reduce((n, one) => n + (one.sum ?? 0), 0),
      };
    },
  };
}

function votesOf(round: Round, count: number, type = "prevote") {
  for (let i = 0; i < count; i++) round.vote({ type, power: 10, total: 40, validator: `v${i}` });
}

test("a phase is recorded at its end, under its own name", () => {
  const { clock, consensus, times } = node();
  const round = consensus.height(1).round(0);
  round.phase("propose");
  clock.ms += 300;
  round.phase("prevote");
  clock.ms += 200;
  round.phase("prevote");
  clock.ms += 100;
  round.decided();
  expect(times("consensus.phase.duration", { "consensus.phase": "propose" })).toEqual({ count: 1, sum: 0.3 });
  expect(times("consensus.phase.duration", { "consensus.phase": "prevote" }).sum).toBeCloseTo(0.3);
  expect(times("consensus.phase.duration").count).toBe(2);
});

test("a round is measured at its end: one that takes 1.7 s has 1.7 s", () => {
  const { clock, consensus, times } = node();
  const round = consensus.height(1).round();
  clock.ms += 1_700;
  round.decided();
  expect(times("consensus.round.duration", { "consensus.outcome": "decided" })).toEqual({ count: 1, sum: 1.7 });
});

test("a later round ends the present one as timed out, and those between were skipped", () => {
  const { consensus, sum } = node();
  const height = consensus.height(5);
  height.round(3);
  expect(sum("consensus.rounds", { "consensus.outcome": "timed_out" })).toBe(1);
  expect(sum("consensus.rounds", { "consensus.outcome": "skipped" })).toBe(2);
  expect(sum("consensus.round.current")).toBe(3);
  height.committed();
  expect(sum("consensus.rounds", { "consensus.outcome": "decided" })).toBe(1);
  expect(sum("consensus.rounds")).toBe(4);
});

test("the quorum is timed once, when more than two thirds are gathered", () => {
  const { clock, consensus, sum, times } = node();
  const round = consensus.height(1).round(0);
  clock.ms += 100;
  round.proposal("received");
  clock.ms += 250;
  votesOf(round, 2);
  expect(times("consensus.quorum.duration").count).toBe(0);
  votesOf(round, 3);
  expect(sum("consensus.quorum.ratio", { "consensus.vote.type": "prevote" })).toBe(0.75);
  clock.ms += 1_000;
  votesOf(round, 4);
  expect(times("consensus.quorum.duration", { "consensus.vote.type": "prevote" })).toEqual({ count: 1, sum: 0.25 });
  expect(sum("consensus.votes", { "consensus.vote.status": "valid" })).toBe(4);
  expect(sum("consensus.votes", { "consensus.vote.status": "duplicate" })).toBe(5);
});

test("a vote that comes after the round, or after the height, is late and adds no power", () => {
  const { consensus, sum } = node();
  const height = consensus.height(1);
  const round = height.round(0);
  votesOf(round, 3);
  height.committed();
  round.vote({ type: "prevote", power: 10, total: 40, validator: "v9" });
  const next = consensus.height(2).round(0);
  consensus.height(1).round(0).vote({ type: "prevote", power: 10, total: 40, validator: "v10" });
  expect(sum("consensus.votes", { "consensus.vote.status": "late" })).toBe(2);
  expect(sum("consensus.quorum.ratio")).toBe(0);
  votesOf(next, 1);
  expect(sum("consensus.quorum.ratio")).toBe(0.25);
  expect(consensus.height(0).isOver).toBe(true);
});

test("invalid and missed votes are counted and gather nothing", () => {
  const { consensus, sum } = node();
  const round = consensus.height(1).round(0);
  round.vote({ type: "precommit", power: 30, total: 40, validator: "a", status: "invalid" });
  round.vote({ type: "precommit", power: 10, total: 40, validator: "b", status: "missed" });
  round.vote({ type: "precommit", power: 10, total: 40, validator: "a" });
  expect(sum("consensus.quorum.ratio", { "consensus.vote.type": "precommit" })).toBe(0.25);
  expect(sum("consensus.votes", { "consensus.vote.status": "invalid" })).toBe(1);
  expect(sum("consensus.votes", { "consensus.vote.status": "missed" })).toBe(1);
});

test("the first interval after a start, over a gap and after an interruption is no interval of blocks", () => {
  const { clock, consensus, times } = node();
  const commit = (height: number, afterMs: number) => {
    clock.ms += afterMs;
    consensus.height(height).committed();
  };
  commit(100, 1_905_715_000);
  expect(times("consensus.block.interval").count).toBe(0);
  commit(101, 5_000);
  commit(104, 86_400_000);
  commit(105, 6_000);
  consensus.interrupted();
  commit(106, 3_600_000);
  expect(times("consensus.block.interval")).toEqual({ count: 2, sum: 11 });
});

test("a block has its size and its transactions, and is the head", () => {
  const { consensus, sum, times, values } = node();
  consensus.height(1201).committed({ bytes: 20_480, txs: 7n, time: new Date() });
  expect(times("consensus.block.size")).toEqual({ count: 1, sum: 20_480 });
  expect(times("consensus.block.transactions")).toEqual({ count: 1, sum: 7 });
  expect(sum("consensus.block.height", { "consensus.block.status": "head" })).toBe(1201);
  expect(values("consensus.finality.lag")).toEqual([]);
});

test("finality has its lag and its time from the proposal; it does not go back", () => {
  const { clock, consensus, sum, times } = node();
  for (const height of [1, 2, 3]) {
    consensus.height(height).committed();
    clock.ms += 1_000;
  }
  consensus.finalized(2);
  expect(sum("consensus.finality.lag")).toBe(1);
  expect(times("consensus.finality.duration")).toEqual({ count: 2, sum: 5 });
  consensus.finalized(1);
  expect(sum("consensus.block.height", { "consensus.block.status": "finalized" })).toBe(2);
  expect(sum("consensus.anomalies", { "consensus.anomaly": "finality" })).toBe(1);
  expect(node({ finality: "instant" }).consensus.height(1).committed()).toBeUndefined();
});

test("where finality is instant, every block is final when it is committed", () => {
  const { consensus, sum } = node({ finality: "instant" });
  consensus.height(7).committed();
  expect(sum("consensus.block.height", { "consensus.block.status": "finalized" })).toBe(7);
  expect(sum("consensus.finality.lag")).toBe(0);
});

test("a reorganization lowers the head, and its heights can be agreed on again", () => {
  const { clock, consensus, sum, times } = node();
  for (const height of [8, 9, 10]) consensus.height(height).committed();
  consensus.reorg({ depth: 2 });
  expect(sum("consensus.block.height", { "consensus.block.status": "head" })).toBe(8);
  expect(times("consensus.reorg.depth")).toEqual({ count: 1, sum: 2 });
  clock.ms += 1_000;
  const again = consensus.height(9);
  expect(again.isOver).toBe(false);
  again.committed();
  expect(sum("consensus.block.height", { "consensus.block.status": "head" })).toBe(9);
  expect(sum("consensus.reorgs")).toBe(1);
  expect(times("consensus.block.interval").count).toBe(2);
});

test("another leader than before is a change; the first one is none", () => {
  const { consensus, sum } = node();
  consensus.leader({ id: "a", self: true });
  expect([sum("consensus.leader.present"), sum("consensus.leader.self")]).toEqual([1, 1]);
  consensus.leader({ present: false });
  expect([sum("consensus.leader.present"), sum("consensus.leader.self")]).toEqual([0, 0]);
  consensus.leader({ id: "b" });
  consensus.leader({ id: "b" });
  consensus.leader({ changed: true, self: true });
  expect(sum("consensus.leader.changes")).toBe(2);
});

test("a validator that is silent is missing, and only a proof is a fault", () => {
  const { consensus, sum, values } = node();
  consensus.validators({ active: 39, missing: 1 }, { active: 390n, missing: 10n });
  expect(sum("consensus.validators", { "consensus.validator.state": "missing" })).toBe(1);
  expect(values("consensus.validators", { "consensus.validator.state": "byzantine" })).toEqual([]);
  expect(sum("consensus.voting_power", { "consensus.validator.state": "active" })).toBe(390);
  expect(sum("consensus.byzantine.faults")).toBe(0);
  consensus.fault("equivocation", { validator: "cosmosvaloper1xyz" });
  expect(sum("consensus.byzantine.faults", { "consensus.fault": "equivocation" })).toBe(1);
});

test("what a cluster tells besides its heights is counted", () => {
  const { consensus, sum, times } = node();
  consensus.proposal("applied");
  consensus.pendingProposals(4);
  consensus.election("won");
  consensus.heartbeatFailed();
  consensus.blockMissed();
  consensus.forks(2);
  consensus.term(9n);
  consensus.walSynced(0.003);
  consensus.certain(70, "justified");
  expect(sum("consensus.proposals", { "consensus.proposal.status": "applied" })).toBe(1);
  expect(sum("consensus.proposal.pending")).toBe(4);
  expect(sum("consensus.elections", { "consensus.outcome": "won" })).toBe(1);
  expect(sum("consensus.heartbeat.failures")).toBe(1);
  expect(sum("consensus.blocks.missed")).toBe(1);
  expect(sum("consensus.forks")).toBe(2);
  expect(sum("consensus.round.current")).toBe(9);
  expect(times("consensus.wal.fsync.duration")).toEqual({ count: 1, sum: 0.003 });
  expect(sum("consensus.block.height", { "consensus.block.status": "justified" })).toBe(70);
});

test("what a round or height is told after its end is an anomaly and changes nothing", () => {
  const { consensus, sum } = node();
  const height = consensus.height(1);
  const round = height.round(0);
  height.committed();
  round.phase("propose");
  round.timedOut();
  height.committed();
  expect(sum("consensus.anomalies", { "consensus.anomaly": "closed_round" })).toBe(2);
  expect(sum("consensus.anomalies", { "consensus.anomaly": "closed_height" })).toBe(1);
  expect(sum("consensus.rounds")).toBe(1);
});

test("a clock that runs backwards records no duration", () => {
  const { clock, consensus, sum, times } = node();
  const round = consensus.height(1).round(0);
  clock.ms -= 500;
  round.decided();
  expect(times("consensus.round.duration").count).toBe(0);
  expect(sum("consensus.rounds")).toBe(1);
  expect(sum("consensus.anomalies", { "consensus.anomaly": "clock" })).toBe(1);
});

test("heights come as bigint too; beyond 2^53 they are dropped", () => {
  const { consensus, sum } = node();
  consensus.height(9_007_199_254_740_991n).committed();
  expect(sum("consensus.block.height")).toBe(Number.MAX_SAFE_INTEGER);
  for (const bad of [9_007_199_254_740_992n, -1, Number.NaN, 1.5, "7"])
    consensus
      .height(bad as number)
      .round()
      .decided();
  expect(sum("consensus.block.height")).toBe(Number.MAX_SAFE_INTEGER);
  expect(sum("consensus.anomalies", { "consensus.anomaly": "unsafe_height" })).toBe(5);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 2n ** 60n, undefined, null, "x", {}])(
  "%s is never recorded and never thrown at the application",
  (bad) => {
    const { consensus, sum, times } = node();
    const value = bad as number;
    const height = consensus.height(1);
    const round = height.round(0);
    round.vote({ type: "prevote", power: value, total: 40, validator: "v" });
    round.vote({ type: "prevote", power: 10, total: value, validator: "w" });
    round.vote({ type: value as never, power: 10, total: 40 });
    round.phase(value as never);
    consensus.reorg({ depth: value });
    consensus.pendingProposals(value);
    consensus.finalized(value);
    consensus.walSynced(value);
    consensus.height(3).committed({ bytes: value, txs: value });
    expect(sum("consensus.quorum.ratio")).toBe(0);
    expect(times("consensus.block.size").count).toBe(0);
    expect(times("consensus.reorg.depth").count).toBe(0);
    expect(times("consensus.wal.fsync.duration").count).toBe(0);
  },
);

test("words that nobody knows are counted as other", () => {
  const { consensus, sum, times } = node({ phases: ["propose"] });
  const round = consensus.height(1).round(0);
  round.phase("dance");
  round.vote({ type: "prevote", power: 1, total: 4, status: "odd" as never });
  consensus.fault("gossip" as never);
  round.decided();
  expect(times("consensus.phase.duration", { "consensus.phase": "other" }).count).toBe(1);
  expect(sum("consensus.votes", { "consensus.vote.status": "other" })).toBe(1);
  expect(sum("consensus.byzantine.faults", { "consensus.fault": "other" })).toBe(1);
});

test("any story of a round leaves its counts consistent", () => {
  const event = fc.oneof(
    fc.record({
      is: fc.constant("vote"),
      voter: fc.integer({ min: 0, max: 6 }),
      power: fc.integer({ min: 1, max: 20 }),
    }),
    fc.record({ is: fc.constantFrom("round", "commit", "time out", "phase", "height") }),
  );
  let stories = 0;
  let votes = 0;
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      // One name for all: the metrics keep no more than 50 chains apart.
      const { clock, consensus, sum, times } = node({ chain: "of-stories" });
      stories++;
      let height = 1;
      let round = consensus.height(height).round(0);
      for (const one of events) {
        clock.ms += 10;
        if (one.is === "vote" && "voter" in one) {
          votes++;
          round.vote({ type: "prevote", power: one.power, total: 70, validator: `v${one.voter}` });
        } else if (one.is === "round") round = consensus.height(height).round(round.number + 1);
        else if (one.is === "commit") consensus.height(height).committed();
        else if (one.is === "time out") round.timedOut();
        else if (one.is === "phase") round.phase("propose");
        else round = consensus.height(++height).round(0);
      }
      expect(sum("consensus.votes")).toBe(votes);
      const ratio = sum("consensus.quorum.ratio");
      expect(ratio >= 0 && ratio <= 1).toBe(true);
      expect(times("consensus.round.duration").count).toBe(sum("consensus.rounds"));
      expect(times("consensus.quorum.duration").count).toBeLessThanOrEqual(sum("consensus.rounds") + stories);
      consensus[Symbol.dispose]();
    }),
    { numRuns: 60 },
  );
});

test("a chain that is closed leaves no last height behind", () => {
  const { consensus, values } = node();
  consensus.height(3).committed();
  expect(values("consensus.block.height")).toEqual([3]);
  consensus[Symbol.dispose]();
  expect(values("consensus.block.height")).toEqual([]);
});

test("chain() gives the chain back that was created by this name", () => {
  const { consensus } = node();
  expect(chain(consensus.chain)).toBe(consensus);
  expect(chain("of-defaults")).toBe(chain("of-defaults"));
});

test.each<[ConsensusOptions, string]>([
  [{ chain: "" }, "consensus.chain"],
  [{ quorum: 0 }, "consensus.quorum"],
  [{ quorum: 1.2 }, "consensus.quorum"],
  [{ phases: [] }, "consensus.phases"],
  [{ finality: "soon" as never }, "consensus.finality"],
  [{ spans: "yes" as never }, "consensus.spans"],
  [{ qourum: 0.5 } as never, "consensus.qourum"],
])("%o is refused with the path of the option", (options, path) => {
  expect(() => createConsensus(options)).toThrow(
    expect.objectContaining({
      name: "TypeError",
      code: "TELLTALE_BAD_CONSENSUS_OPTION",
      message: expect.stringContaining(path),
    }),
  );
});
