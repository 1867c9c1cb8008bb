/**
 * npm run bench:alerting: what 1,000 rules on 10,000 series cost the main thread of an application, beside the same application
 * without alerting, in turns; and how long it takes from a breach to its notification.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { WebhookBody } from "@telltale/alerting";
import type { TurnMeasured, TurnSettings } from "./alerting/application.ts";
import { FOR_MS, receivers, ruleFile } from "./alerting/work.ts";
import { median, table, writeSection } from "./report.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    /** Harder than the 15 s of the goal, so that there is more to measure in the same time. */
    interval: { type: "string", default: "1000" },
    /** One short round with little data, and nothing is written. */
    quick: { type: "boolean" },
  },
});
const rounds = values.quick ? 1 : Number(values.rounds);
const intervalMs = values.quick ? 500 : Number(values.interval);
const series = values.quick ? 1_000 : 10_000;
const rules = values.quick ? 100 : 1_000;
const measureMs = values.quick ? 2_000 : 18 * intervalMs;
const quietMs = 6 * intervalMs;
/** An application that has run for hours has compiled what collects. */
const warmUpMs = values.quick ? 2 * intervalMs : 10 * intervalMs;
/** What a notification may take beyond collection, evaluation and `for`. */
const ALLOWANCE_MS = 1_000;
/** The goals: how much later the main thread may be than without alerting, at the 99th percentile. */
const GOAL_P99_MS = 5;

