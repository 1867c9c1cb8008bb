/** The instruments of one game, bound once for each type of bet, so that a bet touches numbers only. */
import { diag } from "@opentelemetry/api";
import { type BoundCounter, type BoundHistogram, counter, histogram } from "@telltale/metrics";
import { catalogue } from "./catalogue.ts";
import { gamingScope } from "./gaming-scope.ts";

export type BetOutcome = "won" | "lost" | "push" | "void";
export type DisputeOutcome = "opened" | "upheld" | "rejected" | "withdrawn";
export type GameAnomaly = "closed_bet" | "closed_session" | "bad_value" | "unknown_result" | "clock";

const disputeOutcomes: readonly DisputeOutcome[] = ["opened", "upheld", "rejected", "withdrawn"];
const allAnomalies: readonly GameAnomaly[] = ["closed_bet", "closed_session", "bad_value", "unknown_result", "clock"];

const rounds = counter({ ...catalogue.rounds, scope: gamingScope });
const roundDuration = histogram({ ...catalogue.roundDuration, scope: gamingScope });
const bets = counter({ ...catalogue.bets, scope: gamingScope });
const wagered = counter({ ...catalogue.wagered, scope: gamingScope });
const paidOut = counter({ ...catalogue.paidOut, scope: gamingScope });
const betAmount = histogram({ ...catalogue.betAmount, scope: gamingScope });
const draws = counter({ ...catalogue.draws, scope: gamingScope });
const disputes = counter({ ...catalogue.disputes, scope: gamingScope });
const anomalies = counter({ ...catalogue.anomalies, scope: gamingScope });

/** The series of one type of bet. */
export interface BetTypeSeries {
  readonly placed: BoundCounter;
  readonly won: BoundCounter;
  readonly lost: BoundCounter;
  readonly push: BoundCounter;
  readonly void: BoundCounter;
  readonly wagered: BoundCounter;
  readonly paidOut: BoundCounter;
  readonly amount: BoundHistogram;
}

/** Values that are bound; as many as the metrics keep apart. */
const MAX_BOUND = 100;

export class GameSeries {
  readonly game: string;
  readonly roundDuration: BoundHistogram;
  private readonly own: { readonly "game.name": string };
  private readonly types = new Map<string, BetTypeSeries>();
  private readonly results = new Map<string, BoundCounter>();
  private readonly told = new Set<string>();

  constructor(game: string) {
    this.game = game;
    this.own = { "game.name": game };
    this.roundDuration = roundDuration.bind(this.own);
    // There from the start, so that the first one is seen as an increase.
    for (const outcome of disputeOutcomes) disputes.bind({ ...this.own, "game.outcome": outcome });
    for (const anomaly of allAnomalies) anomalies.bind({ ...this.own, "game.anomaly": anomaly });
  }

  bets(type: string): BetTypeSeries {
    return this.types.get(type) ?? keep(this.types, type, this.bound(type));
  }

  draws(result: string): BoundCounter {
    return this.results.get(result) ?? keep(this.results, result, draws.bind({ ...this.own, "game.result": result }));
  }

  round(outcome: string): void {
    rounds.add(1, { ...this.own, "game.outcome": outcome });
  }

  dispute(outcome: DisputeOutcome): void {
    disputes.add(1, { ...this.own, "game.outcome": outcome });
  }

  anomaly(anomaly: GameAnomaly, what: string): void {
    anomalies.add(1, { ...this.own, "game.anomaly": anomaly });
    if (this.told.has(anomaly)) return;
    this.told.add(anomaly);
    diag.warn(
      `telltale: gaming of ${this.game}: ${what} (${anomaly}); not recorded. Further ones are counted in game.anomalies.`,
    );
  }

  private bound(type: string): BetTypeSeries {
    const own = { ...this.own, "game.bet.type": type };
    const outcome = (name: BetOutcome | "placed") => bets.bind({ ...own, "game.outcome": name });
    return {
      placed: outcome("placed"),
      won: outcome("won"),
      lost: outcome("lost"),
      push: outcome("push"),
      void: outcome("void"),
      wagered: wagered.bind(own),
      paidOut: paidOut.bind(own),
      amount: betAmount.bind(own),
    };
  }
}

function keep<V>(map: Map<string, V>, key: string, value: V): V {
  if (map.size < MAX_BOUND) map.set(key, value);
  return value;
}
