import { logs } from "@opentelemetry/api";
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
import { type Instrument, instruments } from "@telltale/metrics";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Bet } from "./bet.ts";
import type { UnfairDraws } from "./fairness.ts";
import { createGame, game } from "./game.ts";
import type { GameOptions } from "./game-options.ts";

let games = 0;

/** A game that no other test has, on a clock that the test moves. */
function played(options: Partial<GameOptions> = {}) {
  const clock = { ms: 0 };
  const name = `game-${games++}`;
  const made = createGame({ game: name, now: () => clock.ms, ...options });
  const points = (metric: string, match: Readonly<Record<string, string>> = {}) => {
    const instrument = Array.from(instruments()).find((one) => one.name === metric) as Instrument;
    instrument.refresh();
    return instrument
      .series()
      .filter(({ attributes }) => attributes["game.name"] === name)
      .filter(({ attributes }) => Object.entries(match).every(([key, value]) => attributes[key] === value))
      .map((one) => one.total());
  };
  return {
    clock,
    name,
    made,
    values: points,
    sum: (metric: string, match = {}) => (points(metric, match) as number[]).reduce((sum, value) => sum + value, 0),
    times: (metric: string, match = {}) => points(metric, match)[0] as unknown as { count: number; sum: number },
  };
}

test("a bet counts as wagered when it is settled, with what it gave back", () => {
  const { made, sum, times } = played();
  const table = made.session();
  const [won, lost, pushed, open] = [10, 20, 5, 100].map((amount) => table.bet({ type: "pass_line", amount }));
  expect(sum("game.bets", { "game.outcome": "placed" })).toBe(4);
  expect(sum("game.wagered")).toBe(0);
  won!.won({ paid: 20 });
  lost!.lost();
  pushed!.push();
  expect(sum("game.wagered", { "game.bet.type": "pass_line" })).toBe(35);
  expect(sum("game.paid_out")).toBe(25);
  expect(times("game.bet.amount")).toMatchObject({ count: 4, sum: 135 });
  expect(made.summary).toMatchObject({ bets: 4, openBets: 1, returnToPlayer: 25 / 35 });
  expect(open!.outcome).toBeUndefined();
});

test("a void bet is neither wagered nor paid", () => {
  const { made, sum } = played();
  made.session().bet({ type: "field", amount: 50 }).void();
  expect(sum("game.bets", { "game.outcome": "void" })).toBe(1);
  expect(sum("game.wagered") + sum("game.paid_out")).toBe(0);
});

test("a bet is settled once; what comes later is an anomaly", () => {
  const { made, sum } = played();
  const bet = made.session().bet({ type: "field", amount: 10 });
  bet.lost();
  bet.won({ paid: 20 });
  expect(bet.outcome).toBe("lost");
  expect(sum("game.paid_out")).toBe(0);
  expect(sum("game.bets", { "game.outcome": "won" })).toBe(0);
  expect(sum("game.anomalies", { "game.anomaly": "closed_bet" })).toBe(1);
});

test("amounts may be bigints and decimal texts; what is none is neither wagered nor paid", () => {
  const { made, sum } = played();
  const table = made.session();
  table.bet({ type: "a", amount: 10n }).won({ paid: "20.50" });
  for (const amount of [Number.NaN, Number.POSITIVE_INFINITY, -5, "ten", "", null, undefined, {}, 2n ** 80n]) {
    table.bet({ type: "a", amount: amount as never }).won({ paid: 1_000 });
    table.bet({ type: "a", amount: 1_000 }).won({ paid: amount as never });
  }
  expect(sum("game.wagered")).toBe(10);
  expect(sum("game.paid_out")).toBe(20.5);
  expect(sum("game.bets", { "game.outcome": "placed" })).toBe(19);
  expect(sum("game.bets", { "game.outcome": "won" })).toBe(19);
  expect(sum("game.anomalies", { "game.anomaly": "bad_value" })).toBe(18);
  expect(made.summary.openBets).toBe(0);
});

test("a type of bet and an outcome that the game does not know are other", () => {
  const { made, sum } = played({ betTypes: ["pass_line"], outcomes: ["seven_out"] });
  const table = made.session();
  table.bet({ type: "hop_hop", amount: 1 }).lost();
  table.bet({ type: 7 as never, amount: 1 }).lost();
  table.roundEnded("dice_lost");
  expect(sum("game.wagered", { "game.bet.type": "other" })).toBe(2);
  expect(sum("game.rounds", { "game.outcome": "other" })).toBe(1);
});

