/**
 * npm run bench:startup: from the start of the process to its first successful response, for an Express application that
 * also loads pg and ioredis: bare, with telltale, with auto-instrumentations-node. They take turns; medians count.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
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
}

const tarballs = packWorkspace();
const auto = peerFolder("auto-instrumentations-node", {
  ...application,
  "@opentelemetry/api": "^1.10.0",
  "@opentelemetry/auto-instrumentations-node": "latest",
});
const candidates: readonly Candidate[] = [
  { name: "bare", folder: peerFolder("bare", application), preload: { cjs: [], mjs: [] } },
  {
    name: "telltale",
    folder: peerFolder("telltale", { ...application, "@opentelemetry/api": "^1.10.0", ...tarballs }),
    preload: { cjs: ["--import", "telltale/register"], mjs: ["--import", "telltale/register"] },
  },
  {
    name: `auto-instrumentations-node ${installedVersion(auto, "@opentelemetry/auto-instrumentations-node")}`,
    folder: auto,
    preload: {
      cjs: ["--require", "@opentelemetry/auto-instrumentations-node/register"],
      // ESM modules are patched through its loader only.
      mjs: [
        "--experimental-loader=@opentelemetry/instrumentation/hook.mjs",
        "--import",
        "@opentelemetry/auto-instrumentations-node/register",
      ],
    },
  },
];
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
  ["application", "candidate", "first response, ms", "added, ms", "of auto's", "modules loaded"],
];
for (const format of ["cjs", "mjs"] as const) {
  const times = candidates.map((): number[] => []);
  for (let round = -1; round < rounds; round++) {
    for (const [index, candidate] of candidates.entries()) {
      const time = await firstResponse(candidate, format);
      if (round >= 0) times[index]!.push(time); // The round before the first warms the file cache.
    }
    if (process.stderr.isTTY) process.stderr.write(`\r${format}: round ${round + 1} of ${rounds} `);
  }
  const medians = times.map(median);
  const added = medians.map((time) => time - medians[0]!);
  for (const [index, candidate] of candidates.entries()) {
    rows.push([
      format === "cjs" ? "CommonJS" : "ESM",
      candidate.name,
      medians[index]!.toFixed(0),
      added[index]!.toFixed(0),
      index === 0 ? "" : (added[index]! / added.at(-1)!).toFixed(2),
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
${rounds} rounds in turns; exporters send OTLP to a local collector. Goal: telltale adds at most a third of what
auto-instrumentations-node adds.

${table(rows)}`,
  );
}

async function firstResponse(candidate: Candidate, format: "cjs" | "mjs"): Promise<number> {
  const started = performance.now();
  const child = start(candidate, format, []);
  const port = await listening(child);
  const response = await fetch(`http://127.0.0.1:${port}/ping`);
  if ((await response.text()) !== "pong") throw new Error(`${candidate.name} answered ${response.status}`);
  const time = performance.now() - started;
  await kill(child);
  return time;
}

async function modulesLoaded(candidate: Candidate, format: "cjs" | "mjs"): Promise<number> {
  const child = start(candidate, format, ["--require", "./count-modules.cjs"]);
  const port = await listening(child);
  await (await fetch(`http://127.0.0.1:${port}/ping`)).text();
  child.kill("SIGUSR2");
  const count = await line(child, /modules (\d+)/);
  await kill(child);
  return Number(count);
}

function start(candidate: Candidate, format: "cjs" | "mjs", first: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, ["--no-warnings", ...first, ...candidate.preload[format], `app.${format}`], {
    cwd: candidate.folder,
    env: {
      PATH: process.env["PATH"],
      OTEL_SERVICE_NAME: "startup",
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_TRACES_EXPORTER: "otlp",
      OTEL_METRICS_EXPORTER: "otlp",
      OTEL_LOGS_EXPORTER: "otlp",
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

function kill(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGKILL");
  });
}
