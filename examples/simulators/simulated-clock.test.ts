import { expect, test } from "vitest";
import { seededRandom } from "./seeded-random.ts";
import { SimulatedClock } from "./simulated-clock.ts";

test("work is done in the order of its times, that of one moment in the order of its planning", async () => {
  const clock = new SimulatedClock();
  const random = seededRandom(3);
  const done: number[] = [];
  const delays = Array.from({ length: 300 }, () => Math.floor(random.next() * 40));
  for (const delay of delays) clock.after(delay, () => done.push(clock.now()));
  await clock.run({ durationMs: 100 });
  expect(done).toEqual(delays.toSorted((a, b) => a - b));
  expect(clock.now()).toBe(100);
});

test("each tick comes at its simulated time, after the work that was due", async () => {
  const clock = new SimulatedClock();
  let count = 0;
  clock.every(
    () => 10,
    () => void count++,
  );
  const ticks: (readonly [number, number, number])[] = [];
  await clock.run({ durationMs: 100, tickMs: 30, onTick: (ms) => void ticks.push([ms, clock.now(), count]) });
  expect(ticks).toEqual([
    [30, 30, 3],
    [60, 60, 6],
    [90, 90, 9],
  ]);
  expect(count).toBe(10);
});

test("an aborted run stops at its next tick", async () => {
  const clock = new SimulatedClock();
  const abort = new AbortController();
  await clock.run({
    durationMs: 1_000,
    tickMs: 100,
    signal: abort.signal,
    onTick: (ms) => void (ms === 300 && abort.abort()),
  });
  expect(clock.now()).toBe(300);
});

test("a speed makes simulated time pass no faster than that", async () => {
  const clock = new SimulatedClock();
  const started = performance.now();
  await clock.run({ durationMs: 30_000, tickMs: 10_000, speed: 1_000 });
  // Timers of Node are cut to whole milliseconds.
  expect(performance.now() - started).toBeGreaterThanOrEqual(25);
});