test("tables and players are counted as they are", () => {
  const { made, values, sum } = played();
  const [first, second] = [made.session({ players: 3 }), made.session()];
  second.joined();
  second.joined();
  second.left();
  second.players(-2);
  second.players(1.5);
  expect(values("game.sessions.active")).toEqual([2]);
  expect(values("game.players.active")).toEqual([4]);
  first.close();
  first.close();
  second[Symbol.dispose]();
  second.joined();
  expect(values("game.sessions.active")).toEqual([0]);
  expect(values("game.players.active")).toEqual([0]);
  expect(sum("game.anomalies", { "game.anomaly": "bad_value" })).toBe(2);
  expect(sum("game.anomalies", { "game.anomaly": "closed_session" })).toBe(1);
});

test("a table that is closed takes no bets and draws, and its open bets can be settled", () => {
  const { made, sum } = played();
  const table = made.session();
  const open = table.bet({ type: "a", amount: 10 });
  table.close();
  table.bet({ type: "a", amount: 10 }).won({ paid: 20 });
  table.draw(7);
  table.roundEnded("seven_out");
  open.lost();
  expect(sum("game.bets", { "game.outcome": "placed" })).toBe(1);
  expect(sum("game.draws") + sum("game.rounds")).toBe(0);
  expect([sum("game.wagered"), sum("game.paid_out"), made.summary.openBets]).toEqual([10, 0, 0]);
});

test("a round lasts from its first bet or draw to its end", () => {
  const { clock, made, sum, times } = played();
  const table = made.session();
  clock.ms += 60_000;
  table.bet({ type: "a", amount: 1 });
  clock.ms += 20_000;
  table.draw(7);
  clock.ms += 4_000;
  table.roundEnded("natural");
  clock.ms += 60_000;
  table.roundEnded("craps");
  expect(sum("game.rounds")).toBe(2);
  expect(times("game.round.duration")).toMatchObject({ count: 1, sum: 24 });
  table.draw(7);
  clock.ms -= 1;
  table.roundEnded("natural");
  expect(times("game.round.duration").count).toBe(1);
  expect(sum("game.anomalies", { "game.anomaly": "clock" })).toBe(1);
});

test("disputes are counted by how they end", () => {
  const { made, sum } = played();
  const table = made.session();
  table.dispute();
  table.dispute("upheld");
  expect(sum("game.disputes", { "game.outcome": "opened" })).toBe(1);
  expect(sum("game.disputes", { "game.outcome": "upheld" })).toBe(1);
});

test("draws that the law does not know are other, and are not tested", () => {
  const { made, sum } = played({ law: { heads: 1, tails: 1 } });
  const table = made.session();
  table.draw("heads");
  table.draw("edge");
  expect(sum("game.draws", { "game.result": "heads" })).toBe(1);
  expect(sum("game.draws", { "game.result": "other" })).toBe(1);
  expect(sum("game.anomalies", { "game.anomaly": "unknown_result" })).toBe(1);
  expect(made.fairness().all.draws).toBe(1);
});

test("fairness is in the metrics from 1,000 draws on", () => {
  const { made, values } = played({ law: { heads: 1, tails: 1 } });
  const table = made.session();
  for (let i = 0; i < 999; i++) table.draw(i % 2 === 0 ? "heads" : "tails");
  expect(values("game.fairness.p_value")).toEqual([]);
  table.draw("tails");
  expect(values("game.fairness.p_value")).toEqual([1]);
  expect(values("game.fairness.chi_square")).toEqual([0]);
});

test("a coin that becomes loaded after a long fair time is told once, and again after it was fair", async () => {
  const exporter = new InMemoryLogRecordExporter();
  logs.disable();
  logs.setGlobalLoggerProvider(new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] }));
  const told: UnfairDraws[] = [];
  const { made, name } = played({
    law: { heads: 1, tails: 1 },
    fairnessWindow: 2_000,
    onUnfair: (draws) => {
      told.push(draws);
      throw new Error("mine");
    },
  });
  const table = made.session();
  const draw = (count: number, headsOfTen: number) => {
    for (let i = 0; i < count; i++) table.draw(i % 10 < headsOfTen ? "heads" : "tails");
  };
  draw(50_000, 5);
  expect(made.fairness().isFair).toBe(true);
  draw(3_000, 6);
  expect(told.length).toBe(1);
  expect(told[0]).toMatchObject({ game: name, draws: 2_000 });
  expect(made.fairness().isFair).toBe(false);
  expect(made.fairness().all.draws).toBe(53_000);
  draw(4_000, 5);
  expect(made.fairness().isFair).toBe(true);
  draw(2_000, 6);
  await new Promise((resolve) => setImmediate(resolve));
  logs.disable();
  expect(told.length).toBe(2);
  expect(exporter.getFinishedLogRecords().map(({ eventName }) => eventName)).toEqual([
    "game.unfair_draws",
    "game.unfair_draws",
  ]);
});

