/** One process, one case: `node measure.mjs <candidate> <work> <peers>` prints what one operation costs. */
import { performance } from "node:perf_hooks";

const [candidate, work, , budgetMs] = process.argv.slice(2);
const { works } = await import(`./${candidate}.mjs`);
const run = await works[work]();

console.log(JSON.stringify({ value: work.startsWith("lost") ? await run() : nanoseconds() }));
process.exit(0);

/** CPU of all threads of the process together, so that collecting garbage counts. */
function nanoseconds() {
  const enoughMs = Number(budgetMs);
  let n = 10_000;
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
  return ((user + system) * 1_000) / n;
}
