/**
 * npm run bench:logging: what a log line costs, beside pino alone, its instrumentation and winston; with sending; and by sink. One
 * pinned process for each case, in turns; CPU time of all its threads, and the median of the rounds.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { installedVersion, peerFolder } from "./peer-folder.ts";
import { median, table, writeSection } from "./report.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    lines: { type: "string", default: "400000" },
    /** Of the cases that goals are set for, in seconds; a quarter of it for the others. */
    "warm-up": { type: "string", default: "8" },
    /** One short round, and nothing is written. */
    quick: { type: "boolean" },
    /** Only cases whose name has this in it, and pino. */
    only: { type: "string", default: "" },
  },
});
const rounds = values.quick ? 1 : Number(values.rounds);
const lines = values.quick ? "5000" : values.lines;
const warmUpS = values.quick ? 0 : Number(values["warm-up"]);

const peers = peerFolder("logging", {
  "@opentelemetry/api": "latest",
  "@opentelemetry/context-async-hooks": "latest",
  "@opentelemetry/exporter-logs-otlp-proto": "latest",
  "@opentelemetry/instrumentation-pino": "latest",
  "@opentelemetry/sdk-logs": "latest",
  pino: "latest",
  winston: "latest",
});

const bare = "pino";
const groups: readonly (readonly [title: string, cases: readonly string[]])[] = [
  ["with trace ids", ["telltale", "pino with a mixin", "instrumentation-pino"]],
  ["without them", ["winston"]],
  ["with trace ids, and sent by OTLP", ["telltale, sending", "instrumentation-pino, sending"]],
  [
    "what may be added",
    [
      "telltale, two paths redacted",
      "telltale, tokens redacted",
      "telltale, all shapes redacted",
      "telltale, repeats limited",
    ],
  ],
  [
    "where it may go",
    [
      "pino to a file",
      "telltale to a file",
      "telltale to Elasticsearch",
      "telltale to Loki",
      "telltale to syslog, TCP",
    ],
  ],
];
const chosen = groups.map(([title, cases]) => [title, cases.filter((name) => name.includes(values.only))] as const);
/** Those whose code is compiled for good before they are measured. */
const raced = new Set([bare, ...groups[0]![1], ...groups[2]![1]]);
const names = [bare, ...chosen.flatMap(([, cases]) => cases)];

const collector = spawn(process.execPath, [join(import.meta.dirname, "logging", "collector.mjs")], {
  stdio: ["pipe", "pipe", "inherit"],
});
const [ports] = (await once(collector.stdout, "data")) as [Buffer];
const measured = new Map(names.map((name) => [name, [] as number[]]));
for (let round = 0; round < rounds; round++) {
  for (const name of names) {
    if (process.stderr.isTTY) process.stderr.write(`\r${name}: round ${round + 1} of ${rounds}\u001b[K`);
    measured.get(name)!.push(measure(name));
  }
}
if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
collector.stdin.end();

const nsOf = (name: string): number => median(measured.get(name)!);
/** Of each round, since what slows one case slows its neighbours. */
const ratioOf = (name: string): number => {
  const alone = measured.get(bare)!;
  return median(measured.get(name)!.map((ns, round) => ns / alone[round]!));
};
const rows = [["a line", "", "CPU", "of pino alone"]];
rows.push([`pino ${installedVersion(peers, "pino")} alone, to nowhere`, "", `${nsOf(bare).toFixed(0)} ns`, "1"]);
for (const [title, cases] of chosen) {
  for (const [index, name] of cases.entries()) {
    rows.push([index === 0 ? title : "", versioned(name), `${nsOf(name).toFixed(0)} ns`, ratioOf(name).toFixed(2)]);
  }
}
console.log(table(rows));
if (!values.quick && values.only === "") {
  writeSection(
    "logging",
    "Logging: `npm run bench:logging`",
    `What one line with five fields costs in CPU time, all threads and the sending included, five lines a span; medians of ${rounds}
rounds in turns, one pinned process for each case, after a warm-up of ${warmUpS} s where there is a goal and of ${warmUpS / 4} s elsewhere. Goals: 1.45 times pino alone with trace ids, 3 times with sending; stretch
goals: 1.3 and 2.

${table(rows)}`,
  );
}

function measure(name: string): number {
  const flags = ["--conditions=telltale-source", "--no-warnings"];
  const warmUp = raced.has(name) ? warmUpS : warmUpS / 4;
  const script = join(import.meta.dirname, "logging", "measure.mjs");
  const command = [process.execPath, ...flags, script, name, peers, lines, String(ports), String(warmUp)];
  const pinned = cpus().length > 1 && spawnSync("taskset", ["--version"]).error === undefined;
  const [file = "", ...args] = pinned ? ["taskset", "-c", "0", ...command] : command;
  return (JSON.parse(execFileSync(file, args, { encoding: "utf8" })) as { readonly ns: number }).ns;
}

function versioned(name: string): string {
  if (name.startsWith("instrumentation-pino")) {
    return `${name} ${installedVersion(peers, "@opentelemetry/instrumentation-pino")}`;
  }
  return name === "winston" ? `winston ${installedVersion(peers, "winston")}` : name;
}