test("a game is found by its name; one created again has new options, and its tables that are open still count", () => {
  const { made, name, values } = played();
  const table = made.session({ players: 2 });
  expect(game(name)).toBe(made);
  const again = createGame({ game: name, betTypes: ["pass_line"] });
  again.session();
  expect(game(name)).toBe(again);
  expect(values("game.sessions.active")).toEqual([2]);
  table.close();
  expect(values("game.sessions.active")).toEqual([1]);
});

test("wrong options throw at once and say what to give", () => {
  const wrong = (options: object) => () => createGame({ game: "wrong", ...options });
  expect(wrong({ game: "" })).toThrow(expect.objectContaining({ code: "TELLTALE_BAD_GAMING_OPTION" }));
  expect(wrong({ bets: [] })).toThrow(/gaming\.bets is not an option; there are game, betTypes/);
  expect(wrong({ betTypes: [] })).toThrow(/gaming\.betTypes is \[\]; give a list of 1 to 100 names/);
  expect(wrong({ outcomes: [""] })).toThrow(/gaming\.outcomes/);
  expect(wrong({ law: { 7: 0, 8: 1 } })).toThrow(/gaming\.law is .*weights above 0/);
  expect(wrong({ law: { 7: 1 } })).toThrow(/give 2 to 100 results/);
  expect(wrong({ fairnessWindow: 10 })).toThrow(/fairnessWindow is 10; give draws from 1000/);
  expect(wrong({ onUnfair: 1 })).toThrow(/gaming\.onUnfair is of type number/);
});

test("whatever becomes of the bets, those placed are open or settled once, and money is that of the settled ones", () => {
  const fate = fc.record({
    amount: fc.integer({ min: 0, max: 1_000 }),
    paid: fc.integer({ min: 0, max: 2_000 }),
    settle: fc.array(fc.constantFrom("won" as const, "lost" as const, "push" as const, "void" as const), {
      maxLength: 3,
    }),
  });
  const { made, sum } = played();
  const state = () => ({
    placed: sum("game.bets", { "game.outcome": "placed" }),
    settled: ["won", "lost", "push", "void"].reduce(
      (n, outcome) => n + sum("game.bets", { "game.outcome": outcome }),
      0,
    ),
    wagered: sum("game.wagered"),
    paid: sum("game.paid_out"),
    late: sum("game.anomalies", { "game.anomaly": "closed_bet" }),
  });
  fc.assert(
    fc.property(fc.array(fate, { maxLength: 30 }), (fates) => {
      const before = state();
      const openBefore = made.summary.openBets;
      const table = made.session();
      for (const { amount, paid, settle } of fates) {
        const bet: Bet = table.bet({ type: "pass_line", amount });
        for (const outcome of settle) {
          if (outcome === "won") bet.won({ paid });
          else bet[outcome]();
        }
      }
      table.close();
      const first = (outcome: string) => fates.filter(({ settle }) => settle[0] === outcome);
      const total = (list: readonly { readonly amount: number }[]) => list.reduce((n, one) => n + one.amount, 0);
      const settled = fates.filter(({ settle }) => settle.length > 0).length;
      expect(state()).toEqual({
        placed: before.placed + fates.length,
        settled: before.settled + settled,
        wagered: before.wagered + total([...first("won"), ...first("lost"), ...first("push")]),
        paid: before.paid + first("won").reduce((n, { paid }) => n + paid, 0) + total(first("push")),
        late: before.late + fates.reduce((n, { settle }) => n + Math.max(0, settle.length - 1), 0),
      });
      expect(made.summary.openBets).toBe(openBefore + fates.length - settled);
    }),
    { numRuns: 100 },
  );
});
