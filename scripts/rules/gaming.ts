import { catalogue as gaming } from "../../packages/gaming/src/catalogue.ts";
import type { RuleGroup } from "../alert.ts";
import { selectors, stored } from "../series.ts";

const { series } = selectors();

const game = { "game.name": "craps" } as const;
const pass = { ...game, "game.bet.type": "pass_line" } as const;
const labels = { instance: "a", game_name: "craps" };

export const group: RuleGroup = {
  domain: "gaming",
  title: "Gaming",
  alerts: [
    {
      name: "PayoutAboveStake",
      expr: `sum by (instance, game_name) (rate(${series(gaming.paidOut)}[1h])) / sum by (instance, game_name) (rate(${series(gaming.wagered)}[1h])) > 1.1`,
      for: "1h",
      severity: "warning",
      summary: "Payouts of {{ $labels.game_name }} exceed stakes by 10 %",
      meaning: "Over two hours players got more than they staked, which the house's edge makes unlikely.",
      steps: [
        "Few large bets: luck. Many: is a bet paid by the wrong table, or twice?",
        "UnfairDraws, and who won, tell whether the dice are loaded.",
      ],
      fires: { samples: flows({ paid: "0+12x300", staked: "0+10x300" }), at: "2h10m", labels },
      silent: { samples: flows({ paid: "0+9.86x300", staked: "0+10x300" }), at: "2h10m" },
    },
    {
      name: "UnfairDraws",
      expr: `${series(gaming.fairnessPValue)} < 0.0001`,
      for: "1m",
      severity: "critical",
      summary: "The draws of {{ $labels.game_name }} do not follow its law",
      meaning: "Fair dice would be this far from their law less than once in ten thousand times; from 1,000 draws on.",
      steps: ["Stop the table.", "game.draws by result shows which result comes too often; replace dice or generator."],
      fires: { samples: { [stored(gaming.fairnessPValue, game)]: "0.4 0.00001x8" }, at: "3m", labels },
      silent: { samples: { [stored(gaming.fairnessPValue, game)]: "0.4 0.01x8" }, at: "3m" },
    },
  ],
};

function flows({ paid, staked }: { readonly paid: string; readonly staked: string }): Record<string, string> {
  return { [stored(gaming.paidOut, pass)]: paid, [stored(gaming.wagered, pass)]: staked };
}
