/** Tables of craps with players who mostly bet on the pass line; their dice can be loaded. */
import { type Bet, craps, createGame, type Session } from "@telltale/gaming";
import { runDirectly } from "./run-simulator.ts";
import type { SeededRandom } from "./seeded-random.ts";
import { type FaultDescription, type SimulateOptions, simulation } from "./simulation.ts";

export const faults = {
  loaded: {
    description: "The dice are changed for some that mostly show a three, and points are made.",
    alerts: ["PayoutAboveStake", "UnfairDraws"],
    dueMs: 130 * 60_000,
  },
} as const satisfies Record<string, FaultDescription>;

/** What was played, to compare the metrics with. */
export interface CrapsTableSummary {
  readonly rounds: number;
  readonly throws: number;
  readonly bets: number;
  readonly wagered: number;
  readonly paidOut: number;
  readonly returnToPlayer: number | undefined;
  /** Pearson's chi-square of the latest throws, and how likely fair dice are that far off. */
  readonly chiSquare: number;
  readonly pValue: number;
  /** How often the dice were told to be unfair. */
  readonly unfair: number;
}

const TABLES = 6;
const THROW_MS = 4_000;
const STAKES = [5, 10, 10, 25, 50];

export async function simulate(options: SimulateOptions<keyof typeof faults> = {}): Promise<CrapsTableSummary> {
  const { clock, random, has, run } = simulation(options, faults);
  let unfair = 0;
  const game = createGame({ ...craps, now: clock.now, onUnfair: () => unfair++ });
  const roll = () => face(random, has("loaded")) + face(random, has("loaded"));
  const sessions = Array.from({ length: TABLES }, () =>
    game.session({ players: 2 + Math.floor(random.between(0, 6)) }),
  );
  for (const session of sessions) {
    const throwDice = table(session, random, roll);
    clock.every(() => random.between(0.7, 1.3) * THROW_MS, throwDice);
    clock.every(
      () => random.exponential(300_000),
      () => {
        if (random.chance(0.5) && session.playerCount < 8) session.joined();
        else if (session.playerCount > 2) session.left();
      },
    );
  }
  clock.every(
    () => random.exponential(900_000),
    () => {
      const session = random.pick(sessions);
      session.dispute();
      clock.after(random.between(10_000, 60_000), () => session.dispute(random.chance(0.1) ? "upheld" : "rejected"));
    },
  );
  await run();
  for (const session of sessions) session.close();
  const { rounds, draws, bets, wagered, paidOut, returnToPlayer } = game.summary;
  const { chiSquare, pValue } = game.fairness().recent;
  return { rounds, throws: draws, bets, wagered, paidOut, returnToPlayer, chiSquare, pValue, unfair };
}

function face(random: SeededRandom, isLoaded: boolean): number {
  return isLoaded && random.chance(0.52) ? 3 : 1 + Math.floor(random.between(0, 6));
}

/** One table: what its next throw does. */
function table(session: Session, random: SeededRandom, roll: () => number): () => void {
  let point: number | undefined;
  let line: { readonly bet: Bet; readonly amount: number; readonly isPass: boolean }[] = [];

  function settle(isPassWon: boolean, outcome: (typeof craps.outcomes)[number], isPush = false): void {
    for (const { bet, amount, isPass } of line) {
      if (isPush && !isPass) bet.push();
      else if (isPass === isPassWon) bet.won({ paid: 2 * amount });
      else bet.lost();
    }
    line = [];
    point = undefined;
    session.roundEnded(outcome);
  }

  return () => {
    if (point === undefined) line = lineBets(session, random);
    const field = random.chance(0.1) ? 5 : 0;
    const fieldBet = field > 0 ? session.bet({ type: "field", amount: field }) : undefined;
    const sum = roll();
    session.draw(sum);
    if (fieldBet !== undefined) settleField(fieldBet, field, sum);
    if (point === undefined) {
      if (sum === 7 || sum === 11) settle(true, "natural");
      // The house bars the twelve: who bets against the pass line gets the stake back.
      else if (sum === 2 || sum === 3 || sum === 12) settle(false, "craps", sum === 12);
      else point = sum;
    } else if (sum === point) settle(true, "point_made");
    else if (sum === 7) settle(false, "seven_out");
  };
}

function lineBets(session: Session, random: SeededRandom) {
  return Array.from({ length: session.playerCount }, () => {
    const isPass = random.chance(0.95);
    const amount = random.pick(STAKES);
    return { bet: session.bet({ type: isPass ? "pass_line" : "dont_pass", amount }), amount, isPass };
  });
}

/** Even odds on 3, 4, 9, 10 and 11; two to one on 2, three to one on 12. */
function settleField(bet: Bet, amount: number, sum: number): void {
  if (sum >= 5 && sum <= 8) bet.lost();
  else bet.won({ paid: amount * (sum === 12 ? 4 : sum === 2 ? 3 : 2) });
}

runDirectly(import.meta.url, {
  name: "craps-table",
  description: "Six tables of craps, with players who mostly bet on the pass line.",
  faults,
  simulate,
});
