import type { GameFairness } from "./fairness.ts";
import { type GameOptions, gameSettings } from "./game-options.ts";
import { GameTally } from "./game-tally.ts";
import { Session } from "./session.ts";

/** What was played so far, in numbers. */
export interface GameSummary {
  readonly game: string;
  readonly sessions: number;
  readonly players: number;
  readonly bets: number;
  readonly openBets: number;
  readonly wagered: number;
  readonly paidOut: number;
  /** Paid out of what was wagered; undefined before the first bet is settled. */
  readonly returnToPlayer: number | undefined;
  readonly rounds: number;
  readonly draws: number;
}

/** A game, at any number of tables. */
export class Game {
  readonly name: string;
  private readonly tally: GameTally;

  /** Made by `createGame()`. @throws TypeError with code TELLTALE_BAD_GAMING_OPTION */
  constructor(options: GameOptions) {
    this.tally = new GameTally(gameSettings(options));
    this.name = this.tally.settings.game;
  }

  /** Opens a table. */
  session({ players = 0 }: { readonly players?: number } = {}): Session {
    const session = new Session(this.tally);
    if (players !== 0) session.players(players);
    return session;
  }

  /** Whether the draws follow the law of the game. */
  fairness(): GameFairness {
    return this.tally.fairness.state();
  }

  get summary(): GameSummary {
    const { sessions, players, bets, openBets, wagered, paidOut, rounds, draws } = this.tally;
    const returnToPlayer = wagered > 0 ? paidOut / wagered : undefined;
    return { game: this.name, sessions, players, bets, openBets, wagered, paidOut, returnToPlayer, rounds, draws };
  }

  /** Takes what is as it is out of the metrics, once its tables are closed: counts stay. */
  retire(): void {
    this.tally.isReplaced = true;
    if (games.get(this.name) === this) games.delete(this.name);
  }
}

const games = new Map<string, Game>();

/**
 * A game with its bets, its outcomes and its law. `game()` gives it back by its name.
 * @throws TypeError with code TELLTALE_BAD_GAMING_OPTION
 */
export function createGame(options: GameOptions): Game {
  const made = new Game(options);
  games.get(made.name)?.retire();
  games.set(made.name, made);
  return made;
}

/** The game of this name as it was created last, by the instrumentation for one; else one that knows no bets and no law. */
export function game(name: string): Game {
  return games.get(name) ?? createGame({ game: name });
}
