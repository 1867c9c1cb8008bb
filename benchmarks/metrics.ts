/**
 * npm run bench:metrics: what a record, a scrape and a series cost, beside the SDK and its peers. One pinned process for
 * each case, in turns; CPU time, and the median of the rounds.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { installedVersion, peerFolder } from "./peer-folder.ts";
import { median, table, writeSection } from "./report.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    /** One round, and nothing is written. */
    quick: { type: "boolean" },
    /** Only works whose name has this in it. */
    only: { type: "string", default: "" },
  },
});
const rounds = values.quick ? 1 : Number(values.rounds);
/** How long the scrapes of one case are repeated. */
const budgetMs = values.quick ? 200 : 1_000;

const peers = peerFolder("metrics", {
  "@opentelemetry/api": "latest",
  "@opentelemetry/exporter-prometheus": "latest",
  "@opentelemetry/otlp-transformer": "latest",
  "@opentelemetry/sdk-metrics": "latest",
  "@platformatic/prom-client": "latest",
  "hdr-histogram-js": "latest",
  "hot-shots": "latest",
  "prom-client": "latest",
});

interface Candidate {
  readonly name: string;
  readonly module: string;
  readonly peer?: string;
}

const telltale: Candidate = { name: "telltale", module: "telltale" };
const sdk = candidate("SDK", "sdk", "@opentelemetry/sdk-metrics");
const promClient = candidate("prom-client", "prom-client", "prom-client");
const platformatic = candidate("platformatic", "prom-client", "@platformatic/prom-client");
const hotShots = candidate("hot-shots", "hot-shots", "hot-shots");
const hdr = candidate("hdr (WASM)", "hdr", "hdr-histogram-js");
const memcpy: Candidate = { name: "memcpy of the page", module: "memcpy" };
const prometheus = [sdk, promClient, platformatic];

interface Work {
  readonly key: string;
  /** The work that the others do for it, where they have none of their own: measured again, since the machine's speed wavers. */
  readonly others?: string;
  readonly name: string;
  readonly unit: string;
  readonly against: readonly Candidate[];
}

const works: readonly Work[] = [
  { key: "counter bound", name: "counter, bound, over 1,024 series", unit: "ns", against: [...prometheus, hotShots] },
  {
    key: "counter unbound",
    name: "counter, 3 fresh attributes with declared keys, over 1,024 series",
    unit: "ns",
    against: [...prometheus, hotShots],
  },
  {
    key: "counter undeclared",
    others: "counter unbound",
    name: "counter, 3 fresh attributes, keys not declared",
    unit: "ns",
    against: prometheus,
  },
  {
    key: "http histogram",
    name: "http.server.request.duration, 8 fresh attributes, through the provider",
    unit: "ns",
    against: [sdk],
  },
  { key: "histogram bound", name: "explicit histogram of 15, bound", unit: "ns", against: [...prometheus, hotShots] },
  { key: "exponential bound", name: "exponential histogram, bound", unit: "ns", against: [sdk, hdr] },
  { key: "percentiles record", name: "rolling percentiles, record", unit: "ns", against: [hdr] },
  { key: "percentiles read", name: "rolling percentiles of 100,000, read", unit: "ns", against: [hdr] },
  { key: "scrape counters", name: "scrape of 10,000 counters, all changed", unit: "ms", against: prometheus },
  {
    key: "scrape counters 10%",
    name: "scrape of 10,000 counters, 10 % changed",
    unit: "ms",
    against: [...prometheus, memcpy],
  },
  { key: "scrape histograms", name: "scrape of 10,000 histograms of 15", unit: "ms", against: prometheus },
  {
    key: "scrape protobuf counters",
    others: "scrape counters",
    name: "protobuf page of 10,000 counters, against the peers' text",
    unit: "ms",
    against: prometheus,
  },
  {
    key: "scrape protobuf histograms",
    others: "scrape histograms",
    name: "protobuf page of 10,000 histograms of 15, against the peers' text",
    unit: "ms",
    against: prometheus,
  },
  {
    key: "served counters",
    name: "main thread's share of a scrape of 10,000 counters over HTTP, by a worker thread",
    unit: "ms",
    against: prometheus,
  },
  { key: "otlp counters cumulative", name: "OTLP export of 10,000 counters, cumulative", unit: "ms", against: [sdk] },
  { key: "otlp counters delta", name: "OTLP export of 10,000 counters, delta", unit: "ms", against: [sdk] },
  {
    key: "otlp histograms cumulative",
    name: "OTLP export of 10,000 histograms of 15, cumulative",
    unit: "ms",
    against: [sdk],
  },
  { key: "otlp histograms delta", name: "OTLP export of 10,000 histograms of 15, delta", unit: "ms", against: [sdk] },
  { key: "garbage counter", name: "garbage of a bound counter's record", unit: "B", against: prometheus },
  { key: "garbage histogram", name: "garbage of a bound histogram's record", unit: "B", against: prometheus },
  { key: "bytes counter", name: "memory of a counter's series", unit: "B", against: prometheus },
  { key: "bytes histogram", name: "memory of a histogram's series", unit: "B", against: prometheus },
];

