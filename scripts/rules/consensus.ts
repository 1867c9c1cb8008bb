import { catalogue as consensus } from "../../packages/consensus/src/catalogue.ts";
import type { RuleGroup } from "../alert.ts";
import { selectors, stored } from "../series.ts";

const { series, buckets } = selectors();

const chain = { "consensus.chain": "bitcraps-1" } as const;
const labels = { instance: "a", consensus_chain: "bitcraps-1" };
const head = { "consensus.block.status": "head" } as const;

export const group: RuleGroup = {
  domain: "consensus",
  title: "Consensus",
  alerts: [
    {
      name: "ChainHalted",
      expr: `changes(${series(consensus.blockHeight, head)}[5m]) == 0 and on (instance, consensus_chain) ${series(consensus.blockHeight, head)} > 0`,
      for: "1m",
      severity: "critical",
      summary: "No new block on {{ $labels.consensus_chain }} for 5 min",
      meaning: "The head does not move: nothing is decided, and no transaction goes through.",
      steps: [
        "Is it this node or the chain? Compare with the height that another node tells.",
        "QuorumAtRisk, RoundsRepeating or NoLeader tell why a chain stands; NoPeers why a node does.",
      ],
      fires: { samples: heights("100+1x6 106x30"), at: "12m", labels: { ...labels, consensus_block_status: "head" } },
      silent: { samples: heights("100+1x30"), at: "12m" },
    },
    {
      name: "FinalityLagging",
      expr: `${series(consensus.finalityLag)} > 128`,
      for: "5m",
      severity: "critical",
      summary: "Finality {{ $value }} blocks behind the head of {{ $labels.consensus_chain }}",
      meaning: "Blocks are made, but not made final: less than two thirds of the validators agree.",
      steps: ["Look at the validators' states, and at the votes that are missed or late."],
      fires: { samples: { [stored(consensus.finalityLag, chain)]: "64 200x20" }, at: "8m", labels, value: "200" },
      silent: { samples: { [stored(consensus.finalityLag, chain)]: "64x20" }, at: "8m" },
    },
    {
      name: "ByzantineFault",
      expr: `increase(${series(consensus.byzantineFaults)}[10m]) > 0`,
      severity: "critical",
      summary: "{{ $labels.consensus_fault }} on {{ $labels.consensus_chain }}",
      meaning:
        "A validator did what no honest one does, and there is proof. One that is merely silent is not counted here.",
      steps: [
        "The log record has who it was and the proof.",
        "Own validator: stop it at once, two may run with one key.",
      ],
      fires: {
        samples: { [stored(consensus.byzantineFaults, { ...chain, "consensus.fault": "equivocation" })]: "0 0 1x8" },
        at: "3m",
        labels: { ...labels, consensus_fault: "equivocation" },
      },
      silent: {
        samples: { [stored(consensus.byzantineFaults, { ...chain, "consensus.fault": "equivocation" })]: "0x8" },
        at: "3m",
      },
    },
    {
      name: "QuorumAtRisk",
      expr: `sum without (consensus_validator_state) (${series(consensus.votingPower, { "consensus.validator.state": ["missing", "byzantine", "jailed"] })}) / sum without (consensus_validator_state) (${series(consensus.votingPower)}) > 0.25`,
      for: "2m",
      severity: "critical",
      summary: "Over 25 % of the voting power of {{ $labels.consensus_chain }} is absent",
      meaning: "One third absent stops the chain; a quarter already is.",
      steps: ["Find out which validators are missing, and reach those who run them."],
      fires: { samples: power({ active: "70x30", missing: "30x30" }), at: "5m", labels },
      silent: { samples: power({ active: "90x30", missing: "10x30" }), at: "5m" },
    },
    {
      name: "NoLeader",
      expr: `${series(consensus.leaderPresent)} == 0`,
      for: "1m",
      severity: "critical",
      summary: "No leader in {{ $labels.consensus_chain }}",
      meaning: "Nobody leads: proposals are refused until an election succeeds.",
      steps: ["Count the members that answer: is there a majority?", "Is the network between them parted?"],
      fires: { samples: { [stored(consensus.leaderPresent, chain)]: "1 0x8" }, at: "3m", labels },
      silent: { samples: { [stored(consensus.leaderPresent, chain)]: "1 0 1x8" }, at: "3m" },
    },
    {
      name: "FrequentLeaderChanges",
      expr: `increase(${series(consensus.leaderChanges)}[15m]) >= 4`,
      for: "5m",
      severity: "warning",
      summary: "{{ $value | humanize }} leader changes of {{ $labels.consensus_chain }} in 15 min",
      meaning: "Leaders do not last: heartbeats come late over a slow disk, a busy CPU or the network.",
      steps: ["WAL fsync duration, event loop delay and round trips between members tell which of them it is."],
      fires: { samples: { [stored(consensus.leaderChanges, chain)]: "0+1x60" }, at: "25m", labels, value: "30" },
      silent: { samples: { [stored(consensus.leaderChanges, chain)]: "0 1 2 2x60" }, at: "25m" },
    },
    {
      name: "RoundsRepeating",
      // Where there are leaders the round is a term, which only grows.
      expr: `${series(consensus.roundCurrent)} > 2 unless on (instance, consensus_chain) ${series(consensus.leaderPresent)}`,
      for: "1m",
      severity: "warning",
      summary: "Round {{ $value }} of {{ $labels.consensus_chain }}: proposals do not reach a quorum",
      meaning: "A height needs more than three rounds: its proposers are down, or votes are lost.",
      steps: ["See which phase takes the time, and whether votes are late, invalid or missed."],
      fires: {
        samples: { [stored(consensus.roundCurrent, chain)]: "0 1 2 3 3 3 4 4 4" },
        at: "4m",
        labels,
        value: "4",
      },
      silent: {
        samples: {
          [stored(consensus.roundCurrent, chain)]: "0 1 2 3 0 0 1 0 0",
          [stored(consensus.roundCurrent, { "consensus.chain": "ledger" })]: "7x8",
          [stored(consensus.leaderPresent, { "consensus.chain": "ledger" })]: "1x8",
        },
        at: "4m",
      },
    },
    {
      name: "DeepReorg",
      expr: `increase(${series(consensus.reorgs)}[30m]) > 5`,
      severity: "warning",
      summary: "More than 5 reorgs of {{ $labels.consensus_chain }} in 30 min",
      meaning: "Blocks that were seen are replaced again and again: wait for more confirmations than usual.",
      steps: ["Compare consensus.reorg.depth; look for a network that is parted, or an attack."],
      fires: { samples: { [stored(consensus.reorgs, chain)]: "0+1x70" }, at: "30m", labels },
      silent: { samples: { [stored(consensus.reorgs, chain)]: "0 1 2 2x70" }, at: "30m" },
    },
    {
      name: "WalFsyncSlow",
      expr: `histogram_quantile(0.99, sum by (instance, le) (rate(${buckets(consensus.walFsyncDuration)}[5m]))) > 0.5`,
      for: "10m",
      severity: "warning",
      summary: "p99 log fsync over 0.5 s on {{ $labels.instance }}",
      meaning: "The disk is too slow for consensus: votes and heartbeats wait for it.",
      steps: ["Give the log a disk of its own; look for a neighbour that writes much."],
      fires: { samples: fsyncs("0+5x60"), at: "20m", labels: { instance: "a" } },
      silent: { samples: fsyncs("0+10x60"), at: "20m" },
    },
  ],
};

function heights(values: string): Record<string, string> {
  return { [stored(consensus.blockHeight, { ...chain, ...head })]: values };
}

function power({ active, missing }: { readonly active: string; readonly missing: string }): Record<string, string> {
  const of = (state: "active" | "missing") =>
    stored(consensus.votingPower, { ...chain, "consensus.validator.state": state });
  return { [of("active")]: active, [of("missing")]: missing };
}

function fsyncs(within: string): Record<string, string> {
  const of = (le: string) => stored(consensus.walFsyncDuration, chain, { suffix: "_bucket", le });
  return { [of("0.256")]: within, [of("1.024")]: "0+10x60", [of("+Inf")]: "0+10x60" };
}
