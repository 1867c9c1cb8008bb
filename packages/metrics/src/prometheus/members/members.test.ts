import { afterEach, expect, test, vi } from "vitest";
import type { ChannelEvents } from "./channel.ts";
import { members } from "./members.ts";

afterEach(() => void vi.useRealTimers());

test("who does not answer is waited for a second once, and again when it has answered", async () => {
  vi.useFakeTimers();
  const { events, collect } = opened();
  const first = settled(collect());
  events.answer("1", []);
  await vi.advanceTimersByTimeAsync(999);
  expect(first()).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(first()).toBe(true);
  const second = settled(collect());
  events.answer("1", []);
  await vi.advanceTimersByTimeAsync(0);
  expect(second()).toBe(true);
  events.answer("2", []);
  const third = settled(collect());
  events.answer("1", []);
  await vi.advanceTimersByTimeAsync(0);
  expect(third()).toBe(false);
  events.answer("2", []);
  await vi.advanceTimersByTimeAsync(0);
  expect(third()).toBe(true);
});

test("who ends while it is waited for holds nothing up, and is asked no more", async () => {
  vi.useFakeTimers();
  const { events, collect, ids } = opened();
  const first = settled(collect());
  events.answer("1", []);
  ids.delete("2");
  events.gone("2");
  await vi.advanceTimersByTimeAsync(0);
  expect(first()).toBe(true);
  const second = settled(collect());
  events.answer("1", []);
  await vi.advanceTimersByTimeAsync(0);
  expect(second()).toBe(true);
});

/** Two members that answer when the test says so. */
function opened() {
  const ids = new Set(["1", "2"]);
  let events: ChannelEvents | undefined;
  const { collect } = members([
    (given) => {
      events = given;
      return { ask: () => ids, close() {} };
    },
  ]);
  return { ids, collect, events: events as ChannelEvents };
}

/** Whether it has come by now. */
function settled(promise: Promise<unknown>): () => boolean {
  let done = false;
  void promise.then(() => {
    done = true;
  });
  return () => done;
}
