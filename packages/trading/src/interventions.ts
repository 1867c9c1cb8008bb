/** Rules that reduce or halt a strategy by themselves: what the order flow shows, and what the portfolio has lost. */

import type { Anomaly } from "./order-series.ts";
import { hourlyZScore } from "./robust-z-score.ts";

/** What is measured of orders: an acknowledgement in milliseconds, a slippage in basis points. */
export type Measured = "unusual_ack" | "unusual_slippage";

export interface InterventionRule {
  /** Names it in `trading.risk.breaches` and the log. */
  readonly name: string;
  /**
   * An anomaly of the order flow, a figure of the portfolio, or something unusual: an acknowledgement that is far slower, or an
   * adverse slippage that is far larger, than is usual at the venue at this hour of the day.
   */
  readonly on: Anomaly | "rejected" | Measured | "day_loss" | "drawdown" | "consecutive_losses";
  /** Events within `withinMs`; of a figure, its limit: a loss in the portfolio's currency, a share of the peak, a number of trades. */
  readonly atLeast: number;
  /** Of events. @default 60000 */
  readonly withinMs?: number;
  /** How far from the median what is unusual is, in deviations. @default 6 */
  readonly zScore?: number;
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
  /** Something of an order was measured; `undefined` was not. */
  measured(what: Measured, venue: string, value: number | undefined): void;
  /** The figures of a portfolio have changed. A rule trips again only after its figure was below the limit. */
  figures(portfolio: WatchedPortfolio): void;
}

export function interventions(
  rules: readonly InterventionRule[],
  {
    now,
    wallClock,
    trip,
  }: {
    readonly now: () => number;
    readonly wallClock: () => number;
    readonly trip: (rule: InterventionRule) => void;
  },
): Interventions {
  const watches = rules.map((rule): Watch => ({ rule: checked(rule), events: [], tripped: false }));
  const scores = new Map<string, (value: number) => number | undefined>();
  return {
    measured: (what, venue, value) => {
      if (value === undefined || !watches.some(({ rule }) => rule.on === what)) return;
      const key = `${what}\n${venue}`;
      let scoreOf = scores.get(key);
      if (scoreOf === undefined) {
        scoreOf = hourlyZScore({ floor: FLOORS[what] }, wallClock);
        scores.set(key, scoreOf);
      }
      const score = scoreOf(value);
      if (score === undefined) return;
      for (const watch of watches) {
        if (watch.rule.on === what && score >= (watch.rule.zScore ?? USUAL)) countEvent(watch, now(), trip);
      }
    },
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

/** Deviations from the median within which values are usual. */
const USUAL = 6;
/** A deviation is at least one millisecond, or half a basis point. */
const FLOORS: Readonly<Record<Measured, number>> = { unusual_ack: 1, unusual_slippage: 0.5 };

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
  const { name, atLeast, action, zScore = USUAL } = rule;
  const isNamed = typeof name === "string" && name !== "";
  if (isNamed && atLeast > 0 && zScore > 0 && (action === "reduce" || action === "halt")) return rule;
  const message = `trading.interventions has ${JSON.stringify(rule)}; give name, on, atLeast above 0, action "reduce" or "halt", and zScore, if any, above 0`;
  throw Object.assign(new TypeError(message), { code: "TELLTALE_BAD_TRADING_OPTION" });
}
