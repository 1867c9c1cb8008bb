import { type Instrument, instruments } from "@telltale/metrics";
import fc from "fast-check";
import { expect, test } from "vitest";
import { agents, createAgents } from "./agents.ts";

let tests = 0;

/** Agents of a type that no other test has, on a clock that the test moves. */
function colony() {
  const clock = { ms: 1_000 };
  const type = `type-${tests++}`;
  const made = createAgents({ now: () => clock.ms });
  const series = (name: string, match: Readonly<Record<string, string>> = {}) => {
    const instrument = Array.from(instruments()).find((one) => one.name === name) as Instrument;
    instrument.refresh();
    return instrument
      .series()
      .filter(({ attributes }) => Object.values(attributes).includes(type))
      .filter(({ attributes }) => Object.entries(match).every(([key, value]) => attributes[key] === value))
      .map((one) => one.total());
  };
  const sum = (name: string, match = {}) => (series(name, match) as number[]).reduce((all, value) => all + value, 0);
  const times = (name: string, match = {}) => {
    const found = series(name, match) as unknown as readonly { readonly count: number; readonly sum?: number }[];
    return { count: found.reduce((n, one) => n + one.count, 0), sum: found.reduce((n, one) => n + (one.sum ?? 0), 0) };
  };
  const events = (event: string) => sum("agent.lifecycle.events", { "agent.event": event });
  return { clock, agents: made, type, series, sum, times, events, spawn: () => made.spawn({ type }) };
}

test("an agent is alive from its spawning to its end, in one state at a time", () => {
  const { sum, series, events, spawn } = colony();
  const agent = spawn();
  const active = (state: string) => sum("agent.active", { "agent.state": state });
  expect([agent.state, active("idle")]).toEqual(["idle", 1]);
  agent.started();
  agent.paused();
  expect([active("idle"), active("running"), active("blocked")]).toEqual([0, 0, 1]);
  agent.resumed();
  agent.crashed();
  expect(series("agent.active")).toEqual([0, 0, 0]);
  agent.restarted();
  agent.evolved();
  agent.stopped();
  expect(sum("agent.active")).toBe(0);
  const all = ["spawned", "started", "paused", "resumed", "crashed", "restarted", "evolved", "stopped"];
  expect(all.map(events)).toEqual(all.map(() => 1));
});

test("what an agent does at the moment is no event of its life", () => {
  const { sum, spawn } = colony();
  const agent = spawn();
  agent.running();
  agent.blocked();
  agent.idle();
  expect(agent.state).toBe("idle");
  expect(sum("agent.lifecycle.events")).toBe(1);
});

test("a crash is seen in its series before the first one happens", () => {
  const { series, spawn } = colony();
  spawn();
  expect(series("agent.lifecycle.events", { "agent.event": "crashed" })).toEqual([0]);
});

