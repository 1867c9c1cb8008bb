/** Everything that a node tells of how its chain or cluster agrees. */
import { logs, SeverityNumber, type TracerProvider } from "@opentelemetry/api";
import { ChainContext } from "./chain-context.ts";
import { type ConsensusOptions, chainSettings } from "./chain-options.ts";
import type { ElectionOutcome, Fault, ProposalStatus } from "./chain-series.ts";
import { consensusScope } from "./consensus-scope.ts";
import { type CommittedBlock, Height, type HeightHost } from "./height.ts";
import { safeHeight } from "./safe-height.ts";

/** Validators, or their voting power, by state. */
export interface ValidatorStates {
  readonly active?: number | bigint;
  readonly missing?: number | bigint;
  readonly byzantine?: number | bigint;
  readonly jailed?: number | bigint;
}

export interface Leader {
  /** Whether this node leads. @default false */
  readonly self?: boolean;
  /** Who leads; another one than before is a change. Never in a metric. */
  readonly id?: string;
  /** Says that it changed, where the id is not known. */
  readonly changed?: boolean;
  /** @default true */
  readonly present?: boolean;
}

/** Heights that are kept for late votes, and starts of heights for the time to their finality. */
const KEPT_HEIGHTS = 10;
const KEPT_STARTS = 1_000;
/** Above this rate of blocks, spans are left out where they are `auto`. */
const AUTO_SPAN_INTERVAL_MS = 1_000;

const faults: readonly Fault[] = ["equivocation", "double_proposal", "invalid_signature", "invalid_block"];

export class Consensus implements Disposable {
  readonly chain: string;
  private readonly context: ChainContext;
  private readonly heights = new Map<number, Height>();
  private readonly starts = new Map<number, number>();
  private readonly host: HeightHost;
  private current: Height | undefined;
  private head: number | undefined;
  private final: number | undefined;
  private lastCommit: { readonly number: number; readonly atMs: number } | undefined;
  private lastIntervalMs = Number.POSITIVE_INFINITY;
  private leaderId: string | undefined;

  /** Made by `createConsensus()`. */
  constructor(options: ConsensusOptions) {
    this.context = new ChainContext(chainSettings(options));
    this.chain = this.context.settings.chain;
    this.host = { committed: (height, block) => this.commit(height, block) };
    // There from the start, so that a rule on their increase sees the first one.
    for (const fault of faults) this.context.series.byzantineFaults(fault);
  }

  /**
   * The height of this number. A new one starts its round 0, and ends the one before it. One that is over, or that is further
   * back than the last ten, takes late votes only.
   */
  height(height: number | bigint): Height {
    const number = safeHeight(height);
    if (number === undefined) {
      this.context.anomaly("unsafe_height", `the height ${String(height)} is no whole number up to 2^53`);
      return new Height(this.context, this.host, { number: 0, isOver: true, hasSpan: false });
    }
    const found = this.heights.get(number);
    if (found !== undefined) return found;
    const isOver = this.current !== undefined && number < this.current.number;
    if (isOver) return new Height(this.context, this.host, { number, isOver, hasSpan: false });
    this.current?.close();
    const made = new Height(this.context, this.host, { number, isOver, hasSpan: this.hasSpans() });
    this.current = made;
    keep(this.heights, number, made, KEPT_HEIGHTS);
    keep(this.starts, number, made.startMs, KEPT_STARTS);
    return made;
  }

  /** Everything up to this height is final. */
  finalized(height: number | bigint): void {
    const number = safeHeight(height);
    if (number === undefined) {
      this.context.anomaly("unsafe_height", `the final height ${String(height)} is no whole number up to 2^53`);
      return;
    }
    if (this.final !== undefined && number < this.final) {
      this.context.anomaly("finality", `height ${number} is told as final after ${this.final}`);
      return;
    }
    this.final = number;
    this.context.gauges.set("blockHeight", number, "finalized");
    const nowMs = this.context.now();
    for (const [started, startMs] of this.starts) {
      // Still being agreed on, or replaced by what others agreed on: it has no time of its own.
      if (started > number) continue;
      this.starts.delete(started);
      if (this.heights.get(started)?.isOver === false) continue;
      const seconds = this.context.secondsSince(startMs, nowMs);
      if (seconds !== undefined) this.context.series.finalityDuration.record(seconds);
    }
    this.setLag();
  }

