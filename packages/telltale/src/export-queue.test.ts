import type { ExportResult } from "@opentelemetry/core";
import { expect, test } from "vitest";
import { ExportQueue } from "./export-queue.ts";

interface Item {
  readonly id: number;
}

/** An exporter that answers when it is told to. */
function heldExporter() {
  const batches: { readonly ids: readonly number[]; readonly answer: () => void }[] = [];
  return {
    batches,
    answerAll: () => {
      for (const batch of batches) batch.answer();
    },
    export(items: Item[], done: (result: ExportResult) => void) {
      batches.push({ ids: items.map(({ id }) => id), answer: () => done({ code: 0 }) });
    },
    async shutdown() {},
  };
}

function queueOf(
  exporter: ReturnType<typeof heldExporter>,
  batch: Partial<ConstructorParameters<typeof ExportQueue>[0]["batch"]> = {},
) {
  return new ExportQueue<Item>({
    exporter,
    what: "items to nowhere",
    batch: { maxQueueSize: 4, maxExportBatchSize: 2, scheduledDelayMs: 60_000, exportTimeoutMs: 60_000, ...batch },
  });
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("a full batch leaves at once, the rest waits", async () => {
  const exporter = heldExporter();
  const queue = queueOf(exporter);
  for (const id of [1, 2, 3]) queue.add({ id });
  await settled();
  expect(exporter.batches.map(({ ids }) => ids)).toEqual([[1, 2]]);
  expect(queue.pending).toBe(3);
});

test("a part of a batch leaves after the scheduled delay", async () => {
  const exporter = heldExporter();
  const queue = queueOf(exporter, { scheduledDelayMs: 1 });
  queue.add({ id: 1 });
  await expect.poll(() => exporter.batches.map(({ ids }) => ids)).toEqual([[1]]);
});

test("eight exports are under way at most, and what exceeds the queue is dropped and counted", async () => {
  const exporter = heldExporter();
  const queue = queueOf(exporter);
  for (let id = 0; id < 21; id++) queue.add({ id });
  await settled();
  expect(exporter.batches).toHaveLength(8);
  expect(queue.dropped).toBe(1);
  expect(queue.pending).toBe(20);
  exporter.answerAll();
  await settled();
  expect(exporter.batches).toHaveLength(10);
});

test("a part of a batch that found eight exports under way leaves when one of them has ended", async () => {
  const exporter = heldExporter();
  const queue = queueOf(exporter, { maxQueueSize: 100, scheduledDelayMs: 1 });
  for (let id = 0; id < 17; id++) queue.add({ id });
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(exporter.batches).toHaveLength(8);
  exporter.answerAll();
  await expect.poll(() => exporter.batches.at(-1)?.ids).toEqual([16]);
});

test("ten thousand items in one tick are all delivered by a queue of the default size for spans", async () => {
  let delivered = 0;
  const batch = { maxQueueSize: 16_384, maxExportBatchSize: 512, scheduledDelayMs: 5_000, exportTimeoutMs: 30_000 };
  const queue = new ExportQueue<Item>({
    what: "items to a slow collector",
    batch,
    exporter: {
      export(items, done) {
        delivered += items.length;
        setTimeout(() => done({ code: 0 }), 2);
      },
      async shutdown() {},
    },
  });
  for (let id = 0; id < 10_000; id++) queue.add({ id });
  await queue.flush();
  expect([delivered, queue.dropped, queue.pending]).toEqual([10_000, 0, 0]);
});

test("a flush waits for the exports that were already under way", async () => {
  const exporter = heldExporter();
  const queue = queueOf(exporter);
  for (const id of [1, 2, 3]) queue.add({ id });
  await settled();
  let flushed = false;
  const flush = queue.flush().then(() => {
    flushed = true;
  });
  await settled();
  expect(exporter.batches.map(({ ids }) => ids)).toEqual([[1, 2], [3]]);
  exporter.batches[1]!.answer();
  await settled();
  expect(flushed).toBe(false);
  exporter.batches[0]!.answer();
  await flush;
  expect(queue.pending).toBe(0);
});

test("an exporter that never answers holds a flush no longer than the export time-out", async () => {
  const exporter = heldExporter();
  const queue = queueOf(exporter, { exportTimeoutMs: 5 });
  queue.add({ id: 1 });
  const keepAlive = setTimeout(() => {}, 10_000);
  await queue.flush();
  clearTimeout(keepAlive);
  expect(queue.pending).toBe(0);
});

test("an exporter that throws loses its own batch and nothing else", async () => {
  const sent: number[] = [];
  const queue = new ExportQueue<Item>({
    what: "items to nowhere",
    batch: { maxQueueSize: 4, maxExportBatchSize: 1, scheduledDelayMs: 60_000, exportTimeoutMs: 60_000 },
    exporter: {
      export(items, done) {
        if (items[0]!.id === 1) throw new Error("broken");
        sent.push(items[0]!.id);
        done({ code: 0 });
      },
      async shutdown() {},
    },
  });
  for (const id of [1, 2]) queue.add({ id });
  await queue.flush();
  expect(sent).toEqual([2]);
});

test("what was not delivered can be taken out, in flight and queued, and nothing is added afterwards", async () => {
  const exporter = heldExporter();
  const queue = queueOf(exporter);
  for (const id of [1, 2, 3]) queue.add({ id });
  await settled();
  expect(queue.takeUndelivered().map(({ id }) => id)).toEqual([1, 2, 3]);
  queue.add({ id: 4 });
  expect(queue.takeUndelivered()).toEqual([]);
});

test("after shutdown everything has been sent and later items are ignored", async () => {
  const exporter = heldExporter();
  const queue = queueOf(exporter);
  queue.add({ id: 1 });
  const shutdown = queue.shutdown();
  await settled();
  exporter.answerAll();
  await shutdown;
  queue.add({ id: 2 });
  expect(exporter.batches.map(({ ids }) => ids)).toEqual([[1]]);
});

test("the outcome of each export is counted, and since when they fail", async () => {
  let error: Error | undefined = new Error("HTTP 503");
  const exporter = {
    export: (_: Item[], done: (result: ExportResult) => void) => done(error ? { code: 1, error } : { code: 0 }),
    async shutdown() {},
  };
  const batch = { maxQueueSize: 4, maxExportBatchSize: 2, scheduledDelayMs: 60_000, exportTimeoutMs: 60_000 };
  const queue = new ExportQueue<Item>({ exporter, what: "items to nowhere", batch, sizeOf: ({ id }) => id });
  const beganMs = Date.now();
  queue.add({ id: 5 });
  expect(queue.delivery).toMatchObject({ sent: 0, pending: 5, lost: 0, failingSinceMs: undefined });
  await queue.flush();
  expect(queue.delivery).toMatchObject({ sent: 0, pending: 0, lost: 5, reason: "HTTP 503" });
  expect(queue.delivery.failingSinceMs).toBeGreaterThanOrEqual(beganMs);
  error = undefined;
  queue.add({ id: 7 });
  await queue.flush();
  expect(queue.delivery).toEqual({ sent: 7, pending: 0, lost: 5, failingSinceMs: undefined, reason: undefined });
});

test("of an export that was taken, what the backend refused is lost", async () => {
  const exporter = {
    export: (_items: Item[], done: (result: ExportResult & { refused?: number }) => void) =>
      done({ code: 0, refused: 1 }),
    async shutdown() {},
  };
  const queue = new ExportQueue<Item>({
    exporter,
    what: "items to nowhere",
    batch: { maxQueueSize: 4, maxExportBatchSize: 2, scheduledDelayMs: 60_000, exportTimeoutMs: 60_000 },
  });
  for (const id of [1, 2]) queue.add({ id });
  await queue.flush();
  expect(queue.delivery).toMatchObject({ sent: 1, lost: 1, pending: 0, failingSinceMs: undefined });
});

test("an export that does not answer in time has failed, whatever it says later", async () => {
  const exporter = heldExporter();
  const queue = queueOf(exporter, { exportTimeoutMs: 1 });
  queue.add({ id: 1 });
  await queue.flush();
  exporter.answerAll();
  expect(queue.delivery).toMatchObject({ sent: 0, lost: 1, reason: "no answer within 1 ms" });
});