test("a message waits in the mailbox until it is handled, whose time is recorded even when it throws", async () => {
  const { clock, sum, times, spawn } = colony();
  const agent = spawn();
  const [first, second, third] = [agent.receive(), agent.receive(), agent.receive()];
  expect([agent.mailboxDepth, sum("agent.mailbox.depth")]).toEqual([3, 3]);
  expect(
    first.handle(() => {
      clock.ms += 20;
      return "done";
    }),
  ).toBe("done");
  const failing = second.handle(async () => {
    clock.ms += 30;
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  third.dropped();
  expect(sum("agent.mailbox.depth")).toBe(0);
  expect(times("agent.message.duration")).toEqual({ count: 2, sum: 0.05 });
  expect(sum("agent.messages", { "agent.outcome": "delivered", "network.io.direction": "receive" })).toBe(2);
  expect(sum("agent.messages", { "agent.outcome": "dropped" })).toBe(1);
});

test("what waits for an agent that is stopped becomes dead letters; one that crashed finds its mailbox again", () => {
  const { sum, spawn } = colony();
  const agent = spawn();
  agent.receive();
  agent.crashed();
  agent.receive();
  expect(sum("agent.mailbox.depth")).toBe(2);
  agent.restarted();
  expect(agent.mailboxDepth).toBe(2);
  agent.stopped();
  agent.receive();
  expect(sum("agent.mailbox.depth")).toBe(0);
  expect(sum("agent.messages", { "agent.outcome": "dead_letter" })).toBe(3);
});

test("messages that an agent sends are counted by what became of them", () => {
  const { sum, spawn } = colony();
  const agent = spawn();
  agent.sent();
  agent.sent("dropped");
  expect(sum("agent.messages", { "network.io.direction": "transmit" })).toBe(2);
  expect(sum("agent.messages", { "network.io.direction": "transmit", "agent.outcome": "dropped" })).toBe(1);
});

test("goals end once, and those of an agent that ends are abandoned", () => {
  const { clock, sum, times, spawn } = colony();
  const agent = spawn();
  const goal = agent.goal();
  agent.goal();
  clock.ms += 3_000;
  goal.completed();
  goal.failed();
  agent.crashed();
  agent.goal();
  expect(sum("agent.goals", { "agent.outcome": "completed" })).toBe(1);
  expect(sum("agent.goals", { "agent.outcome": "abandoned" })).toBe(2);
  expect(times("agent.goal.duration", { "agent.outcome": "completed" }).sum).toBe(3);
  expect(sum("agent.anomalies", { "agent.anomaly": "closed_goal" })).toBe(1);
});

test("pursue() tells by the error how a goal ended", async () => {
  const { sum, spawn } = colony();
  const agent = spawn();
  const error = (name: string) => Object.assign(new Error(name), { name });
  await agent.goal().pursue(() => 1);
  for (const name of ["TimeoutError", "AbortError", "Error"]) {
    const pursued = agent.goal().pursue(() => {
      throw error(name);
    });
    await expect(pursued).rejects.toThrow(name);
  }
  const outcomes = ["completed", "timed_out", "abandoned", "failed"];
  expect(outcomes.map((outcome) => sum("agent.goals", { "agent.outcome": outcome }))).toEqual([1, 1, 1, 1]);
});

test("a population has the generation that lives now, and its fitness, negative ones too", () => {
  const { agents: made, type, sum } = colony();
  const population = made.population(type);
  population.generation(1, [-3, 5, 1]);
  const fitness = (statistic: string) => sum("agent.evolution.fitness", { "agent.statistic": statistic });
  expect([fitness("best"), fitness("mean"), fitness("worst")]).toEqual([5, 1, -3]);
  population.generation(2, { best: -1, mean: -2, worst: -9 });
  expect(sum("agent.evolution.generation")).toBe(2);
  expect([fitness("best"), fitness("mean"), fitness("worst")]).toEqual([-1, -2, -9]);
  population.generation(3, []);
  expect([sum("agent.evolution.generation"), fitness("best")]).toEqual([3, 0]);
  population.generation(Number.NaN, [7]);
  population.generation(-1);
  expect(sum("agent.evolution.generation")).toBe(3);
});

test("agents() are those that were created last, and what is disposed of leaves the metrics", () => {
  const { agents: made, series, spawn } = colony();
  expect(agents()).toBe(made);
  spawn();
  made[Symbol.dispose]();
  expect(series("agent.active")).toEqual([]);
  expect(agents()).not.toBe(made);
});

const impossible = [
  ["an agent that never ended is restarted", ["restarted"]],
  ["one that is not paused is resumed", ["resumed"]],
  ["one that is stopped evolves", ["stopped", "evolved"]],
  ["one is stopped twice", ["stopped", "stopped"]],
  ["one crashes twice", ["crashed", "crashed"]],
  ["one works after its end", ["crashed", "running"]],
] as const;

test.each(impossible)("that %s changes nothing and is counted", (_, told) => {
  const { sum, spawn } = colony();
  const agent = spawn();
  for (const what of told) agent[what]();
  expect(sum("agent.anomalies", { "agent.anomaly": "invalid_transition" })).toBe(1);
});

test("a message that is handled twice is counted once, and time that runs backwards is not recorded", () => {
  const { clock, sum, times, spawn } = colony();
  const message = spawn().receive();
  const done = message.taken();
  clock.ms -= 100;
  done();
  done();
  message.deadLetter();
  expect(times("agent.message.duration").count).toBe(0);
  expect(sum("agent.messages")).toBe(1);
  expect(sum("agent.anomalies")).toBe(2);
});

test("whatever happens to agents, those in all states together are those that are alive", () => {
  const event = fc.constantFrom(
    ...(["started", "paused", "resumed", "stopped", "crashed", "restarted", "evolved", "idle", "blocked"] as const),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(4), event), { maxLength: 80 }), (steps) => {
      const { sum, series, spawn } = colony();
      const all = Array.from({ length: 5 }, spawn);
      for (const [which, what] of steps) all[which]![what]();
      for (const state of ["idle", "running", "blocked"]) {
        expect(series("agent.active", { "agent.state": state })).toEqual([
          all.filter((agent) => agent.state === state).length,
        ]);
      }
      expect(sum("agent.active")).toBe(all.filter(({ isAlive }) => isAlive).length);
    }),
    { numRuns: 60 },
  );
});
