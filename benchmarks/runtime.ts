/**
 * npm run bench:runtime: what one sample of the host and the process costs the main thread, beside instrumentation-host-metrics and
 * systeminformation, in a small process and in one of 1.5 GiB; what a health check and a profiled scope cost. One pinned process for
 * each case, in turns; the median of the rounds.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { installedVersion, packWorkspace, peerFolder } from "./peer-folder.ts";
import { median, table, writeSection } from "./report.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    /** One short round in a small process, and nothing is written. */
    quick: { type: "boolean" },
  },
});
const rounds = values.quick ? 1 : Number(values.rounds);
const sizes = values.quick ? [0] : [0, 1_536];

const ours = packWorkspace();
const folder = peerFolder("runtime", {
  "@opentelemetry/api": "latest",
  "@opentelemetry/sdk-metrics": "latest",
  "@opentelemetry/instrumentation-host-metrics": "latest",
  systeminformation: "latest",
  "@telltale/metrics": ours["@telltale/metrics"]!,
  "@telltale/runtime": ours["@telltale/runtime"]!,
});

/** What `measure.mjs` writes: times in milliseconds for a sample, in nanoseconds for a scope. */
interface Measured {
  /** CPU time of the main thread. */
  readonly cpu: number;
  /** How long the event loop was held at most. */
  readonly held?: number;
}

const sampling: readonly (readonly [label: string, name: string])[] = [
  ["telltale, host", "host"],
  ["telltale, process", "process"],
  ["instrumentation-host-metrics", "host-metrics"],
  ["instrumentation-host-metrics without network", "host-metrics-no-network"],
  ["systeminformation, the same questions", "systeminformation"],
];
const hot: readonly (readonly [label: string, name: string])[] = [
  ["`profile.fn`", "scope-fn"],
  ["`using _ = profile()`", "scope-using"],
  ["`using` of nothing, which is Node.js's own part", "using-nothing"],
  ["a health check, answered", "health"],
  ["`/readyz` with twenty checks", "readyz"],
];

const results = new Map<string, Measured[]>();
for (let round = 0; round < rounds; round++) {
  for (const [, name] of hot) measure(name, 0);
  for (const size of sizes) for (const [, name] of sampling) measure(name, size);
}

const sampleRows = [
  ["one sample", ...sizes.flatMap((size) => [`main thread at ${memory(size)}`, `event loop held, at most`])],
];
for (const [label, name] of sampling) {
  const cells = sizes.flatMap((size) => [
    `${of(name, size, "cpu").toFixed(2)} ms`,
    `${of(name, size, "held").toFixed(1)} ms`,
  ]);
  sampleRows.push([versioned(label, name), ...cells]);
}
const hotRows = [
  ["each", "CPU of the main thread"],
  ...hot.map(([label, name]) => [label, `${of(name, 0, "cpu").toFixed(0)} ns`]),
];
const body = `\`npm run bench:runtime\`: ${rounds} rounds in turns, each case in a process of its own, its first sample left out. CPU is that of the main
thread, \`fork()\` included and what child processes then do left out; the event loop is held while nothing else can run.

${table(sampleRows)}

${table(hotRows)}`;
process.stdout.write(`${body}\n`);
if (!values.quick) writeSection("runtime", "The process and the host", body);

function measure(name: string, megabytes: number): void {
  const args = [
    join(import.meta.dirname, "runtime", "measure.mjs"),
    folder,
    name,
    `${megabytes}`,
    values.quick ? "quick" : "",
  ];
  const pinned = process.platform === "linux" ? ["taskset", "-c", "1", process.execPath] : [process.execPath];
  const [program = process.execPath, ...before] = pinned;
  const out = execFileSync(program, [...before, ...args], { cwd: folder, encoding: "utf8" });
  const key = `${name} ${megabytes}`;
  results.set(key, [...(results.get(key) ?? []), JSON.parse(out) as Measured]);
}

function of(name: string, megabytes: number, what: keyof Measured): number {
  return median((results.get(`${name} ${megabytes}`) ?? []).map((one) => one[what] ?? 0));
}

function memory(megabytes: number): string {
  return megabytes === 0 ? "80 MiB" : "1.5 GiB";
}

function versioned(label: string, name: string): string {
  if (name.startsWith("host-metrics")) {
    return label.replace(
      "metrics",
      `metrics ${installedVersion(folder, "@opentelemetry/instrumentation-host-metrics")}`,
    );
  }
  return label.replace("systeminformation", `systeminformation ${installedVersion(folder, "systeminformation")}`);
}
