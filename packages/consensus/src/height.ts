import type { Span } from "@opentelemetry/api";
import type { ChainContext } from "./chain-context.ts";
import { Round } from "./round.ts";

export interface CommittedBlock {
  readonly bytes?: number | bigint;
  readonly txs?: number | bigint;
  /** When the block says that it was made; on the span only. */
  readonly time?: Date;
}

/** What the chain does when a height ends. */
export interface HeightHost {
  readonly committed: (height: Height, block: CommittedBlock) => void;
}

/** Rounds of one height that are kept for late votes. */
const MAX_ROUNDS = 100;

/** A height, slot or index on which the chain has to agree. Its round 0 starts with it. */
export class Height {
  readonly number: number;
  readonly startMs: number;
  private readonly context: ChainContext;
  private readonly host: HeightHost;
  private readonly span: Span | undefined;
  private readonly rounds = new Map<number, Round>();
  private current: Round | undefined;
  private over: boolean;

  /** Made by `consensus.height()`. */
  constructor(
    context: ChainContext,
    host: HeightHost,
    { number, isOver, hasSpan }: { readonly number: number; readonly isOver: boolean; readonly hasSpan: boolean },
  ) {
    this.context = context;
    this.host = host;
    this.number = number;
    this.startMs = context.now();
    this.over = isOver;
    this.span = hasSpan && !isOver ? context.startSpan("consensus height", { "consensus.height": number }) : undefined;
    if (!isOver) this.start(0);
  }

  get isOver(): boolean {
    return this.over;
  }

  /** The span of this height, if it has one. */
  get heightSpan(): Span | undefined {
    return this.span;
  }

  /** The round of this number. A later one than the present starts: the present one timed out, those between were skipped. */
  round(number = 0): Round {
    const found = this.rounds.get(number);
    if (found !== undefined) return found;
    const current = this.current?.number ?? -1;
    if (!Number.isSafeInteger(number) || number < 0) {
      this.context.anomaly("bad_value", `the round is ${String(number)}`);
      return this.current ?? this.closedRound(0);
    }
    if (this.over || number < current) return this.closedRound(number);
    if (this.current?.isOver === false) this.current.timedOut();
    if (number > current + 1) this.context.series.rounds("skipped").add(number - current - 1);
    return this.start(number);
  }

  /** The block is decided: ends the round that is in progress, and the height. */
  committed(block: CommittedBlock = {}): void {
    if (this.over) {
      this.context.anomaly("closed_height", `height ${this.number} was committed, and is over`);
      return;
    }
    if (this.current?.isOver === false) this.current.decided();
    if (block.time instanceof Date && !Number.isNaN(block.time.getTime())) {
      this.span?.setAttribute("consensus.block.time", block.time.toISOString());
    }
    this.close();
    this.host.committed(this, block);
  }

  /** Ends it without a block, as when the chain went on elsewhere. Called by the chain. */
  close(): void {
    if (this.over) return;
    this.over = true;
    if (this.current?.isOver === false) this.current.skipped();
    this.span?.end();
  }

  private start(number: number): Round {
    const round = new Round(this.context, number, this.span);
    this.rounds.set(number, round);
    if (this.rounds.size > MAX_ROUNDS) this.rounds.delete(this.rounds.keys().next().value!);
    this.current = round;
    this.context.gauges.set("roundCurrent", number);
    for (const slot of this.context.gauges.slots.get("quorumRatio")?.values() ?? []) slot.value = 0;
    return round;
  }

  /** A round that nobody keeps any more: what is told of it is late. */
  private closedRound(number: number): Round {
    return new ClosedRound(this.context, number, undefined);
  }
}

class ClosedRound extends Round {
  override get isOver(): boolean {
    return true;
  }
}
