/** The instruments of one chain, bound once, so that a vote or a phase touches numbers only. */
import { type BoundCounter, type BoundHistogram, counter, histogram } from "@telltale/metrics";
import { bindings } from "./bindings.ts";
import { catalogue } from "./catalogue.ts";
import { consensusScope } from "./consensus-scope.ts";

export type RoundOutcome = "decided" | "timed_out" | "skipped";
export type ProposalStatus = "created" | "received" | "accepted" | "rejected" | "committed" | "applied" | "failed";
export type VoteStatus = "valid" | "late" | "duplicate" | "invalid" | "missed";
export type ElectionOutcome = "won" | "lost" | "timed_out";
/** Silence is no fault: a validator that is not heard of is `missing`, in `validators()`. */
export type Fault = "equivocation" | "double_proposal" | "invalid_signature" | "invalid_block" | "unresponsive";
export type ConsensusAnomaly = "closed_height" | "closed_round" | "finality" | "clock" | "bad_value" | "unsafe_height";

const finalityDuration = histogram({ ...catalogue.finalityDuration, scope: consensusScope });
const blockInterval = histogram({ ...catalogue.blockInterval, scope: consensusScope });
const blockSize = histogram({ ...catalogue.blockSize, scope: consensusScope });
const blockTransactions = histogram({ ...catalogue.blockTransactions, scope: consensusScope });
const rounds = counter({ ...catalogue.rounds, scope: consensusScope });
const roundDuration = histogram({ ...catalogue.roundDuration, scope: consensusScope });
const phaseDuration = histogram({ ...catalogue.phaseDuration, scope: consensusScope });
const proposals = counter({ ...catalogue.proposals, scope: consensusScope });
const votes = counter({ ...catalogue.votes, scope: consensusScope });
const quorumDuration = histogram({ ...catalogue.quorumDuration, scope: consensusScope });
const blocksMissed = counter({ ...catalogue.blocksMissed, scope: consensusScope });
const byzantineFaults = counter({ ...catalogue.byzantineFaults, scope: consensusScope });
const leaderChanges = counter({ ...catalogue.leaderChanges, scope: consensusScope });
const elections = counter({ ...catalogue.elections, scope: consensusScope });
const heartbeatFailures = counter({ ...catalogue.heartbeatFailures, scope: consensusScope });
const reorgs = counter({ ...catalogue.reorgs, scope: consensusScope });
const reorgDepth = histogram({ ...catalogue.reorgDepth, scope: consensusScope });
const walFsyncDuration = histogram({ ...catalogue.walFsyncDuration, scope: consensusScope });
const anomalies = counter({ ...catalogue.anomalies, scope: consensusScope });

export type ChainSeries = ReturnType<typeof chainSeries>;

export function chainSeries(chain: string) {
  const own = { "consensus.chain": chain };
  return {
    finalityDuration: finalityDuration.bind(own),
    blockInterval: blockInterval.bind(own),
    blockSize: blockSize.bind(own),
    blockTransactions: blockTransactions.bind(own),
    // Counters that rules ask for an increase of are there from the start, so that the first one is seen.
    blocksMissed: blocksMissed.bind(own),
    leaderChanges: leaderChanges.bind(own),
    heartbeatFailures: heartbeatFailures.bind(own),
    reorgs: reorgs.bind(own),
    reorgDepth: reorgDepth.bind(own),
    walFsyncDuration: walFsyncDuration.bind(own),
    rounds: bindings<RoundOutcome, BoundCounter>((outcome) => rounds.bind({ ...own, "consensus.outcome": outcome })),
    roundDuration: bindings<RoundOutcome, BoundHistogram>((outcome) =>
      roundDuration.bind({ ...own, "consensus.outcome": outcome }),
    ),
    phaseDuration: bindings<string, BoundHistogram>((phase) =>
      phaseDuration.bind({ ...own, "consensus.phase": phase }),
    ),
    proposals: bindings<ProposalStatus, BoundCounter>((status) =>
      proposals.bind({ ...own, "consensus.proposal.status": status }),
    ),
    votes: bindings<string, (status: VoteStatus) => BoundCounter>((type) =>
      bindings((status) => votes.bind({ ...own, "consensus.vote.type": type, "consensus.vote.status": status })),
    ),
    quorumDuration: bindings<string, BoundHistogram>((type) =>
      quorumDuration.bind({ ...own, "consensus.vote.type": type }),
    ),
    byzantineFaults: bindings<Fault, BoundCounter>((fault) =>
      byzantineFaults.bind({ ...own, "consensus.fault": fault }),
    ),
    elections: bindings<ElectionOutcome, BoundCounter>((outcome) =>
      elections.bind({ ...own, "consensus.outcome": outcome }),
    ),
    anomalies: bindings<ConsensusAnomaly, BoundCounter>((anomaly) =>
      anomalies.bind({ ...own, "consensus.anomaly": anomaly }),
    ),
  };
}
