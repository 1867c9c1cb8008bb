import { expect, test } from "vitest";
import { craps } from "./craps.ts";
import { createGame, type Game } from "./game.ts";

/** Throws of two dice, the same for the same seed. */
function dice(seed: number, face: (random: number) => number = (random) => 1 + Math.floor(6 * random)): () => number {
  let state = seed >>> 0;
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => face(random()) + face(random());
}

/** Rounds of the pass line, until there were so many throws. */
function play(game: Game, roll: () => number, throws: number): void {
  const table = game.session({ players: 1 });
  const draw = () => {
    const sum = roll();
    table.draw(sum);
    throws--;
    return sum;
  };
  while (throws > 0) {
    const bet = table.bet({ type: "pass_line", amount: 10 });
    const comeOut = draw();
    if (comeOut === 7 || comeOut === 11) {
      bet.won({ paid: 20 });
      table.roundEnded("natural");
    } else if (comeOut === 2 || comeOut === 3 || comeOut === 12) {
      bet.lost();
      table.roundEnded("craps");
    } else {
      let sum = draw();
      while (sum !== comeOut && sum !== 7) sum = draw();
      if (sum === 7) bet.lost();
      else bet.won({ paid: 20 });
      table.roundEnded(sum === 7 ? "seven_out" : "point_made");
    }
  }
  table.close();
}

test("over a million throws the pass line gives back 98.59 %, and the dice are fair", () => {
  const game = createGame({ ...craps, game: "craps-fair" });
  play(game, dice(20_261_122), 1_000_000);
  const { returnToPlayer, draws, openBets } = game.summary;
  expect(draws).toBeGreaterThanOrEqual(1_000_000);
  expect(openBets).toBe(0);
  expect(Math.abs(100 * returnToPlayer! - 98.59)).toBeLessThan(0.3);
  const { all, isFair } = game.fairness();
  expect(all.degreesOfFreedom).toBe(10);
  // p = 0.001 of ten degrees of freedom.
  expect(all.chiSquare).toBeLessThan(29.6);
  expect(isFair).toBe(true);
});

test("a die that shows its six a little more often is found out", () => {
  const loaded = dice(7, (random) => (random < 0.19 ? 6 : 1 + Math.floor((5 * (random - 0.19)) / 0.81)));
  const game = createGame({ ...craps, game: "craps-loaded" });
  play(game, loaded, 20_000);
  expect(game.fairness().all.chiSquare).toBeGreaterThan(29.6);
  expect(game.fairness().isFair).toBe(false);
});

test("the law of two dice adds up to 36 throws", () => {
  expect(Object.values(craps.law).reduce((sum, throws) => sum + throws, 0)).toBe(36);
});
