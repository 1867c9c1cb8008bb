import { catalogue as consensus } from "../../packages/consensus/src/catalogue.ts";
import { catalogue as p2p } from "../../packages/consensus/src/p2p/catalogue.ts";
import type { Dashboard } from "../dashboard.ts";
import { greatest, inRange, onPage, perSecond, quantile, quantiles, total } from "../page-queries.ts";
import { group } from "../rules/consensus.ts";

const { series, buckets } = onPage;

const leader = [
  { value: 0, text: "none", color: "red" },
  { value: 1, text: "present", color: "green" },
] as const;

export const dashboard: Dashboard = {
  name: "consensus",
  title: "Consensus",
  description: "Whether the chain moves, what its rounds take, and who holds it up.",
  of: consensus.blockHeight,
  alerts: group.alerts,
  rows: [
    {
      title: "Now",
      panels: [
        {
          kind: "number",
          title: "Height",
          description: "Of the head.",
          unit: "none",
          queries: {
            "{{consensus_chain}}": greatest(
              series(consensus.blockHeight, { "consensus.block.status": "head" }),
              "consensus_chain",
            ),
          },
        },
        {
          kind: "number",
          title: "Finality lag",
          description: "Blocks between the head and the last final one.",
          unit: "short",
          limits: ["FinalityLagging"],
          queries: { "{{consensus_chain}}": greatest(series(consensus.finalityLag), "consensus_chain") },
        },
        {
          kind: "number",
          title: "Round",
          description: "In progress; 0 is the first.",
          unit: "short",
          limits: ["RoundsRepeating"],
          queries: { "{{consensus_chain}}": greatest(series(consensus.roundCurrent), "consensus_chain") },
        },
        {
          kind: "number",
          title: "Validators",
          description: "By state.",
          unit: "short",
          queries: {
            "{{consensus_validator_state}}": greatest(series(consensus.validators), "consensus_validator_state"),
          },
        },
        {
          kind: "number",
          title: "Peers",
          description: "Connected.",
          unit: "short",
          queries: { peers: total(series(p2p.peers, { "p2p.peer.state": "connected" })) },
        },
        {
          kind: "number",
          title: "Leader",
          description: "Whether one is known.",
          unit: "short",
          states: leader,
          queries: { "{{consensus_chain}}": `min by (consensus_chain) (${series(consensus.leaderPresent)})` },
        },
      ],
    },
    {
      title: "Blocks",
      panels: [
        {
          kind: "lines",
          title: "Height",
          description: "By how certain it is.",
          unit: "none",
          queries: {
            "{{consensus_chain}} {{consensus_block_status}}": greatest(
              series(consensus.blockHeight),
              "consensus_chain",
              "consensus_block_status",
            ),
          },
        },
        {
          kind: "lines",
          title: "Block interval",
          description: "Time between two decided blocks.",
          unit: "s",
          min: 0,
          queries: quantiles([0.5, 0.99], buckets(consensus.blockInterval), "consensus_chain"),
        },
        {
          kind: "lines",
          title: "Time to finality",
          description: "From the proposal of a block.",
          unit: "s",
          min: 0,
          queries: quantiles([0.5, 0.99], buckets(consensus.finalityDuration), "consensus_chain"),
        },
        {
          kind: "lines",
          title: "Size and transactions of a block",
          description: "Medians.",
          unit: "short",
          min: 0,
          queries: {
            "{{consensus_chain}} KiB": `${quantile(0.5, buckets(consensus.blockSize), "consensus_chain")} / 1024`,
            "{{consensus_chain}} transactions": quantile(0.5, buckets(consensus.blockTransactions), "consensus_chain"),
          },
        },
        {
          kind: "lines",
          title: "Reorganizations and forks",
          description: "Reorganizations in 30 minutes, their p99 depth, and competing heads.",
          unit: "short",
          min: 0,
          limits: ["DeepReorg"],
          queries: {
            "{{consensus_chain}} reorganizations": `sum by (consensus_chain) (increase(${series(consensus.reorgs)}[30m]))`,
            "{{consensus_chain}} depth": quantile(0.99, buckets(consensus.reorgDepth), "consensus_chain"),
            "{{consensus_chain}} forks": greatest(series(consensus.forks), "consensus_chain"),
          },
        },
        {
          kind: "lines",
          title: "Proposals",
          description: "A second, by what became of them; and those that wait.",
          unit: "short",
          min: 0,
          queries: {
            "{{consensus_proposal_status}}": perSecond(series(consensus.proposals), "consensus_proposal_status"),
            waiting: total(series(consensus.proposalPending)),
          },
        },
      ],
    },
    {
      title: "Rounds and votes",
      panels: [
        {
          kind: "lines",
          title: "Phases",
          description: "Mean time of each phase: together, a height.",
          unit: "s",
          stacked: true,
          min: 0,
          queries: {
            "{{consensus_phase}}": `${perSecond(onPage.sum(consensus.phaseDuration), "consensus_phase")} / ${perSecond(onPage.count(consensus.phaseDuration), "consensus_phase")}`,
          },
        },
        {
          kind: "lines",
          title: "Time to quorum",
          description: "By type of vote.",
          unit: "s",
          min: 0,
          queries: quantiles([0.5, 0.99], buckets(consensus.quorumDuration), "consensus_vote_type"),
        },
        {
          kind: "lines",
          title: "Votes",
          description: "A second, by status.",
          unit: "cps",
          stacked: true,
          min: 0,
          queries: { "{{consensus_vote_status}}": perSecond(series(consensus.votes), "consensus_vote_status") },
        },
        {
          kind: "lines",
          title: "Voting power gathered",
          description: "In this round, as a share of all.",
          unit: "percentunit",
          min: 0,
          max: 1,
          queries: {
            "{{consensus_chain}} {{consensus_vote_type}}": greatest(
              series(consensus.quorumRatio),
              "consensus_chain",
              "consensus_vote_type",
            ),
          },
        },
        {
          kind: "lines",
          title: "Rounds",
          description: "A minute, by how they ended.",
          unit: "short",
          stacked: true,
          min: 0,
          queries: { "{{consensus_outcome}}": `60 * ${perSecond(series(consensus.rounds), "consensus_outcome")}` },
        },
        {
          kind: "lines",
          title: "Time of a round",
          description: "p99, by how it ended.",
          unit: "s",
          min: 0,
          queries: quantiles([0.99], buckets(consensus.roundDuration), "consensus_outcome"),
        },
      ],
    },
    {
      title: "Validators, leaders and the log",
      panels: [
        {
          kind: "lines",
          title: "Voting power",
          description: "By the state of its validators.",
          unit: "short",
          stacked: true,
          min: 0,
          queries: {
            "{{consensus_validator_state}}": greatest(series(consensus.votingPower), "consensus_validator_state"),
          },
        },
        {
          kind: "bars",
          title: "Faults, missed blocks and anomalies",
          description: "In the time that is shown; who it was is in the logs.",
          unit: "short",
          queries: {
            "{{consensus_fault}}": inRange(series(consensus.byzantineFaults), "consensus_fault"),
            "{{consensus_chain}} blocks missed by us": inRange(series(consensus.blocksMissed), "consensus_chain"),
            "anomaly: {{consensus_anomaly}}": inRange(series(consensus.anomalies), "consensus_anomaly"),
          },
        },
        {
          kind: "lines",
          title: "Leaders and elections",
          description: "Changes in 15 minutes, elections by outcome, failed heartbeats.",
          unit: "short",
          min: 0,
          limits: ["FrequentLeaderChanges"],
          queries: {
            "{{consensus_chain}} changes": `sum by (consensus_chain) (increase(${series(consensus.leaderChanges)}[15m]))`,
            "elections {{consensus_outcome}}": `sum by (consensus_outcome) (increase(${series(consensus.elections)}[15m]))`,
            "{{consensus_chain}} failed heartbeats": `sum by (consensus_chain) (increase(${series(consensus.heartbeatFailures)}[15m]))`,
            "{{consensus_chain}} led by this node": greatest(series(consensus.leaderSelf), "consensus_chain"),
          },
        },
        {
          kind: "lines",
          title: "Log to disk",
          description: "Time of an fsync.",
          unit: "s",
          min: 0,
          limits: ["WalFsyncSlow"],
          queries: quantiles([0.5, 0.99], buckets(consensus.walFsyncDuration), "instance"),
        },
      ],
    },
  ],
};
