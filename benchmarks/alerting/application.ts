/** One turn of the benchmark: an application that counts and does little else, with alerting or without. Writes what it measured. */
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { bootstrap } from "telltale";
import { declareBreaches, declareSeries } from "./work.ts";

/** What a turn is told. */
export interface TurnSettings {
  /** Undefined without alerting. */
  readonly alerting:
    | { readonly rules: readonly string[]; readonly receivers: string; readonly intervalMs: number }
    | undefined;
  readonly series: number;
  /** Between collections, where there are some. */
  readonly intervalMs: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** How long nothing but alerting goes on, afterwards: what the main thread then does is what alerting costs. */
  readonly quietMs: number;
  /** How many breaches begin, at times by chance. */
  readonly breaches: number;
  /** So that the names of breaches are of this turn. */
  readonly turn: number;
}

/** What it writes. Milliseconds, but for counts. */
export interface TurnMeasured {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** The largest delay of each interval between collections: a percentile over all hardly sees what happens once in seconds. */
  readonly largest: readonly number[];
  /** The most CPU time of the main thread between two calls of a timer of 1 ms: what it did itself, without waiting for a core. */
  readonly held: number;
  /** CPU time of the main thread in the quiet time. */
  readonly mainCpuMs: number;
  /** CPU time of all threads in the quiet time. */
  readonly cpuMs: number;
  readonly evaluations: number;
  readonly missed: number;
  readonly failing: number;
  /** When each breach began, since 1970, by its name. */
  readonly breaches: Readonly<Record<string, number>>;
}

/** How often the application does something. */
const TICK_MS = 10;
/** Counts a tick. */
const COUNTS = 200;

const settings = JSON.parse(process.argv[2] ?? "") as TurnSettings;
const telemetry = bootstrap({
  service: { name: "bench-alerting" },
  tracing: { exporters: [] },
  metrics: { exporters: [] },
  logging: { sinks: [] },
  health: false,
  ...(settings.alerting !== undefined && { alerting: settings.alerting }),
});
const series = declareSeries(settings.series);
const breach = declareBreaches();
let next = 0;
const counting = setInterval(() => {
  for (let i = 0; i < COUNTS; i++) {
    series[next]?.add(1);
    next = (next + 1) % series.length;
  }
}, TICK_MS);

await wait(settings.warmUpMs);
const before = await groups();
const delay = monitorEventLoopDelay({ resolution: 1 });
const lately = monitorEventLoopDelay({ resolution: 1 });
const largest: number[] = [];
let held = 0;
let seen = process.threadCpuUsage();
const breaches: Record<string, number> = {};
const startMs = performance.now();
delay.enable();
lately.enable();
const looking = setInterval(() => {
  const now = process.threadCpuUsage();
  held = Math.max(held, (now.user + now.system - seen.user - seen.system) / 1e3);
  seen = now;
}, 1);
const windows = setInterval(() => {
  largest.push(lately.max / 1e6);
  lately.reset();
}, settings.intervalMs);
// At times by chance, so that no two hit the same place between collection and evaluation.
for (const atMs of Array.from({ length: settings.breaches }, () => Math.random() * settings.measureMs).sort(
  (a, b) => a - b,
)) {
  await wait(Math.max(0, startMs + atMs - performance.now()));
  const name = `${settings.turn}-${Object.keys(breaches).length}`;
  breach.record(1, { breach: name });
  breaches[name] = Date.now();
}
await wait(Math.max(0, startMs + settings.measureMs - performance.now()));
delay.disable();
lately.disable();
clearInterval(windows);
clearInterval(looking);
const after = await groups();
clearInterval(counting);
const cpu = { thread: process.threadCpuUsage(), process: process.cpuUsage() };
// Every series is another one than at the last collection.
const touching = setInterval(() => {
  for (const one of series) one.add(1);
}, settings.intervalMs);
await wait(settings.quietMs);
const used = { thread: process.threadCpuUsage(cpu.thread), process: process.cpuUsage(cpu.process) };
clearInterval(touching);
const measured: TurnMeasured = {
  p50: delay.percentile(50) / 1e6,
  p99: delay.percentile(99) / 1e6,
  max: delay.max / 1e6,
  largest,
  held,
  mainCpuMs: (used.thread.user + used.thread.system) / 1e3,
  cpuMs: (used.process.user + used.process.system) / 1e3,
  evaluations: after.evaluations - before.evaluations,
  missed: after.missed - before.missed,
  failing: after.failing,
  breaches,
};
process.stdout.write(`${JSON.stringify(measured)}\n`);
// The last breaches are still to be told.
process.on("SIGTERM", () => void telemetry.shutdown().then(() => process.exit(0)));

async function groups(): Promise<{ readonly evaluations: number; readonly missed: number; readonly failing: number }> {
  const all = (await telemetry.alerting?.groups()) ?? [];
  return {
    evaluations: all.reduce((sum, group) => sum + group.evaluations, 0),
    missed: all.reduce((sum, group) => sum + group.missed, 0),
    failing: all.flatMap(({ rules }) => rules).filter(({ health }) => health === "err").length,
  };
}
