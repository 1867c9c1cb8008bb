/**
 * A validator set with a byzantine member, a ledger whose leader stalls, and their peers:
 * npm run example validators -- --help
 */
import { createConsensus } from "@telltale/consensus";
import { createNetwork } from "@telltale/consensus/p2p";
import { runDirectly } from "./run-simulator.ts";
import { type FaultDescription, type SimulateOptions, simulation } from "./simulation.ts";
import { Chain, type ChainCounts } from "./validators/chain.ts";
import { Peers } from "./validators/peers.ts";
import { Raft } from "./validators/raft.ts";

const MINUTE_MS = 60_000;

export const faults = {
  byzantine: {
    description: "One of the forty validators votes twice in every fifth block.",
    alerts: ["ByzantineFault"],
    dueMs: 2 * MINUTE_MS,
  },
  offline: {
    description: "Twelve of the forty validators are not there; the others go on.",
    alerts: ["QuorumAtRisk"],
    dueMs: 4 * MINUTE_MS,
  },
  halt: {
    description: "Sixteen of the forty validators are not there, and the chain stands.",
    alerts: ["ChainHalted", "QuorumAtRisk", "RoundsRepeating"],
    dueMs: 8 * MINUTE_MS,
  },
  "refused-proposals": {
    description: "The first three proposals for each block are refused, and the fourth is slow.",
    alerts: ["RoundsRepeating"],
    dueMs: 5 * MINUTE_MS,
  },
  finality: {
    description: "Blocks are made, and none becomes final.",
    alerts: ["FinalityLagging"],
    dueMs: 22 * MINUTE_MS,
  },
  reorgs: {
    description: "The last block is replaced every minute and a half.",
    alerts: ["DeepReorg"],
    dueMs: 12 * MINUTE_MS,
  },
  "stalled-leader": {
    description: "The leader of the ledger stands still every two minutes, and another one is elected.",
    alerts: ["FrequentLeaderChanges"],
    dueMs: 17 * MINUTE_MS,
  },
  "no-leader": {
    description: "The ledger has lost its majority, and nobody leads it.",
    alerts: ["NoLeader"],
    dueMs: 2 * MINUTE_MS,
  },
  "slow-disk": {
    description: "The ledger's log takes 0.8 seconds to get to the disk.",
    alerts: ["WalFsyncSlow"],
    dueMs: 13 * MINUTE_MS,
  },
  "cut-off": {
    description: "The node reaches no peer, and no peer reaches it.",
    alerts: ["NoPeers", "ConnectionSuccessLow", "NetworkHealthLow"],
    dueMs: 9 * MINUTE_MS,
  },
  "failed-dials": {
    description: "Four dials of ten fail.",
    alerts: ["ConnectionSuccessLow"],
    dueMs: 12 * MINUTE_MS,
  },
  "silent-peers": {
    description: "Ten of the fifty peers send nothing more.",
    alerts: ["PeersUnresponsive"],
    dueMs: 4 * MINUTE_MS,
  },
  "slow-peers": {
    description: "Round trips to the peers take nearly half a second.",
    alerts: ["NetworkHealthLow"],
    dueMs: 12 * MINUTE_MS,
  },
} as const satisfies Readonly<Record<string, FaultDescription>>;

export type ValidatorsFault = keyof typeof faults;

export interface ValidatorsSummary extends ChainCounts {
  readonly simulatedMs: number;
  readonly leaderChanges: number;
  /** Of the ledger. */
  readonly proposals: number;
  readonly dials: number;
}

export async function simulate(options: SimulateOptions<ValidatorsFault> = {}): Promise<ValidatorsSummary> {
  const { clock, random, has, run } = simulation(options, faults);
  const phases = ["propose", "prevote", "precommit"];
  const bitcraps = createConsensus({ chain: "bitcraps-1", phases, now: clock.now });
  const ledger = createConsensus({ chain: "ledger", quorum: 0.5, now: clock.now });
  const network = createNetwork({ network: "bitcraps-1", health: { targetPeers: 50 }, now: clock.now });

  const chain = new Chain({ clock, random, consensus: bitcraps }, () => ({
    missing: has("halt") ? 16 : has("offline") ? 12 : 1,
    equivocates: has("byzantine"),
    refusedRounds: has("refused-proposals") ? 3 : 0,
    finalizes: !has("finality"),
    reorganizes: has("reorgs"),
  }));
  const raft = new Raft({ clock, random, consensus: ledger }, () => ({
    leaderStalls: has("stalled-leader"),
    hasQuorum: !has("no-leader"),
    fsyncMs: has("slow-disk") ? 800 : 8,
  }));
  const peers = new Peers({ clock, random, network }, () => ({
    isCutOff: has("cut-off"),
    dialFailures: has("failed-dials") ? 0.4 : 0.03,
    rttMs: has("slow-peers") ? 480 : 60,
    silent: has("silent-peers") ? 10 : 0,
  }));

  await run();
  for (const one of [bitcraps, ledger, network]) one[Symbol.dispose]();
  return {
    ...chain.counts,
    simulatedMs: clock.now(),
    leaderChanges: raft.leaderChanges,
    proposals: raft.proposals,
    dials: peers.dials,
  };
}

runDirectly(import.meta.url, {
  name: "validators",
  description: "A chain of forty validators, a ledger of five nodes, and their peers.",
  faults,
  simulate,
});
