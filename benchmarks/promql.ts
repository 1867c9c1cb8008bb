/**
 * npm run bench:promql: what rules and a long range query cost in CPU time, beside the real Prometheus with the same
 * samples, asked over its API; and what a sample costs in memory.
 */
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { parseArgs } from "node:util";
import { MemoryStore, parse, queryInstant, queryRange, queryRangeInTurns } from "@telltale/promql";
import { absentServers, programPath } from "../test/e2e/server-program.ts";
import { type PrometheusWithSamples, prometheusWith } from "../test/promql/prometheus-answers.ts";
import { fleet, METRICS, rules, SCRAPE_MS, START_MS, scrape } from "./promql/fleet.ts";
import { median, table, writeSection } from "./report.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    /** One round over little data, and nothing is written. */
    quick: { type: "boolean" },
    /** Without the real Prometheus. */
    alone: { type: "boolean" },
  },
});
const rounds = values.quick ? 1 : Number(values.rounds);
const metrics = values.quick ? 6 : METRICS;
const ruleCount = values.quick ? 60 : 1_000;
const scrapes = 260;
const endMs = START_MS + (scrapes - 1) * SCRAPE_MS;
const range = { startMs: endMs - 239 * SCRAPE_MS, endMs, stepMs: SCRAPE_MS };
const rateOfAll = 'sum(rate({__name__=~"metric_.*"}[5m]))';

const series = fleet(metrics);
const alerts = rules(ruleCount, metrics);
/** Rules are parsed when they are loaded. Prometheus parses them with each question, which is a small part of its work. */
const parsed = alerts.map((rule) => parse(rule));
const store = new MemoryStore();
globalThis.gc?.();
const before = memory();
for (let i = 0; i < scrapes; i++) store.append(scrape(series, i));
globalThis.gc?.();
const bytesPerSample = (memory() - before) / (series.length * scrapes);

const servers = values.alone ? [] : await startServers();
const works = [
  { name: `${ruleCount} alert rules of 110 series`, ours: ownRules, theirs: askRules },
  { name: `rate over ${series.length} series, 240 steps`, ours: ownRange, theirs: askRange },
];
const rows = [["work, ms of CPU", "telltale", ...servers.flatMap(({ name }) => [name, "ratio"])]];
for (const { name, ours, theirs } of works) {
  const own: number[] = [];
  const real = servers.map((): number[] => []);
  for (let round = 0; round <= rounds; round++) {
    const cpu = process.cpuUsage();
    ours();
    const { user, system } = process.cpuUsage(cpu);
    // The first round warms up: the code here, the caches there.
    if (round > 0) own.push((user + system) / 1000);
    for (const [i, { server }] of servers.entries()) {
      const start = cpuOf(server.pid);
      await theirs(server);
      if (round > 0) real[i]!.push(cpuOf(server.pid) - start);
    }
  }
  const cost = median(own);
  const others = real.map((costs) => median(costs));
  rows.push([name, cost.toFixed(0), ...others.flatMap((other) => [other.toFixed(0), (cost / other).toFixed(2)])]);
}
for (const { server } of servers) await server[Symbol.asyncDispose]();
const turnsMs = await turnsOfRange();
const holds = `In turns of 5 ms that query holds the thread ${turnsMs.length} times, for ${median(turnsMs).toFixed(1)} ms in the middle and ${Math.max(...turnsMs).toFixed(1)} ms at most.`;
const text = `${table(rows)}\n\n${holds} A sample in the store takes ${bytesPerSample.toFixed(1)} bytes, its share of the labels included.`;
console.log(text);
if (!values.quick && servers.length > 0) {
  writeSection(
    "promql",
    "PromQL: `npm run bench:promql`",
    `${series.length} series of ${scrapes} samples; medians of ${rounds} rounds in turns. Prometheus answers over its API, which includes parsing the question and writing the answer.\n\n${text}`,
  );
}

function ownRules(): void {
  for (const rule of parsed) queryInstant(store, rule, { timeMs: endMs });
}

async function askRules({ ask }: PrometheusWithSamples): Promise<void> {
  for (const query of alerts) await ask({ query, startMs: endMs, endMs, stepMs: 0 });
}

function ownRange(): void {
  queryRange(store, rateOfAll, range);
}

/** For how long each turn of the range query held the thread: by the clock, since processor time is told in steps of 4 ms. */
async function turnsOfRange(): Promise<readonly number[]> {
  const turns: number[] = [];
  let beforeMs = performance.now();
  const end = (): void => {
    turns.push(performance.now() - beforeMs);
  };
  const pause = async (): Promise<void> => {
    end();
    await setImmediate();
    beforeMs = performance.now();
  };
  await queryRangeInTurns(store, rateOfAll, { ...range, pause });
  end();
  return turns;
}

async function askRange({ ask }: PrometheusWithSamples): Promise<void> {
  await ask({ query: rateOfAll, ...range });
}

/** Debian's Prometheus, and version 3 where somebody has built it, with the same samples. */
async function startServers(): Promise<{ name: string; server: PrometheusWithSamples }[]> {
  const newer = join(homedir(), "go/bin/prometheus3");
  const programs = [
    ...(absentServers("prometheus") ? [] : [{ name: "Prometheus, Debian's", program: programPath("prometheus") }]),
    ...(existsSync(newer) ? [{ name: "Prometheus 3", program: newer }] : []),
  ];
  return await Promise.all(programs.map(async ({ name, program }) => ({ name, server: await filled(program) })));
}

async function filled(program: string): Promise<PrometheusWithSamples> {
  const server = await prometheusWith(program, []);
  for (let i = 0; i < scrapes; i += 10) {
    await server.write(Array.from({ length: 10 }, (_, j) => scrape(series, i + j)).flat());
  }
  return server;
}

function memory(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** The processor time of a process so far, in milliseconds; the kernel counts in hundredths of a second. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
