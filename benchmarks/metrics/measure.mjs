/** One process, one case: `node measure.mjs <candidate> <work>` prints what one operation costs. */
import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { Worker } from "node:worker_threads";

const [candidate, work] = process.argv.slice(2, 4);
const budgetMs = Number(process.argv[6]);
/** So much of it passes before something counts. */
const WARM_SHARE = 0.4;
const { works } = await import(`./${candidate}.mjs`);
const prepared = await works[work]();

console.log(JSON.stringify(await measured()));
process.exit(0);

async function measured() {
  if (work.startsWith("bytes")) return bytesPerSeries(prepared);
  if (work.startsWith("garbage")) return bytesPerRecord(prepared);
  if (work.startsWith("scrape") || work.startsWith("otlp")) return scrapes(prepared);
  if (work.startsWith("served")) return servedScrapes(prepared);
  return records(prepared);
}

/** Nanoseconds of CPU, all threads of the process together, so that collecting garbage counts. */
function records(run) {
  const enoughMs = 150;
  let n = 1_000;
  for (let warm = 0; ; warm++) {
    const startedMs = performance.now();
    for (let i = 0; i < n; i++) run(i);
    const tookMs = performance.now() - startedMs;
    if (warm >= 3 && tookMs > enoughMs / 2) break;
    if (tookMs < enoughMs / 2) n *= 2;
  }
  const before = process.cpuUsage();
  for (let i = 0; i < n; i++) run(i);
  const { user, system } = process.cpuUsage(before);
  return { value: ((user + system) * 1_000) / n };
}

/** Milliseconds of CPU of a scrape, and how long the event loop was held at a stretch. */
async function scrapes({ touch, run }) {
  const costs = [];
  const holds = [];
  // What is fast is repeated until it is compiled before it counts.
  const countsFromMs = performance.now() + WARM_SHARE * budgetMs;
  const untilMs = performance.now() + budgetMs;
  // Of what takes longer than all that.
  const enough = budgetMs < 1_000 ? 1 : 2;
  for (let round = 0; costs.length < enough || performance.now() < untilMs; round++) {
    touch();
    const hold = holdWatch();
    const before = process.cpuUsage();
    await run();
    const { user, system } = process.cpuUsage(before);
    const held = await hold();
    if (round < enough || performance.now() < countsFromMs) continue;
    costs.push((user + system) / 1_000);
    holds.push(held);
  }
  return { value: average(costs), hold: median(holds) };
}

/** Milliseconds of CPU of this thread, a scrape over HTTP; and how long one takes that comes while this thread is blocked. */
async function servedScrapes({ touch, url }) {
  const client = new Worker(new URL("./client.mjs", import.meta.url), { workerData: url });
  const scraped = async (count, meanwhile) => {
    client.postMessage(count);
    meanwhile?.();
    const [tookMs] = await once(client, "message");
    return tookMs;
  };
  await scraped(5);
  const costs = [];
  const countsFromMs = performance.now() + WARM_SHARE * budgetMs;
  const untilMs = performance.now() + budgetMs;
  // Some at a time, so that it does not count what asking the client costs.
  const scrapes = 5;
  while (costs.length === 0 || performance.now() < untilMs) {
    touch();
    // A thread's time is added up when it sleeps.
    await new Promise((resolve) => setTimeout(resolve, 1));
    const before = process.threadCpuUsage();
    await scraped(scrapes);
    const { user, system } = process.threadCpuUsage(before);
    if (performance.now() < countsFromMs) continue;
    costs.push((user + system) / 1_000 / scrapes);
  }
  const answer = await scraped(1, () => {
    const freeMs = performance.now() + 500;
    while (performance.now() < freeMs);
  });
  return { value: average(costs), answer };
}

/** The longest time between two turns of the event loop. */
function holdWatch() {
  let last = performance.now();
  let longest = 0;
  let stopped = false;
  const look = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!stopped) setImmediate(look);
  };
  setImmediate(look);
  return async () => {
    await new Promise((resolve) => setImmediate(resolve));
    stopped = true;
    return longest;
  };
}

async function bytesPerSeries(make) {
  const series = 10_000;
  const collect = () => {
    for (let i = 0; i < 4; i++) globalThis.gc();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  await make(100);
  const before = collect();
  const kept = await make(series);
  const after = collect();
  // Looked at afterwards, so that it is still there when the heap is measured.
  const { sharedBytes = 0 } = kept;
  return { value: (after - before + sharedBytes) / series };
}

/** What the garbage collector has to take away after a record: all that is allocated, as the new space never fills up. */
function bytesPerRecord(run) {
  const records = 300_000;
  for (let warm = 0; warm < 3; warm++) for (let i = 0; i < records; i++) run(i);
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 4; round++) {
    globalThis.gc();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < records; i++) run(i);
    least = Math.min(least, process.memoryUsage().heapUsed - before);
  }
  // What measuring itself leaves behind is a part of a byte.
  return { value: Math.round(Math.max(0, least) / records) };
}

function average(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
