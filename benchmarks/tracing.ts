/**
 * npm run bench:tracing: what a span costs, beside the SDK and dd-trace, and how many are lost on the way to a slow
 * collector. One pinned process for each case, in turns; CPU time, and the median of the rounds.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { installedVersion, peerFolder } from "./peer-folder.ts";
import { median, table, writeSection } from "./report.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    /** One round, and nothing is written. */
    quick: { type: "boolean" },
    /** Only works whose key has this in it. */
    only: { type: "string", default: "" },
  },
});
const rounds = values.quick ? 1 : Number(values.rounds);
const budgetMs = values.quick ? 40 : 300;

const peers = peerFolder("tracing", {
  "@opentelemetry/api": "latest",
  "@opentelemetry/context-async-hooks": "latest",
  "@opentelemetry/otlp-transformer": "latest",
  "@opentelemetry/sdk-trace": "latest",
  "dd-trace": "latest",
});

interface Candidate {
  readonly name: string;
  readonly module: string;
}

interface Work {
  readonly key: string;
  readonly name: string;
  readonly unit: "ns" | "%";
  readonly against: readonly Candidate[];
  /** As a share of the first candidate's, the SDK's ES build. */
  readonly goal?: string;
}

const version = installedVersion(peers, "@opentelemetry/sdk-trace");
const telltale: Candidate = { name: "telltale", module: "telltale" };
const sdk: Candidate = { name: `SDK ${version}, ES build`, module: "sdk" };
const commonJs: Candidate = { name: `SDK ${version}, CommonJS build`, module: "sdk-commonjs" };
const datadog: Candidate = { name: `dd-trace ${installedVersion(peers, "dd-trace")}`, module: "dd-trace" };
const both = [sdk, commonJs];

const works: readonly Work[] = [
  { key: "recorded root", name: "span recorded, root", unit: "ns", against: [...both, datadog], goal: "1/4" },
  { key: "recorded child", name: "span recorded, child", unit: "ns", against: both, goal: "1/4" },
  {
    key: "recorded child 5",
    name: "span recorded, child, 5 attributes at its start",
    unit: "ns",
    against: [...both, datadog],
    goal: "1/4",
  },
  {
    key: "recorded child 5 set",
    name: "span recorded, child, 5 attributes one by one",
    unit: "ns",
    against: both,
    goal: "1/4",
  },
  { key: "dropped root", name: "span sampled out, root", unit: "ns", against: both, goal: "1/20" },
  { key: "dropped root 5", name: "span sampled out, root, 5 attributes", unit: "ns", against: both, goal: "1/20" },
  { key: "dropped child 5", name: "span sampled out, child, 5 attributes", unit: "ns", against: both, goal: "1/20" },
  { key: "active span", name: "startActiveSpan", unit: "ns", against: both },
  { key: "context with", name: "context.with", unit: "ns", against: both },
  { key: "bind emitter", name: "context.bind of an event emitter, 5 listeners added", unit: "ns", against: both },
  { key: "otlp protobuf", name: "OTLP protobuf, of a request of 512 spans", unit: "ns", against: both, goal: "1/3" },
  {
    key: "lost steady",
    name: "spans lost at 20,000 a second, collector at 50 ms",
    unit: "%",
    against: [sdk],
    goal: "0",
  },
  {
    key: "lost tick",
    name: "spans lost of 10,000 in one tick, collector at 50 ms",
    unit: "%",
    against: [sdk],
    goal: "0",
  },
];

const rows: string[][] = [["work", "telltale", "against", "", "telltale's share", "goal"]];
for (const work of works.filter(({ key }) => key.includes(values.only))) {
  const candidates = [telltale, ...work.against];
  const measured = candidates.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, one] of candidates.entries()) measured[index]?.push(measure(one, work.key));
    if (process.stderr.isTTY) process.stderr.write(`\r${work.name}: round ${round + 1} of ${rounds}\u001b[K`);
  }
  const [ours = Number.NaN, ...others] = measured.map(median);
  for (const [index, theirs] of others.entries()) {
    const isFirst = index === 0;
    rows.push([
      isFirst ? work.name : "",
      isFirst ? show(ours, work.unit) : "",
      work.against[index]?.name ?? "",
      show(theirs, work.unit),
      work.unit === "%" ? "" : `1/${(theirs / ours).toFixed(1)}`,
      isFirst ? (work.goal ?? "") : "",
    ]);
  }
}
if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
console.log(table(rows));
if (!values.quick && values.only === "") {
  writeSection(
    "tracing",
    "Tracing: `npm run bench:tracing`",
    `What one operation costs in CPU time, garbage collection included; medians of ${rounds} rounds in turns, one pinned process
for each case. Spans go to a processor that keeps a batch and forgets it; what exporting costs is not in it, except
that dd-trace formats and encodes a trace as it ends. Sampled out is by ratio, under ParentBased. The slow collector is an
exporter that answers after 50 ms, behind the batch processor with its default settings.

${table(rows)}`,
  );
}

function measure({ module }: Candidate, key: string): number {
  const script = join(import.meta.dirname, "tracing", "measure.mjs");
  const flags = ["--conditions=telltale-source", "--no-warnings"];
  const command = [process.execPath, ...flags, script, module, key, peers, String(budgetMs)];
  const isPinned = process.platform === "linux" && spawnSync("taskset", ["--version"]).error === undefined;
  const [file = "", ...args] = isPinned ? ["taskset", "-c", "0", ...command] : command;
  // dd-trace says on standard error what is missing beside it.
  const output = execFileSync(file, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  return (JSON.parse(output) as { readonly value: number }).value;
}

function show(value: number, unit: string): string {
  return `${value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${unit}`;
}
