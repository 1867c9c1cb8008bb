/** Rules that reduce or halt a strategy by themselves: what the order flow shows, and what the portfolio has lost. */
import type { Anomaly } from "./order-series.ts";

export interface InterventionRule {
  /** Names it in `trading.risk.breaches` and the log. */
  readonly name: string;
  /** An anomaly of the order flow, or a figure of the portfolio. */
  readonly on: Anomaly | "rejected" | "day_loss" | "drawdown" | "consecutive_losses";
  /** Events within `withinMs`; of a figure, its limit: a loss in the portfolio's currency, a share of the peak, a number of trades. */
  readonly atLeast: number;
  /** Of events. @default 60000 */
  readonly withinMs?: number;
  readonly action: "reduce" | "halt";
}

export interface Intervention {
  readonly rule: string;
  readonly action: "reduce" | "halt";
  /** Whether it was only told, not done. */
  readonly dryRun: boolean;
}

/** The figures of a portfolio that rules look at. */
export interface WatchedPortfolio {
  readonly dayPnl: number;
  readonly drawdown: { readonly current: number };
  readonly consecutiveLosses: number;
}

interface Watch {
  readonly rule: InterventionRule;
  readonly events: number[];
  tripped: boolean;
}

export interface Interventions {
  /** An event of the order flow. */
  event(on: Anomaly | "rejected"): void;
  /** The figures of a portfolio have changed. A rule trips again only after its figure was below the limit. */
  figures(portfolio: WatchedPortfolio): void;
}

export function interventions(
  rules: readonly InterventionRule[],
  { now, trip }: { readonly now: () => number; readonly trip: (rule: InterventionRule) => void },
): Interventions {
  const watches = rules.map((rule): Watch => ({ rule: checked(rule), events: [], tripped: false }));
  return {
    event: (on) => {
      for (const watch of watches) if (watch.rule.on === on) countEvent(watch, now(), trip);
    },
    figures: (portfolio) => {
      for (const watch of watches) {
        const figure = figureOf(watch.rule.on, portfolio);
        if (figure === undefined) continue;
        const isOver = figure >= watch.rule.atLeast;
        if (isOver && !watch.tripped) trip(watch.rule);
        watch.tripped = isOver;
      }
    },
  };
}

function countEvent({ rule, events }: Watch, now: number, trip: (rule: InterventionRule) => void): void {
  events.push(now);
  while (events.length > 0 && now - (events[0] as number) > (rule.withinMs ?? 60_000)) events.shift();
  if (events.length < rule.atLeast) return;
  events.length = 0;
  trip(rule);
}

function figureOf(on: InterventionRule["on"], portfolio: WatchedPortfolio): number | undefined {
  if (on === "day_loss") return -portfolio.dayPnl;
  if (on === "drawdown") return portfolio.drawdown.current;
  return on === "consecutive_losses" ? portfolio.consecutiveLosses : undefined;
}

function checked(rule: InterventionRule): InterventionRule {
  const { name, atLeast, action } = rule;
  if (typeof name === "string" && name !== "" && atLeast > 0 && (action === "reduce" || action === "halt")) return rule;
  const message = `trading.interventions has ${JSON.stringify(rule)}; give name, on, atLeast above 0, and action "reduce" or "halt"`;
  throw Object.assign(new TypeError(message), { code: "TELLTALE_BAD_TRADING_OPTION" });
}
