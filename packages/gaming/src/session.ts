import { Bet } from "./bet.ts";
import type { DisputeOutcome } from "./bet-series.ts";
import { type Chips, chips } from "./chips.ts";
import type { GameTally } from "./game-tally.ts";

export interface PlacedBet {
  /** One of the game's `betTypes`; another one is `other` in the metrics. */
  readonly type: string;
  readonly amount: Chips;
}

/** A table that is open: its players, bets, draws and rounds. */
export class Session implements Disposable {
  private readonly game: GameTally;
  private seated = 0;
  private roundStartMs: number | undefined;
  private closed = false;

  /** Made by `game.session()`. */
  constructor(game: GameTally) {
    this.game = game;
    game.sessions++;
  }

  get playerCount(): number {
    return this.seated;
  }

  /** So many players are seated now. */
  players(count: number): void {
    if (this.isClosedTo("players")) return;
    if (!Number.isSafeInteger(count) || count < 0) {
      this.game.series.anomaly("bad_value", `the number of players is ${String(count)}`);
      return;
    }
    this.game.players += count - this.seated;
    this.seated = count;
  }

  joined(): void {
    this.players(this.seated + 1);
  }

  left(): void {
    this.players(this.seated - 1);
  }

  // Hot: benchmarks/domains.ts.
  /** A bet is placed. It counts as wagered once it is settled, so that open ones do not lower what comes back. */
  bet({ type, amount }: PlacedBet): Bet {
    const { game } = this;
    const { betTypes } = game.settings;
    const known = typeof type === "string" && (betTypes === undefined || betTypes.has(type)) ? type : "other";
    const stake = chips(amount);
    const series = game.series.bets(known);
    if (this.isClosedTo("a bet")) return new Bet(game, series, { type: known, stake: undefined, outcome: "void" });
    series.placed.add(1);
    game.bets++;
    game.openBets++;
    if (stake === undefined) game.series.anomaly("bad_value", `the stake of a bet of type ${known} is no amount`);
    else series.amount.record(stake);
    this.roundStartMs ??= game.settings.now();
    return new Bet(game, series, { type: known, stake, outcome: undefined });
  }

  // Hot: benchmarks/domains.ts.
  /** Something was drawn at random, such as the sum of two dice. */
  draw(result: string | number): void {
    if (this.isClosedTo("a draw")) return;
    const { game } = this;
    const text = typeof result === "string" ? result : String(result);
    const isKnown = !game.fairness.isTested || game.fairness.draw(text);
    if (!isKnown) game.series.anomaly("unknown_result", `the law does not know ${text.slice(0, 40)}`);
    game.series.draws(isKnown ? text : "other").add(1);
    game.draws++;
    this.roundStartMs ??= game.settings.now();
  }

  /** A round ends; it has lasted since its first bet or draw. */
  roundEnded(outcome: string): void {
    if (this.isClosedTo("the end of a round")) return;
    const { outcomes, now } = this.game.settings;
    const isKnown = typeof outcome === "string" && (outcomes === undefined || outcomes.has(outcome));
    this.game.series.round(isKnown ? outcome : "other");
    this.game.rounds++;
    if (this.roundStartMs === undefined) return;
    const lastedMs = now() - this.roundStartMs;
    this.roundStartMs = undefined;
    if (lastedMs >= 0) this.game.series.roundDuration.record(lastedMs / 1_000);
    else this.game.series.anomaly("clock", "time ran backwards");
  }

  /** A result is disputed, or a dispute has ended. */
  dispute(outcome: DisputeOutcome = "opened"): void {
    this.game.series.dispute(outcome);
  }

  /** The table closes, and its players leave. Its bets can still be settled. */
  close(): void {
    if (this.closed) return;
    this.players(0);
    this.closed = true;
    this.game.sessions--;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  private isClosedTo(what: string): boolean {
    if (this.closed) this.game.series.anomaly("closed_session", `${what} came to a table that is closed`);
    return this.closed;
  }
}
