import { catalogue as gaming } from "../../packages/gaming/src/catalogue.ts";
import type { Dashboard } from "../dashboard.ts";
import { greatest, inRange, least, onPage, perSecond, quantiles, share, total } from "../page-queries.ts";
import { group } from "../rules/gaming.ts";

const { series, buckets } = onPage;

export const dashboard: Dashboard = {
  name: "gaming",
  title: "Gaming",
  description: "How the tables are: players, bets, what comes back to them, and whether the draws are fair.",
  of: gaming.sessionsActive,
  alerts: group.alerts,
  rows: [
    {
      title: "Now",
      panels: [
        {
          kind: "number",
          title: "Tables",
          description: "Open.",
          unit: "short",
          queries: { "{{game_name}}": total(series(gaming.sessionsActive), "game_name") },
        },
        {
          kind: "number",
          title: "Players",
          description: "Seated.",
          unit: "short",
          queries: { "{{game_name}}": total(series(gaming.playersActive), "game_name") },
        },
        {
          kind: "number",
          title: "Return to player",
          description: "Paid out of what was staked, in the time that is shown.",
          unit: "percentunit",
          queries: {
            "{{game_name}}": share(
              inRange(series(gaming.paidOut), "game_name"),
              inRange(series(gaming.wagered), "game_name"),
            ),
          },
        },
        {
          kind: "number",
          title: "Rounds",
          description: "A minute.",
          unit: "short",
          queries: { "{{game_name}}": `60 * ${perSecond(series(gaming.rounds), "game_name")}` },
        },
        {
          kind: "number",
          title: "Fairness",
          description: "How often fair draws would be as far from the law: below 0.0001 they are not fair.",
          unit: "sci",
          limits: ["UnfairDraws"],
          queries: { "{{game_name}}": least(series(gaming.fairnessPValue), "game_name") },
        },
        {
          kind: "number",
          title: "Disputes",
          description: "Opened in the time that is shown.",
          unit: "short",
          queries: { "{{game_name}}": inRange(series(gaming.disputes, { "game.outcome": "opened" }), "game_name") },
        },
      ],
    },
    {
      title: "Bets",
      panels: [
        {
          kind: "lines",
          title: "Bets",
          description: "A second, by what became of them.",
          unit: "cps",
          min: 0,
          queries: { "{{game_outcome}}": perSecond(series(gaming.bets), "game_outcome") },
        },
        {
          kind: "lines",
          title: "Stakes and payouts",
          description: "Chips a second on settled bets.",
          unit: "short",
          min: 0,
          queries: {
            "{{game_name}} staked": perSecond(series(gaming.wagered), "game_name"),
            "{{game_name}} paid out": perSecond(series(gaming.paidOut), "game_name"),
          },
        },
        {
          kind: "lines",
          title: "Return to player",
          description: "Over an hour, by type of bet.",
          unit: "percentunit",
          min: 0,
          queries: {
            "{{game_bet_type}}": share(
              `sum by (game_bet_type) (rate(${series(gaming.paidOut)}[1h]))`,
              `sum by (game_bet_type) (rate(${series(gaming.wagered)}[1h]))`,
            ),
          },
        },
        {
          kind: "lines",
          title: "Size of a bet",
          description: "Chips.",
          unit: "short",
          min: 0,
          queries: quantiles([0.5, 0.99], buckets(gaming.betAmount), "game_name"),
        },
      ],
    },
    {
      title: "Rounds and draws",
      panels: [
        {
          kind: "lines",
          title: "Rounds",
          description: "A minute, by outcome.",
          unit: "short",
          stacked: true,
          min: 0,
          queries: { "{{game_outcome}}": `60 * ${perSecond(series(gaming.rounds), "game_outcome")}` },
        },
        {
          kind: "lines",
          title: "Length of a round",
          description: "From its first bet or draw to its end.",
          unit: "s",
          min: 0,
          queries: quantiles([0.5, 0.99], buckets(gaming.roundDuration), "game_name"),
        },
        {
          kind: "bars",
          title: "Draws",
          description: "Share of each result in the time that is shown.",
          unit: "percentunit",
          queries: {
            "{{game_result}}": `${inRange(series(gaming.draws), "game_result")} / on () group_left () ${inRange(series(gaming.draws))}`,
          },
        },
        {
          kind: "lines",
          title: "Distance from the law",
          description: "Chi-square of the recent draws.",
          unit: "short",
          min: 0,
          queries: { "{{game_name}}": greatest(series(gaming.fairnessChiSquare), "game_name") },
        },
        {
          kind: "bars",
          title: "Disputes and anomalies",
          description: "In the time that is shown.",
          unit: "short",
          width: 24,
          queries: {
            "dispute {{game_outcome}}": inRange(series(gaming.disputes), "game_outcome"),
            "{{game_anomaly}}": inRange(series(gaming.anomalies), "game_anomaly"),
          },
        },
      ],
    },
  ],
};