  /** The height that is safe or justified, where a protocol knows such a state between head and final. */
  certain(height: number | bigint, status: "safe" | "justified"): void {
    const number = safeHeight(height);
    if (number === undefined) this.context.anomaly("unsafe_height", `the ${status} height is ${String(height)}`);
    else this.context.gauges.set("blockHeight", number, status === "safe" ? "safe" : "justified");
  }

  /** The last blocks, `depth` of them, were replaced. The head goes back by as many, or to `head`. */
  reorg({ depth, head }: { readonly depth: number; readonly head?: number | bigint }): void {
    this.context.series.reorgs.add(1);
    const blocks = this.context.number(depth, "depth of a reorg");
    if (blocks !== undefined) this.context.series.reorgDepth.record(blocks);
    const given = head === undefined ? undefined : safeHeight(head);
    const back = given ?? (this.head === undefined ? undefined : Math.max(0, this.head - Math.trunc(blocks ?? 0)));
    // Time since a block that is no more says nothing.
    this.lastCommit = undefined;
    if (back === undefined) return;
    this.setHead(back);
    for (const [number, replaced] of this.heights) {
      if (number <= back) continue;
      replaced.close();
      this.heights.delete(number);
      this.starts.delete(number);
    }
    this.current = this.heights.get(back);
  }

  /** The next interval is not one of blocks: the node slept, or caught up. A start and a gap in heights are seen by themselves. */
  interrupted(): void {
    this.lastCommit = undefined;
  }

  /** Proven faulty behaviour. Who it was goes to a log record and the span of the height, never to a metric. */
  fault(fault: Fault, { validator, evidence }: { readonly validator?: string; readonly evidence?: string } = {}): void {
    this.context.series.byzantineFaults(fault).add(1);
    const attributes = {
      "consensus.chain": this.chain,
      "consensus.fault": String(fault),
      ...(this.current === undefined ? {} : { "consensus.height": this.current.number }),
      ...(validator === undefined ? {} : { "consensus.validator": validator }),
      ...(evidence === undefined ? {} : { "consensus.evidence": evidence }),
    };
    this.current?.heightSpan?.addEvent("consensus.fault", attributes);
    logs.getLogger(consensusScope.name, consensusScope.version).emit({
      eventName: "consensus.fault",
      severityNumber: SeverityNumber.WARN,
      severityText: "WARN",
      body: `consensus fault: ${String(fault)}`,
      attributes,
    });
  }

  /** Who leads, as far as this node knows. */
  leader({ self = false, id, changed, present = true }: Leader): void {
    const isChange = changed ?? (id !== undefined && this.leaderId !== undefined && id !== this.leaderId);
    if (isChange) this.context.series.leaderChanges.add(1);
    if (id !== undefined) this.leaderId = id;
    this.context.gauges.set("leaderPresent", present ? 1 : 0);
    this.context.gauges.set("leaderSelf", present && self ? 1 : 0);
  }

  /** How an election ended that this node stood in. */
  election(outcome: ElectionOutcome): void {
    this.context.series.elections(outcome).add(1);
  }

  heartbeatFailed(): void {
    this.context.series.heartbeatFailures.add(1);
  }

  /** The validators by state, and their power. States that are left out keep what they were. */
  validators(count: ValidatorStates, power: ValidatorStates = {}): void {
    for (const state of validatorStates) {
      this.setGauge("validators", count[state], state);
      this.setGauge("votingPower", power[state], state);
    }
  }

