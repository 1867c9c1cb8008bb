import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createHistogram } from "../../histogram.ts";
import { currentRevision } from "../../revision.ts";
import { mirrorWriter } from "./mirror-writer.ts";
import { mirroredSource } from "./mirrored-source.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a thread that has not begun to answer is waited for 25 ms, and one that has for as long as collecting may take", async () => {
  const { source, thread } = await answered();
  const blocked = settled(source.contents());
  await vi.advanceTimersByTimeAsync(24);
  expect(blocked()).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(blocked()).toBe(true);
  source.answered();
  const collecting = settled(source.contents());
  thread.begun = true;
  await vi.advanceTimersByTimeAsync(1_499);
  expect(collecting()).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(collecting()).toBe(true);
  source.close();
});

test("a page is written as soon as the thread has answered, however long that took", async () => {
  const { source, thread } = await answered();
  const page = settled(source.contents());
  thread.begun = true;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(page()).toBe(false);
  source.answered();
  await vi.advanceTimersByTimeAsync(0);
  expect(page()).toBe(true);
  source.close();
});

/** A source that has had one sample, of what the thread has to be asked for at each scrape. */
async function answered() {
  const thread = { begun: false };
  const source = mirroredSource({ ask() {}, begun: () => thread.begun, revision: currentRevision });
  const sizes = createHistogram({ name: "mirrored.sizes" });
  sizes.record(1);
  const message = await mirrorWriter().write({ resource: {}, scopes: [], instruments: [sizes] }, currentRevision());
  source.told(structuredClone(message as NonNullable<typeof message>));
  source.answered();
  return { source, thread };
}

/** Whether it has come by now. */
function settled(promise: Promise<unknown>): () => boolean {
  let done = false;
  void promise.then(() => {
    done = true;
  });
  return () => done;
}
