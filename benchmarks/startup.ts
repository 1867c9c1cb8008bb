/**
 * npm run bench:startup: from the start of the process to its first successful response, for an Express application that
 * also loads pg and ioredis: bare, with telltale, with its peers. They take turns; medians count. Every candidate has been
 * started and ended once before, so what keeps a compile cache has it; telltale is there without one too, as at its first start.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { installedVersion, packWorkspace, peerFolder } from "./peer-folder.ts";
import { median, table, writeSection } from "./report.ts";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "15" }, quick: { type: "boolean" } } });
const rounds = values.quick ? 1 : Number(values.rounds);

const application = { express: "5.3.0", pg: "8.23.1", ioredis: "6.0.0" };
interface Candidate {
  readonly name: string;
  readonly folder: string;
  readonly preload: { readonly cjs: readonly string[]; readonly mjs: readonly string[] };
  readonly env?: Readonly<Record<string, string>>;
}

// Of this run alone, so that compile caches are its own.
const temporary = mkdtempSync(join(tmpdir(), "bench-startup-"));
process.once("exit", () => rmSync(temporary, { recursive: true, force: true }));

const api = { "@opentelemetry/api": "^1.10.0" };
const bare: Candidate = { name: "bare", folder: peerFolder("bare", application), preload: { cjs: [], mjs: [] } };
const telltale: Candidate = {
  name: "telltale",
  folder: peerFolder("telltale", { ...application, ...api, ...packWorkspace() }),
  preload: both("--import", "telltale/register"),
};
const auto = peer("@opentelemetry/auto-instrumentations-node", "auto-instrumentations-node", {
  packages: api,
  preload: {
    cjs: ["--require", "@opentelemetry/auto-instrumentations-node/register"],
    // ESM modules are patched through its loader only.
    mjs: [
      "--experimental-loader=@opentelemetry/instrumentation/hook.mjs",
      "--import",
      "@opentelemetry/auto-instrumentations-node/register",
    ],
  },
});
const datadog = peer("dd-trace", "dd-trace", {
  preload: { cjs: ["--require", "dd-trace/init"], mjs: ["--import", "dd-trace/initialize.mjs"] },
});
const candidates: readonly Candidate[] = [
  bare,
  { ...bare, name: "bare, with a compile cache", env: { NODE_COMPILE_CACHE: join(temporary, "bare") } },
  telltale,
  { ...telltale, name: "telltale, first start", env: { NODE_DISABLE_COMPILE_CACHE: "1" } },
  {
    ...telltale,
    name: "telltale with alerting",
    env: { TELLTALE_ALERTING_RULES: join(import.meta.dirname, "../deploy/alerts/*.yaml") },
  },
  auto,
  datadog,
  // They take long to install, and nothing is compared with them.
  ...(values.quick ? [] : others()),
];

function others(): readonly Candidate[] {
  return [
    // Later ones ask for an instrumentation-sequelize that cannot be had.
    peer("@splunk/otel", "splunk", {
      version: "4.7.2",
      packages: api,
      preload: {
        cjs: ["--require", "@splunk/otel/instrument"],
        mjs: ["--experimental-loader=@opentelemetry/instrumentation/hook.mjs", "--require", "@splunk/otel/instrument"],
      },
    }),
    peer("@elastic/opentelemetry-node", "elastic", { preload: both("--import", "@elastic/opentelemetry-node") }),
  ];
}

function peer(
  name: string,
  folderName: string,
  {
    packages = {},
    version = "latest",
    preload,
  }: { readonly packages?: Readonly<Record<string, string>>; readonly version?: string } & Pick<Candidate, "preload">,
): Candidate {
  const folder = peerFolder(folderName, { ...application, ...packages, [name]: version });
  const title = name === "@opentelemetry/auto-instrumentations-node" ? "auto-instrumentations-node" : name;
  return { name: `${title} ${installedVersion(folder, name)}`, folder, preload };
}

function both(...args: readonly string[]): Candidate["preload"] {
  return { cjs: args, mjs: args };
}

for (const { folder } of candidates) {
  for (const file of ["app.cjs", "app.mjs", "count-modules.cjs"]) {
    copyFileSync(join(import.meta.dirname, "startup", file), join(folder, file));
  }
}

process.setMaxListeners(0); // One for each child, so that none outlives a benchmark that fails.

// A collector that takes everything, so that nobody pays for refused connections.
const collector = createServer((request, response) => {
  request.resume();
  request.on("end", () => response.writeHead(200).end());
});
collector.unref();
await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;

const rows: string[][] = [
  ["application", "candidate", "first response, ms", "added, ms", "of auto's", "of dd-trace's", "modules loaded"],
];
for (const format of ["cjs", "mjs"] as const) {
  const times = candidates.map((): number[] => []);
  for (let round = -1; round < rounds; round++) {
    for (const [index, candidate] of candidates.entries()) {
      // The round before the first warms the file cache, and ends in a way that writes compile caches.
      const time = await firstResponse(candidate, format, round < 0 ? "SIGHUP" : "SIGKILL");
      if (round >= 0) times[index]!.push(time);
    }
    if (process.stderr.isTTY) process.stderr.write(`\r${format}: round ${round + 1} of ${rounds} `);
  }
  const medians = times.map(median);
  const added = medians.map((time) => time - medians[0]!);
  const share = (index: number, of: Candidate): string =>
    added[index] === 0 ? "" : (added[index]! / added[candidates.indexOf(of)]!).toFixed(2);
  for (const [index, candidate] of candidates.entries()) {
    rows.push([
      format === "cjs" ? "CommonJS" : "ESM",
      candidate.name,
      medians[index]!.toFixed(0),
      added[index]!.toFixed(0),
      share(index, auto),
      share(index, datadog),
      String(await modulesLoaded(candidate, format)),
    ]);
  }
}
collector.close();
process.stderr.write("\n");
console.log(table(rows));
if (!values.quick) {
  writeSection(
    "startup",
    "Start-up: `npm run bench:startup`",
    `From \`spawn\` to the first successful response of an Express application that also loads pg and ioredis, medians of
${rounds} rounds in turns; exporters send OTLP to a local collector. Every candidate has been started and ended once
before: "telltale" has its compile cache, as from the second start on, and "telltale, first start" has none. The cache makes the
application itself faster too, by what "bare, with a compile cache" shows. "With alerting" has all rules of \`deploy/alerts\` besides, which
are read and checked before the application goes on. Goals, for CommonJS: telltale adds at most a fifth of what
auto-instrumentations-node adds and 1/2.5 of dd-trace; for ESM an eighth of what auto-instrumentations-node adds with its loader.

${table(rows)}`,
  );
}

async function firstResponse(candidate: Candidate, format: "cjs" | "mjs", end: NodeJS.Signals): Promise<number> {
  const started = performance.now();
  const child = start(candidate, format, []);
  const port = await listening(child);
  const response = await fetch(`http://127.0.0.1:${port}/ping`);
  if ((await response.text()) !== "pong") throw new Error(`${candidate.name} answered ${response.status}`);
  const time = performance.now() - started;
  await kill(child, end);
  return time;
}

async function modulesLoaded(candidate: Candidate, format: "cjs" | "mjs"): Promise<number> {
  const child = start(candidate, format, ["--require", "./count-modules.cjs"]);
  const port = await listening(child);
  await (await fetch(`http://127.0.0.1:${port}/ping`)).text();
  child.kill("SIGUSR2");
  const count = await line(child, /modules (\d+)/);
  await kill(child, "SIGKILL");
  return Number(count);
}

function start(candidate: Candidate, format: "cjs" | "mjs", first: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, ["--no-warnings", ...first, ...candidate.preload[format], `app.${format}`], {
    cwd: candidate.folder,
    env: {
      PATH: process.env["PATH"],
      TMPDIR: temporary,
      DD_TRACE_STARTUP_LOGS: "false",
      OTEL_SERVICE_NAME: "startup",
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_TRACES_EXPORTER: "otlp",
      OTEL_METRICS_EXPORTER: "otlp",
      OTEL_LOGS_EXPORTER: "otlp",
      ...candidate.env,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  process.once("exit", () => child.kill("SIGKILL"));
  return child;
}

function listening(child: ChildProcess): Promise<string> {
  return line(child, /listening on (\d+)/);
}

function line(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const read = (chunk: Buffer): void => {
      text += chunk.toString();
      const found = pattern.exec(text);
      if (found === null) return;
      child.stdout!.off("data", read);
      resolve(found[1]!);
    };
    child.stdout!.on("data", read);
    child.once("exit", (code) => reject(new Error(`the application ended with ${code} before "${pattern.source}"`)));
  });
}

function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill(signal);
  });
}
