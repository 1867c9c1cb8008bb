export { catalogue } from "./catalogue.ts";
export type { ConsensusOptions } from "./chain-options.ts";
export type { ElectionOutcome, Fault, ProposalStatus, RoundOutcome, VoteStatus } from "./chain-series.ts";
export { type Consensus, chain, createConsensus, type Leader, type ValidatorStates } from "./consensus.ts";
export { ConsensusInstrumentation, type ConsensusInstrumentationConfig } from "./consensus-instrumentation.ts";
export type { CommittedBlock, Height } from "./height.ts";
export type { Quorum, QuorumRule } from "./quorum.ts";
export type { Round, Vote } from "./round.ts";