const rows: string[][] = [["work", "telltale", "against", "", "ratio"]];
const holds: string[] = [];
const answers: string[] = [];
for (const work of works.filter(({ key }) => key.includes(values.only))) {
  const candidates = [telltale, ...work.against];
  const measured = candidates.map((one) => {
    const results: Result[] = [];
    return { one, key: one === telltale ? work.key : (work.others ?? work.key), results };
  });
  for (let round = 0; round < rounds; round++) {
    for (const { one, key, results } of measured) results.push(measure(one, key));
    if (process.stderr.isTTY) process.stderr.write(`\r${work.name}: round ${round + 1} of ${rounds}\u001b[K`);
  }
  const medians = measured.map(({ results }) => median(results.map(({ value }) => value)));
  const [ours = Number.NaN] = medians;
  for (const [index, { name }] of candidates.entries()) {
    if (index === 0) continue;
    const theirs = medians[index] ?? Number.NaN;
    const first = index === 1;
    rows.push([
      first ? work.name : "",
      first ? show(ours, work.unit) : "",
      name,
      show(theirs, work.unit),
      candidates[index] === memcpy ? `${(ours / theirs).toFixed(1)} memcpys` : ratio(theirs / ours),
    ]);
  }
  listed("hold", holds);
  listed("answer", answers);

  function listed(part: "hold" | "answer", lines: string[]): void {
    const having = candidates.flatMap(({ name }, i) => {
      const parts = (measured[i]?.results ?? []).flatMap((result) => result[part] ?? []);
      return parts.length === 0 ? [] : `${name} ${median(parts).toFixed(1)} ms`;
    });
    if (having.length > 0) lines.push(`- ${work.name}: ${having.join(", ")}`);
  }
}
if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
console.log(table(rows));
if (holds.length > 0) console.log(`\nLongest hold of the event loop:\n${holds.join("\n")}`);
if (answers.length > 0) console.log(`\nTime to an answer while the loop is blocked for 500 ms:\n${answers.join("\n")}`);
if (!values.quick && values.only === "") {
  writeSection(
    "metrics",
    "Metrics: `npm run bench:metrics`",
    `What one operation costs in CPU time, garbage collection included; medians of ${rounds} rounds in turns, one pinned process
for each case, log-normal values, series in random order. Bound means bound where the candidate can (\`labels()\` of
prom-client), else with an attributes object made once.

${table(rows)}

The longest time for which the event loop was held by a scrape or an export:

${holds.join("\n")}

How long a scrape took that came while the event loop was blocked for 500 ms:

${answers.join("\n")}`,
  );
}

interface Result {
  readonly value: number;
  /** The longest time between two turns of the event loop, in milliseconds. */
  readonly hold?: number;
  /** How long a scrape of a blocked process took, in milliseconds. */
  readonly answer?: number;
}

function measure({ module, peer }: Candidate, key: string): Result {
  const flags = ["--conditions=telltale-source", "--expose-gc", "--no-warnings"];
  // A new space that is not collected meanwhile: collections would hide the garbage that is counted.
  if (key.startsWith("garbage")) flags.push("--min-semi-space-size=1024", "--max-semi-space-size=1024");
  const command = [
    process.execPath,
    ...flags,
    join(import.meta.dirname, "metrics", "measure.mjs"),
    module,
    key,
    peers,
    peer ?? "",
    String(budgetMs),
  ];
  const pinned = process.platform === "linux" && spawnSync("taskset", ["--version"]).error === undefined;
  const [file = "", ...args] = pinned ? ["taskset", "-c", "0", ...command] : command;
  const output = execFileSync(file, args, { encoding: "utf8" });
  return JSON.parse(output) as Result;
}

function candidate(name: string, module: string, peer: string): Candidate {
  return { name: `${name} ${installedVersion(peers, peer)}`, module, peer };
}

function show(value: number, unit: string): string {
  return `${value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)} ${unit}`;
}

function ratio(times: number): string {
  if (times === Number.POSITIVE_INFINITY) return "none";
  return `${times >= 10 ? times.toFixed(0) : times.toFixed(1)} times`;
}
