/** What the sessions and bets of a game share, and what of it is asked for at each collection. */
import { diag, logs, SeverityNumber } from "@opentelemetry/api";
import { observedGauge, observedUpDownCounter } from "@telltale/metrics";
import { GameSeries } from "./bet-series.ts";
import { catalogue } from "./catalogue.ts";
import { Fairness, type UnfairDraws } from "./fairness.ts";
import type { GameSettings } from "./game-options.ts";
import { gamingScope } from "./gaming-scope.ts";

export class GameTally {
  readonly settings: GameSettings;
  readonly series: GameSeries;
  readonly fairness: Fairness;
  sessions = 0;
  players = 0;
  bets = 0;
  openBets = 0;
  wagered = 0;
  paidOut = 0;
  rounds = 0;
  draws = 0;
  /** Another one has its name now; it stays while there are sessions of it. */
  isReplaced = false;

  constructor(settings: GameSettings) {
    this.settings = settings;
    this.series = new GameSeries(settings.game);
    this.fairness = new Fairness(settings, (draws) => this.unfair(draws));
    // There from the start, so that rates see the first of each.
    for (const type of settings.betTypes ?? []) this.series.bets(type);
    for (const [result] of settings.law) this.series.draws(result);
    live.add(this);
  }

  private unfair(draws: UnfairDraws): void {
    const { game, chiSquare, pValue } = draws;
    logs.getLogger(gamingScope.name, gamingScope.version).emit({
      eventName: "game.unfair_draws",
      severityNumber: SeverityNumber.WARN,
      severityText: "WARN",
      body: `the draws of ${game} do not follow its law`,
      attributes: {
        "game.name": game,
        "game.draws": draws.draws,
        "game.chi_square": chiSquare,
        "game.p_value": pValue,
      },
    });
    try {
      this.settings.onUnfair?.(draws);
    } catch (error) {
      diag.error("telltale: gaming: the function onUnfair threw", error);
    }
  }
}

const live = new Set<GameTally>();

observedUpDownCounter({ ...catalogue.sessionsActive, scope: gamingScope }, (observe) => {
  for (const tally of live) {
    if (tally.isReplaced && tally.sessions === 0) live.delete(tally);
    else observe(tally.sessions, { "game.name": tally.settings.game });
  }
});
observedUpDownCounter({ ...catalogue.playersActive, scope: gamingScope }, (observe) => {
  for (const { players, settings } of live) observe(players, { "game.name": settings.game });
});
observedGauge({ ...catalogue.fairnessChiSquare, scope: gamingScope }, (observe) => eachTest("chiSquare", observe));
observedGauge({ ...catalogue.fairnessPValue, scope: gamingScope }, (observe) => eachTest("pValue", observe));

function eachTest(
  value: "chiSquare" | "pValue",
  observe: (value: number, attributes: { readonly "game.name": string }) => void,
): void {
  for (const { fairness, settings, isReplaced } of live) {
    if (isReplaced || !fairness.isTested || !fairness.hasEnough) continue;
    observe(fairness.recentTest()[value], { "game.name": settings.game });
  }
}
