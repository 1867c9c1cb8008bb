export { catalogue } from "./catalogue.ts";
export declare const catalogue: {
    readonly blockHeight: {
        readonly kind: "gauge";
        readonly name: "consensus.block.height";
        readonly unit: "{block}";
        readonly description: "Height, slot or index that the chain has come to, by how certain it is. A reorganization lowers the head.";
        readonly attributes: {
            readonly "consensus.block.status": readonly ["head", "safe", "justified", "finalized"];
            readonly "consensus.chain": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly finalityLag: {
        readonly kind: "gauge";
        readonly name: "consensus.finality.lag";
        readonly unit: "{block}";
        readonly description: "Blocks between the head and the last one that is final.";
        readonly attributes: {
            readonly "consensus.chain": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly finalityDuration: {
        readonly kind: "histogram";
        readonly name: "consensus.finality.duration";
        readonly unit: "s";
        readonly description: "From the proposal of a block to its finality.";
        readonly attributes: {
            readonly "consensus.chain": import("@telltale/metrics").OpenAttribute<string>;
        };
        readonly boundaries: number[];
    };
    readonly blockInterval: {
        readonly kind: "histogram";
        readonly name: "consensus.block.interval";
        readonly unit: "s";
        readonly description: "Time between two consecutive decided blocks; not over a start or a gap, whose time is no block's.";
        readonly attributes: {
            readonly "consensus.chain": import("@telltale/metrics").OpenAttribute<string>;
        };
        readonly boundaries: number[];
    };
    readonly blockSize: {
        readonly kind: "histogram";
        readonly name: "consensus.block.size";
        readonly unit: "By";
        readonly description: "Size of a block.";
        readonly attributes: {
            readonly "consensus.chain": import("@telltale/metrics").OpenAttribute<string>;
        };
        readonly boundaries: readonly [1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864];
    };
    readonly blockTransactions: {
        readonly kind: "histogram";
        readonly name: "consensus.block.transactions";
        readonly unit: "{transaction}";
        readonly description: "Transactions in a block.";
        readonly attributes: {
            readonly "consensus.chain": import("@telltale/metrics").OpenAttribute<string>;
        };
        readonly boundaries: readonly [0, 1, 5, 10, 50, 100, 500, 1000, 5000, 10000];
    };
    readonly roundCurrent: {
        readonly kind: "gauge";
        readonly name: "consensus.round.current";
        readonly unit: "{round}";
        readonly description: "Round, view or term in progress; 0 is the first.";
        readonly attributes: {
            readonly "consensus.chain": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly rounds: {
        readonly kind: "counter";
        readonly name: "consensus.rounds";
        readonly unit: "{round}";
        readonly description: "Rounds that ended.";
        readonly attributes: {
            readonly "consensus.outcome": readonly ["decided", "timed_out", "skipped"];
            readonly "consensus.chain": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly roundDuration: {
        readonly kind: "histogram";
        readonly name: "consensus.round.duration";
        readonly unit: "s";
        readonly description: "Length of a round, measured at its end.";
        readonly attributes: {
            readonly "consensus.outcome": readonly ["decided", "timed_out", "skipped"];
            readonly "consensus.chain": import("@telltale/metrics").OpenAttribute<string>;
        };
        readonly boundaries: number[];
    };
    readonly phaseDuration: {
        readonly kind: "histogram";
        readonly name: "consensus.phase.duration";
        readonly unit: "s";
        readonly description: "Length of a phase, labelled with the phase that ended.";
        readonly attributes: {
            readonly "consensus.phase": import("@telltale/metrics").OpenAttribute<string>;
            readonly "consensus.chain": import("@telltale/metrics").OpenAttribute<string>;
        };
        readonly boundaries: number[];
    };
    readonly proposals: {
        readonly kind: "counter";
        readonly name: "consensus.proposals";
        readonly unit: "{proposal}";
        readonly description: "Proposals by what became of them.";
        readonly attributes: {
            readonly "consensus.proposal.status": readonly ["created", "received", "accepted", "rejected", "committed", "applied", "failed"];
            readonly "consensus.chain": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly proposalPending: {
        readonly kind: "upDownCounter";
        readonly name: "consensus.proposal.pending";
        readonly unit: "{proposal}";
        readonly description: "Proposals that wait.";
        readonly attributes: {
            readonly "consensus.chain": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly votes: {
        readonly kind: "counter";
        readonly name: "consensus.votes";
        readonly unit: "{vote}";
        readonly description: "Votes that were seen, or missed.";
        readonly attributes: {
            readonly "consensus.vote.status": readonly ["valid", "late", "duplicate", "invalid", "missed"];
            readonly "consensus.chain": import("@telltale/metrics").OpenAttribute<string>;
            readonly "consensus.vote.type": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly quorumRatio: {
        readonly kind: "gauge";
        readonly name: "consensus.quorum.ratio";
        readonly unit: "1";
        readonly description: "Voting power gathered in this round, as a share of all.";
        readonly attributes: {
            readonly "consensus.chain": import("@telltale/metrics").OpenAttribute<string>;
            readonly "consensus.vote.type": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly quorumDuration: {
        readonly kind: "histogram";
        readonly name: "consensus.quorum.duration";
        readonly unit: "s";
        readonly description: "From the proposal, or else the start of the round, to the quorum.";
        readonly attributes: {
            readonly "consensus.chain": import("@telltale/metrics").OpenAttribute<string>;
            readonly "consensus.vote.type": import("@telltale/metrics").OpenAttribute<string>;
        };
        readonly boundaries: number[];
    };
    readonly validators: {
        readonly kind: "gauge";
        readonly name: "consensus.validators";
        readonly unit: "{validator}";
        readonly description: "Validators by state. One that is silent is missing; only proven faults make one byzantine.";
        readonly attributes: {
            readonly "consensus.chain": import("@telltale/metrics").OpenAttribute<string>;
            readonly "consensus.validator.state": readonly ["active", "missing", "byzantine", "jailed"];
        };
    };
    readonly votingPower: {
        readonly kind: "gauge";
        readonly name: "consensus.voting_power";
        readonly unit: "{vote}";
        readonly description: "Voting power by the state of its validators.";
        readonly attributes: {
            readonly "consensus.chain": import("@telltale/metrics").OpenAttribute<string>;
            readonly "consensus.validator.state": readonly ["active", "missing", "byzantine", "jailed"];
        };
    };
    readonly blocksMissed: {
        readonly kind: "counter";
        readonly name: "consensus.blocks.missed";
        readonly unit: "{block}";
        readonly description: "Blocks that the own validator failed to sign.";
        readonly attributes: {
            readonly "consensus.chain": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly byzantineFaults: {
        readonly kind: "counter";
        readonly name: "consensus.byzantine.faults";
        readonly unit: "{fault}";
        readonly description: "Proven faulty behaviour; who it was is in the log record and the span.";
        readonly attributes: {
            readonly "consensus.fault": readonly ["equivocation", "double_proposal", "invalid_signature", "invalid_block", "unresponsive"];
            readonly "consensus.chain": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly leaderChanges: {
        readonly kind: "counter";
        readonly name: "consensus.leader.changes";
        readonly unit: "{change}";
        readonly description: "Changes of leader or view that were seen.";
        readonly attributes: {
            readonly "consensus.chain": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly leaderPresent: {
        readonly kind: "upDownCounter";
        readonly name: "consensus.leader.present";
        readonly unit: "1";
        readonly description: "1 if a leader is known.";
        readonly attributes: {
            readonly "consensus.chain": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly leaderSelf: {
        readonly kind: "upDownCounter";
        readonly name: "consensus.leader.self";
        readonly unit: "1";
        readonly description: "1 if this node leads.";
        readonly attributes: {
            readonly "consensus.chain": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly elections: {
        readonly kind: "counter";
        readonly name: "consensus.elections";
        readonly unit: "{election}";
        readonly description: "Elections that this node stood in.";
        readonly attributes: {
            readonly "consensus.outcome": readonly ["won", "lost", "timed_out"];
            readonly "consensus.chain": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly heartbeatFailures: {
        readonly kind: "counter";
        readonly name: "consensus.heartbeat.failures";
        readonly unit: "{failure}";
        readonly description: "Heartbeats that could not be sent in time.";
        readonly attributes: {
            readonly "consensus.chain": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly reorgs: {
        readonly kind: "counter";
        readonly name: "consensus.reorgs";
        readonly unit: "{reorg}";
        readonly description: "Reorganizations of the chain.";
        readonly attributes: {
            readonly "consensus.chain": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly reorgDepth: {
        readonly kind: "histogram";
        readonly name: "consensus.reorg.depth";
        readonly unit: "{block}";
        readonly description: "Blocks that a reorganization replaced.";
        readonly attributes: {
            readonly "consensus.chain": import("@telltale/metrics").OpenAttribute<string>;
        };
        readonly boundaries: readonly [1, 2, 3, 5, 8, 13, 21, 34, 64];
    };
    readonly forks: {
        readonly kind: "upDownCounter";
        readonly name: "consensus.forks";
        readonly unit: "{fork}";
        readonly description: "Competing heads that are known.";
        readonly attributes: {
            readonly "consensus.chain": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly walFsyncDuration: {
        readonly kind: "histogram";
        readonly name: "consensus.wal.fsync.duration";
        readonly unit: "s";
        readonly description: "Time to get the log to disk.";
        readonly attributes: {
            readonly "consensus.chain": import("@telltale/metrics").OpenAttribute<string>;
        };
        readonly boundaries: readonly [0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1.024, 2.048, 4.096, 8.192];
    };
    readonly anomalies: {
        readonly kind: "counter";
        readonly name: "consensus.anomalies";
        readonly unit: "{event}";
        readonly description: "Events that were told and could not be: of a round that is over, of time that ran backwards, of no number.";
        readonly attributes: {
            readonly "consensus.anomaly": readonly ["closed_height", "closed_round", "finality", "clock", "bad_value", "unsafe_height"];
            readonly "consensus.chain": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
};
export type { ConsensusOptions } from "./chain-options.ts";
export interface ConsensusOptions {
    readonly chain?: string;
    readonly phases?: readonly string[];
    readonly quorum?: Quorum;
    readonly finality?: "instant" | "later";
    readonly spans?: boolean | "auto";
    readonly tracerProvider?: TracerProvider;
    readonly now?: () => number;
}
export type { ElectionOutcome, Fault, ProposalStatus, RoundOutcome, VoteStatus } from "./chain-series.ts";
export type RoundOutcome = "decided" | "timed_out" | "skipped";
export type ProposalStatus = "created" | "received" | "accepted" | "rejected" | "committed" | "applied" | "failed";
export type VoteStatus = "valid" | "late" | "duplicate" | "invalid" | "missed";
export type ElectionOutcome = "won" | "lost" | "timed_out";
export type Fault = "equivocation" | "double_proposal" | "invalid_signature" | "invalid_block" | "unresponsive";
export { type Consensus, chain, createConsensus, type Leader, type ValidatorStates } from "./consensus.ts";
export interface ValidatorStates {
    readonly active?: number | bigint;
    readonly missing?: number | bigint;
    readonly byzantine?: number | bigint;
    readonly jailed?: number | bigint;
}
export interface Leader {
    readonly self?: boolean;
    readonly id?: string;
    readonly changed?: boolean;
    readonly present?: boolean;
}
export declare class Consensus implements Disposable {
    readonly chain: string;
    private readonly context;
    private readonly heights;
    private readonly starts;
    private readonly host;
    private current;
    private head;
    private final;
    private lastCommit;
    private lastIntervalMs;
    private leaderId;
    constructor(options: ConsensusOptions);
    height(height: number | bigint): Height;
    finalized(height: number | bigint): void;
    certain(height: number | bigint, status: "safe" | "justified"): void;
    reorg({ depth, head }: {
        readonly depth: number;
        readonly head?: number | bigint;
    }): void;
    interrupted(): void;
    fault(fault: Fault, { validator, evidence }?: {
        readonly validator?: string;
        readonly evidence?: string;
    }): void;
    leader({ self, id, changed, present }: Leader): void;
    election(outcome: ElectionOutcome): void;
    heartbeatFailed(): void;
    validators(count: ValidatorStates, power?: ValidatorStates): void;
    blockMissed(): void;
    proposal(status: ProposalStatus): void;
    pendingProposals(count: number): void;
    forks(count: number): void;
    term(term: number | bigint): void;
    walSynced(seconds: number): void;
    traceWith(tracerProvider: TracerProvider): void;
    [Symbol.dispose](): void;
    private commit;
    private setHead;
    private setLag;
    private setGauge;
    private hasSpans;
}
export declare function createConsensus(options?: ConsensusOptions): Consensus;
export declare function chain(name?: string): Consensus;
export { ConsensusInstrumentation, type ConsensusInstrumentationConfig } from "./consensus-instrumentation.ts";
export interface ConsensusInstrumentationConfig extends ConsensusOptions {
    readonly enabled?: boolean;
}
export declare class ConsensusInstrumentation {
    readonly instrumentationName: string;
    readonly instrumentationVersion: string;
    private config;
    private tracerProvider;
    private made;
    constructor(config?: ConsensusInstrumentationConfig);
    get consensus(): Consensus | undefined;
    enable(): void;
    disable(): void;
    setTracerProvider(tracerProvider: TracerProvider): void;
    setMeterProvider(_meterProvider: MeterProvider): void;
    setConfig(config: ConsensusInstrumentationConfig): void;
    getConfig(): ConsensusInstrumentationConfig;
}
export type { CommittedBlock, Height } from "./height.ts";
export interface CommittedBlock {
    readonly bytes?: number | bigint;
    readonly txs?: number | bigint;
    readonly time?: Date;
}
export declare class Height {
    readonly number: number;
    readonly startMs: number;
    private readonly context;
    private readonly host;
    private readonly span;
    private readonly rounds;
    private current;
    private over;
    constructor(context: ChainContext, host: HeightHost, { number, isOver, hasSpan }: {
        readonly number: number;
        readonly isOver: boolean;
        readonly hasSpan: boolean;
    });
    get isOver(): boolean;
    get heightSpan(): Span | undefined;
    round(number?: number): Round;
    committed(block?: CommittedBlock): void;
    close(): void;
    private start;
    private closedRound;
}
export type { Quorum, QuorumRule } from "./quorum.ts";
export type QuorumRule = (power: number, total: number) => boolean;
export type Quorum = number | {
    readonly ratio: number;
    readonly strict?: boolean;
} | QuorumRule;
export type { Round, Vote } from "./round.ts";
export interface Vote {
    readonly type: string;
    readonly power: number | bigint;
    readonly total: number | bigint;
    readonly validator?: string;
    readonly status?: VoteStatus;
}
export declare class Round {
    readonly number: number;
    private readonly context;
    private readonly span;
    private readonly startMs;
    private readonly tallies;
    private proposedMs;
    private phaseName;
    private phaseStartMs;
    private outcome;
    constructor(context: ChainContext, number: number, height: Span | undefined);
    get isOver(): boolean;
    phase(name: string): void;
    proposal(status: ProposalStatus, { proposer }?: {
        readonly proposer?: string;
    }): void;
    vote({ type, power, total, validator, status }: Vote): void;
    timedOut(): void;
    decided(): void;
    skipped(): void;
    private tally;
    private gather;
    private isQuorum;
    private end;
    private endPhase;
    private isClosedTo;
}
