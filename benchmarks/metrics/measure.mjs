/** One process, one case: `node measure.mjs <candidate> <work>` prints what one operation costs. */
import { performance } from "node:perf_hooks";

const [candidate, work] = process.argv.slice(2, 4);
const { works } = await import(`./${candidate}.mjs`);
const prepared = works[work]();

console.log(JSON.stringify(await measured()));
process.exit(0);

async function measured() {
  if (work.startsWith("bytes")) return bytesPerSeries(prepared);
  if (work.startsWith("scrape")) return scrapes(prepared);
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
  const untilMs = performance.now() + 2_500;
  for (let round = 0; round < 8 || (performance.now() < untilMs && round < 200); round++) {
    touch();
    const hold = holdWatch();
    const before = process.cpuUsage();
    await run();
    const { user, system } = process.cpuUsage(before);
    const held = await hold();
    if (round < 4) continue;
    costs.push((user + system) / 1_000);
    holds.push(held);
  }
  return { value: average(costs), hold: median(holds) };
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
  return { value: (after - before) / series, alive: typeof kept };
}

function average(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