  /** The own validator did not sign a block. */
  blockMissed(): void {
    this.context.series.blocksMissed.add(1);
  }

  /** What became of a proposal, outside of any round, as in Raft. */
  proposal(status: ProposalStatus): void {
    this.context.series.proposals(status).add(1);
  }

  /** How many proposals wait. */
  pendingProposals(count: number): void {
    this.setGauge("proposalPending", count);
  }

  /** How many competing heads are known. */
  forks(count: number): void {
    this.setGauge("forks", count);
  }

  /** The term, or view, where it is no round of a height. */
  term(term: number | bigint): void {
    this.setGauge("roundCurrent", term);
  }

  /** How long the log took to get to disk. */
  walSynced(seconds: number): void {
    this.context.series.walFsyncDuration.record(seconds);
  }

  /** Spans go to this provider from now on. */
  traceWith(tracerProvider: TracerProvider): void {
    this.context.traceWith(tracerProvider);
  }

  /** Takes what is as it is out of the metrics: counts stay. */
  [Symbol.dispose](): void {
    this.current?.close();
    this.context.gauges[Symbol.dispose]();
    if (chains.get(this.chain) === this) chains.delete(this.chain);
  }

  private commit({ number }: Height, { bytes, txs }: CommittedBlock): void {
    const { series } = this.context;
    const nowMs = this.context.now();
    // The first after a start spans the time that the node was down, one over a gap many blocks.
    if (this.lastCommit?.number === number - 1) {
      const seconds = this.context.secondsSince(this.lastCommit.atMs, nowMs);
      if (seconds !== undefined) {
        series.blockInterval.record(seconds);
        this.lastIntervalMs = seconds * 1_000;
      }
    }
    this.lastCommit = { number, atMs: nowMs };
    const size = bytes === undefined ? undefined : this.context.number(bytes, "bytes of a block");
    if (size !== undefined) series.blockSize.record(size);
    const count = txs === undefined ? undefined : this.context.number(txs, "txs of a block");
    if (count !== undefined) series.blockTransactions.record(count);
    this.setHead(number);
    if (this.context.settings.finality === "instant") this.finalized(number);
  }

  private setHead(number: number): void {
    this.head = number;
    this.context.gauges.set("blockHeight", number, "head");
    this.setLag();
  }

  private setLag(): void {
    if (this.head === undefined || this.final === undefined) return;
    this.context.gauges.set("finalityLag", Math.max(0, this.head - this.final));
  }

  private setGauge(
    metric: "validators" | "votingPower" | "proposalPending" | "forks" | "roundCurrent",
    value: number | bigint | undefined,
    split?: string,
  ): void {
    if (value === undefined) return;
    const number = this.context.number(value, metric);
    if (number !== undefined) this.context.gauges.set(metric, number, split);
  }

  private hasSpans(): boolean {
    const { spans } = this.context.settings;
    return spans === "auto" ? this.lastIntervalMs >= AUTO_SPAN_INTERVAL_MS : spans;
  }
}

const validatorStates = ["active", "missing", "byzantine", "jailed"] as const;

const chains = new Map<string, Consensus>();

/**
 * What the node tells of one chain. `chain()` gives it back by its name.
 * @throws TypeError with code TELLTALE_BAD_CONSENSUS_OPTION
 */
export function createConsensus(options: ConsensusOptions = {}): Consensus {
  const made = new Consensus(options);
  chains.get(made.chain)?.[Symbol.dispose]();
  chains.set(made.chain, made);
  return made;
}

/** The chain of this name as it was created last, by the instrumentation for one; else one with defaults. */
export function chain(name = "default"): Consensus {
  return chains.get(name) ?? createConsensus({ chain: name });
}

function keep<V>(map: Map<number, V>, key: number, value: V, limit: number): void {
  map.set(key, value);
  if (map.size > limit) map.delete(map.keys().next().value!);
}
