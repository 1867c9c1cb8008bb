import { bounded, type Catalogue } from "@telltale/metrics";

/** Every metric of games; the table in README.md is made from it. */
export const catalogue = {
  sessionsActive: {
    kind: "upDownCounter",
    name: "game.sessions.active",
    unit: "{session}",
    description: "Tables that are open.",
    attributes: game(),
  },
  playersActive: {
    kind: "upDownCounter",
    name: "game.players.active",
    unit: "{player}",
    description: "Players who are seated.",
    attributes: game(),
  },
  rounds: {
    kind: "counter",
    name: "game.rounds",
    unit: "{round}",
    description: "Rounds that were finished.",
    attributes: { ...game(), "game.outcome": bounded(20) },
  },
  roundDuration: {
    kind: "histogram",
    name: "game.round.duration",
    unit: "s",
    description: "Length of a round, from its first bet or draw to its end.",
    attributes: game(),
    boundaries: [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600],
  },
  bets: {
    kind: "counter",
    name: "game.bets",
    unit: "{bet}",
    description: "Bets that were placed, and what became of them.",
    attributes: { ...betType(), "game.outcome": ["placed", "won", "lost", "push", "void"] },
  },
  wagered: {
    kind: "counter",
    name: "game.wagered",
    unit: "{chip}",
    description: "Stakes of bets that were settled: not of open ones, nor of void ones.",
    attributes: betType(),
  },
  paidOut: {
    kind: "counter",
    name: "game.paid_out",
    unit: "{chip}",
    description: "What settled bets gave back, stakes included.",
    attributes: betType(),
  },
  betAmount: {
    kind: "histogram",
    name: "game.bet.amount",
    unit: "{chip}",
    description: "Stakes of bets when they are placed.",
    attributes: betType(),
    boundaries: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000, 10_000, 100_000],
  },
  draws: {
    kind: "counter",
    name: "game.draws",
    unit: "{draw}",
    description: "What was drawn at random: sums of dice, cards, numbers.",
    attributes: { ...game(), "game.result": bounded(100) },
  },
  fairnessChiSquare: {
    kind: "gauge",
    name: "game.fairness.chi_square",
    unit: "{statistic}",
    description: "How far the recent draws are from the game's law: Pearson's chi-square. From 1,000 draws on.",
    attributes: game(),
  },
  fairnessPValue: {
    kind: "gauge",
    name: "game.fairness.p_value",
    unit: "1",
    description: "How often fair draws would be as far from the law as the recent ones. From 1,000 draws on.",
    attributes: game(),
  },
  disputes: {
    kind: "counter",
    name: "game.disputes",
    unit: "{dispute}",
    description: "Results that were disputed, by how that ended.",
    attributes: { ...game(), "game.outcome": ["opened", "upheld", "rejected", "withdrawn"] },
  },
  anomalies: {
    kind: "counter",
    name: "game.anomalies",
    unit: "{event}",
    description:
      "Events of a bet or table that is closed, values that cannot be, unknown draws, clocks that ran backwards.",
    attributes: {
      ...game(),
      "game.anomaly": ["closed_bet", "closed_session", "bad_value", "unknown_result", "clock"],
    },
  },
} as const satisfies Catalogue;

function game() {
  return { "game.name": bounded(50) } as const;
}

function betType() {
  return { ...game(), "game.bet.type": bounded(100) } as const;
}