const folder = mkdtempSync(join(tmpdir(), "bench-alerting-"));
const rulePath = join(folder, "rules.yaml");
writeFileSync(rulePath, ruleFile(rules, series));
/** When the receiver was first told of a breach, by alert and breach. */
const told = new Map<string, number>();
const receiver = createServer(async (request, response) => {
  const atMs = Date.now();
  const { alerts } = (await json(request)) as WebhookBody;
  for (const { labels } of alerts) {
    const key = `${labels["alertname"]} ${labels["breach"]}`;
    if (!told.has(key)) told.set(key, atMs);
  }
  response.end();
}).listen(0, "127.0.0.1");
await once(receiver, "listening");
writeFileSync(
  join(folder, "alertmanager.yml"),
  receivers(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`),
);

const without: TurnMeasured[] = [];
const withRules: TurnMeasured[] = [];
const latencies = { Breach: [] as number[], LastingBreach: [] as number[] };
try {
  for (let turn = 0; turn < 2 * rounds; turn++) {
    if (turn % 2 === 0) without.push(await runTurn(turn, { alerting: false }));
    else withRules.push(await runTurn(turn, { alerting: true }));
  }
} finally {
  receiver.close();
  rmSync(folder, { recursive: true });
}
report();

async function runTurn(turn: number, { alerting }: { readonly alerting: boolean }): Promise<TurnMeasured> {
  const settings: TurnSettings = {
    alerting: alerting ? { rules: [rulePath], receivers: join(folder, "alertmanager.yml"), intervalMs } : undefined,
    series,
    intervalMs,
    warmUpMs,
    measureMs,
    quietMs,
    breaches: alerting ? (values.quick ? 2 : 10) : 0,
    turn,
  };
  const application = spawn(
    process.execPath,
    ["--conditions=telltale-source", join(import.meta.dirname, "alerting/application.ts"), JSON.stringify(settings)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  try {
    const measured = JSON.parse(await firstLine(application)) as TurnMeasured;
    if (measured.failing > 0) throw new Error(`${measured.failing} rules fail`);
    for (const [name, atMs] of Object.entries(measured.breaches)) {
      for (const alert of ["Breach", "LastingBreach"] as const) {
        latencies[alert].push((await whenTold(`${alert} ${name}`)) - atMs);
      }
    }
    return measured;
  } finally {
    application.kill("SIGKILL");
  }
}

async function firstLine({ stdout, ...child }: ChildProcess): Promise<string> {
  let text = "";
  for await (const chunk of stdout ?? []) {
    text += chunk;
    if (text.includes("\n")) return text;
  }
  throw new Error(`the application ended (${child.exitCode}) before it had measured`);
}

async function whenTold(key: string): Promise<number> {
  // Far beyond the goal: that it is late is a result, that it never comes is none.
  const deadlineMs = Date.now() + 4 * intervalMs + 30_000;
  for (;;) {
    const atMs = told.get(key);
    if (atMs !== undefined) return atMs;
    if (Date.now() > deadlineMs) throw new Error(`nobody was told of ${key}`);
    await wait(50);
  }
}

function report(): void {
  const collections = quietMs / intervalMs;
  const each = (of: (turn: TurnMeasured) => number) => [median(without.map(of)), median(withRules.map(of))] as const;
  const ms = (value: number) => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
  const delays = [
    ["p50", each(({ p50 }) => p50)],
    ["p99", each(({ p99 }) => p99)],
    [
      "largest of an interval, median",
      [median(without.flatMap(({ largest }) => largest)), median(withRules.flatMap(({ largest }) => largest))],
    ],
    ["largest of all", [Math.max(...without.map(({ max }) => max)), Math.max(...withRules.map(({ max }) => max))]],
    [
      "of which its own CPU time at most",
      [Math.max(...without.map(({ held }) => held)), Math.max(...withRules.map(({ held }) => held))],
    ],
  ] as const;
  const [cpuWithout, cpuWith] = each(({ mainCpuMs }) => mainCpuMs);
  const [allWithout, allWith] = each(({ cpuMs }) => cpuMs);
  const mainCost = (cpuWith - cpuWithout) / collections;
  const threadCost = (allWith - allWithout) / collections - mainCost;
  const missed = withRules.reduce((sum, turn) => sum + turn.missed, 0);
  const evaluations = withRules.reduce((sum, turn) => sum + turn.evaluations, 0);
  const limits = { Breach: 2 * intervalMs + ALLOWANCE_MS, LastingBreach: 2 * intervalMs + FOR_MS + ALLOWANCE_MS };
  const seconds = (value: number) => `${(value / 1_000).toFixed(1)} s`;
  const [, [p99Without, p99With]] = delays[1];
  const isQuick = p99With - p99Without <= GOAL_P99_MS;
  const inTime = (["Breach", "LastingBreach"] as const).every((name) => Math.max(...latencies[name]) <= limits[name]);
  const text = [
    table([
      ["delay of the main thread's event loop", "without alerting", "with", "difference"],
      ...delays.map(([name, [a, b]]) => [name, ms(a), ms(b), ms(b - a)]),
    ]),
    table([
      ["CPU time a collection", ""],
      ["main thread, beyond that without alerting", ms(mainCost)],
      ["the thread of alerting, rules included", ms(threadCost)],
    ]),
    table([
      ["from breach to notification", "median", "longest", "of", "goal"],
      ...(["Breach", "LastingBreach"] as const).map((name) => [
        name === "Breach" ? "`for: 0s`" : `\`for: ${FOR_MS / 1_000}s\``,
        seconds(median(latencies[name])),
        seconds(Math.max(...latencies[name])),
        String(latencies[name].length),
        seconds(limits[name]),
      ]),
    ]),
    `${evaluations} evaluations of groups, ${missed} missed. Goals: p99 of the delay within ${GOAL_P99_MS} ms of that without (${verdict(isQuick)}); notifications within collection, evaluation, \`for\` and a second (${verdict(inTime)}).`,
  ].join("\n\n");
  console.log(text);
  if (values.quick) return;
  writeSection(
    "alerting",
    "Alerting: `npm run bench:alerting`",
    `${rules} rules on ${series} series, collected and evaluated every ${intervalMs / 1_000} s; ${rounds} rounds with and without in turns, ${measureMs / 1_000} s each. The application counts 20,000 times a second and is idle otherwise; the delay is that of a timer of 1 ms, which is in it. What is more than its own CPU time is waiting: for a core, or for a collection of garbage whose other threads wait for one. Breaches begin at times by chance. CPU time is taken afterwards, while nothing goes on but collections of series that all changed.\n\n${text}`,
  );
}

function verdict(reached: boolean): string {
  return reached ? "reached" : "missed";
}
