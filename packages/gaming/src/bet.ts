import type { BetOutcome, BetTypeSeries } from "./bet-series.ts";
import { type Chips, chips } from "./chips.ts";
import type { GameTally } from "./game-tally.ts";

/** A bet that was placed; it is settled once. */
export class Bet {
  readonly type: string;
  private readonly game: GameTally;
  private readonly series: BetTypeSeries;
  /** Undefined where the amount was none: then what it pays is not counted either, as that would be a return on nothing. */
  private readonly stake: number | undefined;
  private settledAs: BetOutcome | undefined;

  /** Made by `session.bet()`. */
  constructor(
    game: GameTally,
    series: BetTypeSeries,
    {
      type,
      stake,
      outcome,
    }: { readonly type: string; readonly stake: number | undefined; readonly outcome: BetOutcome | undefined },
  ) {
    this.game = game;
    this.series = series;
    this.type = type;
    this.stake = stake;
    this.settledAs = outcome;
  }

  /** How it was settled; undefined while it is open. */
  get outcome(): BetOutcome | undefined {
    return this.settledAs;
  }

  /** It won. `paid` is all that comes back, the stake included: 20 for 10 at even odds. */
  won({ paid }: { readonly paid: Chips }): void {
    const amount = chips(paid);
    if (amount === undefined)
      this.game.series.anomaly("bad_value", `what a bet of type ${this.type} paid is no amount`);
    this.settle("won", amount);
  }

  lost(): void {
    this.settle("lost", 0);
  }

  /** Neither won nor lost: the stake comes back. */
  push(): void {
    this.settle("push", this.stake);
  }

  /** It does not count, and the stake comes back: neither wagered nor paid. */
  void(): void {
    this.settle("void", undefined);
  }

  // Hot: benchmarks/domains.ts.
  private settle(outcome: BetOutcome, paid: number | undefined): void {
    if (this.settledAs !== undefined) {
      this.game.series.anomaly("closed_bet", `${outcome} was told of a bet that is settled as ${this.settledAs}`);
      return;
    }
    this.settledAs = outcome;
    this.series[outcome].add(1);
    this.game.openBets--;
    const { stake } = this;
    if (stake === undefined || paid === undefined) return;
    this.series.wagered.add(stake);
    this.series.paidOut.add(paid);
    this.game.wagered += stake;
    this.game.paidOut += paid;
  }
}
