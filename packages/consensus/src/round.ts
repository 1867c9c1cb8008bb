import type { Span } from "@opentelemetry/api";
import type { ChainContext } from "./chain-context.ts";
import type { ProposalStatus, RoundOutcome, VoteStatus } from "./chain-series.ts";
import type { LiveValue } from "./live-gauges.ts";

export interface Vote {
  /** Such as `prevote`. */
  readonly type: string;
  /** Voting power of who votes, and of all. */
  readonly power: number | bigint;
  readonly total: number | bigint;
  /** Who votes; a second vote of theirs is a duplicate and adds no power. Never in a metric. */
  readonly validator?: string;
  /** @default "valid", or "late" when the round is over */
  readonly status?: VoteStatus;
}

/** Votes of one type in one round. */
interface Tally {
  readonly voters: Set<string>;
  readonly ratio: LiveValue;
  readonly count: (status: VoteStatus) => { add(value: number): void };
  power: number;
  hasQuorum: boolean;
}

/** Voters that are told apart; more votes than that are counted without looking for duplicates. */
const MAX_VOTERS = 100_000;
const MAX_TALLIES = 50;

/** One attempt to agree on a block. Its phases end by the next one, or with the round. */
export class Round {
  readonly number: number;
  private readonly context: ChainContext;
  private readonly span: Span | undefined;
  private readonly startMs: number;
  private readonly tallies = new Map<string, Tally>();
  private proposedMs: number | undefined;
  private phaseName: string | undefined;
  private phaseStartMs = 0;
  private outcome: RoundOutcome | undefined;

  /** Made by `height.round()`. */
  constructor(context: ChainContext, number: number, height: Span | undefined) {
    this.context = context;
    this.number = number;
    this.span = height && context.startSpan("consensus round", { "consensus.round": number }, height);
    this.startMs = context.now();
  }

  get isOver(): boolean {
    return this.outcome !== undefined;
  }

  /** Ends the phase before, whose time is recorded under its own name. The same phase again goes on. */
  phase(name: string): void {
    if (this.isClosedTo("a phase")) return;
    const known = this.context.settings.phases.has(name) ? name : "other";
    if (known === this.phaseName && known !== "other") return;
    const nowMs = this.context.now();
    this.endPhase(nowMs);
    this.phaseName = known;
    this.phaseStartMs = nowMs;
    this.span?.addEvent("consensus.phase", { "consensus.phase": String(name) });
  }

  /** What became of the proposal; quorums are timed from the first that is told, or else from the start of the round. */
  proposal(status: ProposalStatus, { proposer }: { readonly proposer?: string } = {}): void {
    this.context.series.proposals(status).add(1);
    if (this.isOver) return;
    this.proposedMs ??= this.context.now();
    this.span?.addEvent("consensus.proposal", {
      "consensus.proposal.status": String(status),
      ...(proposer === undefined ? {} : { "consensus.proposer": proposer }),
    });
  }

  /** Counts a vote. Valid ones add up to the quorum, each validator's once. */
  vote({ type, power, total, validator, status = "valid" }: Vote): void {
    if (typeof type !== "string") {
      this.context.anomaly("bad_value", `type of a vote is of type ${typeof type}`);
      return;
    }
    const tally = this.tally(type);
    if (validator !== undefined && status === "valid") {
      if (tally.voters.has(validator)) {
        tally.count("duplicate").add(1);
        return;
      }
      if (tally.voters.size < MAX_VOTERS) tally.voters.add(validator);
    }
    if (status !== "valid" || this.isOver) {
      tally.count(status === "valid" ? "late" : status).add(1);
      return;
    }
    tally.count("valid").add(1);
    this.gather(type, tally, power, total);
  }

  timedOut(): void {
    this.end("timed_out");
  }

  decided(): void {
    this.end("decided");
  }

  skipped(): void {
    this.end("skipped");
  }

  private tally(type: string): Tally {
    const found = this.tallies.get(type);
    if (found !== undefined) return found;
    const ratio = this.context.gauges.slot("quorumRatio", type);
    const tally = {
      voters: new Set<string>(),
      ratio,
      count: this.context.series.votes(type),
      power: 0,
      hasQuorum: false,
    };
    if (!this.isOver) ratio.value = 0;
    if (this.tallies.size < MAX_TALLIES) this.tallies.set(type, tally);
    return tally;
  }

  private gather(type: string, tally: Tally, givenPower: number | bigint, givenTotal: number | bigint): void {
    const power = this.context.number(givenPower, "power of a vote");
    const total = this.context.number(givenTotal, "total of the voting power");
    if (power === undefined || total === undefined || total === 0) return;
    // Votes without their validator may come twice; more than all is never gathered.
    tally.power = Math.min(total, tally.power + power);
    tally.ratio.value = tally.power / total;
    if (tally.hasQuorum || !this.isQuorum(tally.power, total)) return;
    tally.hasQuorum = true;
    const seconds = this.context.secondsSince(this.proposedMs ?? this.startMs, this.context.now());
    if (seconds !== undefined) this.context.series.quorumDuration(type).record(seconds);
    this.span?.addEvent("consensus.quorum", { "consensus.vote.type": type });
  }

  private isQuorum(power: number, total: number): boolean {
    try {
      return this.context.settings.quorum(power, total) === true;
    } catch (error) {
      this.context.anomaly("bad_value", `the function quorum threw ${String(error)}`);
      return false;
    }
  }

  private end(outcome: RoundOutcome): void {
    if (this.isClosedTo(outcome)) return;
    this.outcome = outcome;
    const nowMs = this.context.now();
    this.endPhase(nowMs);
    this.context.series.rounds(outcome).add(1);
    const seconds = this.context.secondsSince(this.startMs, nowMs);
    if (seconds !== undefined) this.context.series.roundDuration(outcome).record(seconds);
    this.span?.setAttribute("consensus.outcome", outcome).end();
  }

  private endPhase(nowMs: number): void {
    if (this.phaseName === undefined) return;
    const seconds = this.context.secondsSince(this.phaseStartMs, nowMs);
    if (seconds !== undefined) this.context.series.phaseDuration(this.phaseName).record(seconds);
    this.phaseName = undefined;
  }

  private isClosedTo(what: string): boolean {
    if (!this.isOver) return false;
    this.context.anomaly("closed_round", `${what} was told of round ${this.number}, which is over`);
    return true;
  }
}
