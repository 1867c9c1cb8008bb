import { bounded, type Catalogue } from "@telltale/metrics";

/** Every metric of consensus; the table in README.md is made from it. Those of peers: p2p/catalogue.ts. */
export const catalogue = {
  blockHeight: {
    kind: "gauge",
    name: "consensus.block.height",
    unit: "{block}",
    description:
      "Height, slot or index that the chain has come to, by how certain it is. A reorganization lowers the head.",
    attributes: { ...chain(), "consensus.block.status": ["head", "safe", "justified", "finalized"] },
  },
  finalityLag: {
    kind: "gauge",
    name: "consensus.finality.lag",
    unit: "{block}",
    description: "Blocks between the head and the last one that is final.",
    attributes: chain(),
  },
  finalityDuration: {
    kind: "histogram",
    name: "consensus.finality.duration",
    unit: "s",
    description: "From the proposal of a block to its finality.",
    attributes: chain(),
    boundaries: blockBoundaries(),
  },
  blockInterval: {
    kind: "histogram",
    name: "consensus.block.interval",
    unit: "s",
    description: "Time between two consecutive decided blocks; not over a start or a gap, whose time is no block's.",
    attributes: chain(),
    boundaries: blockBoundaries(),
  },
  blockSize: {
    kind: "histogram",
    name: "consensus.block.size",
    unit: "By",
    description: "Size of a block.",
    attributes: chain(),
    boundaries: [1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864],
  },
  blockTransactions: {
    kind: "histogram",
    name: "consensus.block.transactions",
    unit: "{transaction}",
    description: "Transactions in a block.",
    attributes: chain(),
    boundaries: [0, 1, 5, 10, 50, 100, 500, 1_000, 5_000, 10_000],
  },
  roundCurrent: {
    kind: "gauge",
    name: "consensus.round.current",
    unit: "{round}",
    description: "Round, view or term in progress; 0 is the first.",
    attributes: chain(),
  },
  rounds: {
    kind: "counter",
    name: "consensus.rounds",
    unit: "{round}",
    description: "Rounds that ended.",
    attributes: { ...chain(), "consensus.outcome": ["decided", "timed_out", "skipped"] },
  },
  roundDuration: {
    kind: "histogram",
    name: "consensus.round.duration",
    unit: "s",
    description: "Length of a round, measured at its end.",
    attributes: { ...chain(), "consensus.outcome": ["decided", "timed_out", "skipped"] },
    boundaries: phaseBoundaries(),
  },
  phaseDuration: {
    kind: "histogram",
    name: "consensus.phase.duration",
    unit: "s",
    description: "Length of a phase, labelled with the phase that ended.",
    attributes: { ...chain(), "consensus.phase": bounded(20) },
    boundaries: phaseBoundaries(),
  },
  proposals: {
    kind: "counter",
    name: "consensus.proposals",
    unit: "{proposal}",
    description: "Proposals by what became of them.",
    attributes: {
      ...chain(),
      "consensus.proposal.status": ["created", "received", "accepted", "rejected", "committed", "applied", "failed"],
    },
  },
  proposalPending: {
    kind: "upDownCounter",
    name: "consensus.proposal.pending",
    unit: "{proposal}",
    description: "Proposals that wait.",
    attributes: chain(),
  },
  votes: {
    kind: "counter",
    name: "consensus.votes",
    unit: "{vote}",
    description: "Votes that were seen, or missed.",
    attributes: {
      ...chain(),
      ...voteType(),
      "consensus.vote.status": ["valid", "late", "duplicate", "invalid", "missed"],
    },
  },
  quorumRatio: {
    kind: "gauge",
    name: "consensus.quorum.ratio",
    unit: "1",
    description: "Voting power gathered in this round, as a share of all.",
    attributes: { ...chain(), ...voteType() },
  },
  quorumDuration: {
    kind: "histogram",
    name: "consensus.quorum.duration",
    unit: "s",
    description: "From the proposal, or else the start of the round, to the quorum.",
    attributes: { ...chain(), ...voteType() },
    boundaries: phaseBoundaries(),
  },
  validators: {
    kind: "gauge",
    name: "consensus.validators",
    unit: "{validator}",
    description: "Validators by state. One that is silent is missing; only proven faults make one byzantine.",
    attributes: { ...chain(), ...validatorState() },
  },
  votingPower: {
    kind: "gauge",
    name: "consensus.voting_power",
    unit: "{vote}",
    description: "Voting power by the state of its validators.",
    attributes: { ...chain(), ...validatorState() },
  },
  blocksMissed: {
    kind: "counter",
    name: "consensus.blocks.missed",
    unit: "{block}",
    description: "Blocks that the own validator failed to sign.",
    attributes: chain(),
  },
  byzantineFaults: {
    kind: "counter",
    name: "consensus.byzantine.faults",
    unit: "{fault}",
    description: "Proven faulty behaviour; who it was is in the log record and the span.",
    attributes: {
      ...chain(),
      "consensus.fault": ["equivocation", "double_proposal", "invalid_signature", "invalid_block", "unresponsive"],
    },
  },
  leaderChanges: {
    kind: "counter",
    name: "consensus.leader.changes",
    unit: "{change}",
    description: "Changes of leader or view that were seen.",
    attributes: chain(),
  },
  leaderPresent: {
    kind: "upDownCounter",
    name: "consensus.leader.present",
    unit: "1",
    description: "1 if a leader is known.",
    attributes: chain(),
  },
  leaderSelf: {
    kind: "upDownCounter",
    name: "consensus.leader.self",
    unit: "1",
    description: "1 if this node leads.",
    attributes: chain(),
  },
  elections: {
    kind: "counter",
    name: "consensus.elections",
    unit: "{election}",
    description: "Elections that this node stood in.",
    attributes: { ...chain(), "consensus.outcome": ["won", "lost", "timed_out"] },
  },
  heartbeatFailures: {
    kind: "counter",
    name: "consensus.heartbeat.failures",
    unit: "{failure}",
    description: "Heartbeats that could not be sent in time.",
    attributes: chain(),
  },
  reorgs: {
    kind: "counter",
    name: "consensus.reorgs",
    unit: "{reorg}",
    description: "Reorganizations of the chain.",
    attributes: chain(),
  },
  reorgDepth: {
    kind: "histogram",
    name: "consensus.reorg.depth",
    unit: "{block}",
    description: "Blocks that a reorganization replaced.",
    attributes: chain(),
    boundaries: [1, 2, 3, 5, 8, 13, 21, 34, 64],
  },
  forks: {
    kind: "upDownCounter",
    name: "consensus.forks",
    unit: "{fork}",
    description: "Competing heads that are known.",
    attributes: chain(),
  },
  walFsyncDuration: {
    kind: "histogram",
    name: "consensus.wal.fsync.duration",
    unit: "s",
    description: "Time to get the log to disk.",
    attributes: chain(),
    // etcd's own: 0.001 * 2^n, n < 14.
    boundaries: [0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1.024, 2.048, 4.096, 8.192],
  },
  anomalies: {
    kind: "counter",
    name: "consensus.anomalies",
    unit: "{event}",
    description:
      "Events that were told and could not be: of a round that is over, of time that ran backwards, of no number.",
    attributes: {
      ...chain(),
      "consensus.anomaly": ["closed_height", "closed_round", "finality", "clock", "bad_value", "unsafe_height"],
    },
  },
} as const satisfies Catalogue;

function chain() {
  return { "consensus.chain": bounded(50) } as const;
}

function voteType() {
  return { "consensus.vote.type": bounded(10) } as const;
}

function validatorState() {
  return { "consensus.validator.state": ["active", "missing", "byzantine", "jailed"] } as const;
}

function blockBoundaries() {
  return [0.1, 0.25, 0.5, 1, 2, 4, 6, 8, 12, 16, 24, 32, 64, 128, 384, 768, 1_536];
}

function phaseBoundaries() {
  return [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
}
