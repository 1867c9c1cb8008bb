/**
 * npm run bench:domains: what the hot paths of the domains cost, one event after the other: a training step, a bet, a message of
 * a peer, a vote, a job. Beside them the same metrics, recorded by hand as they usually are, with prom-client and with
 * OpenTelemetry's own instruments. In turns, in one pinned process for each case; CPU time, the median of the rounds.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { installedVersion, peerFolder } from "./peer-folder.ts";
import { median, table, writeSection } from "./report.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    /** One round, and nothing is written. */
    quick: { type: "boolean" },
  },
});
const rounds = values.quick ? 1 : Number(values.rounds);
const events = values.quick ? 20_000 : 500_000;
const peers = peerFolder("domains", {
  "prom-client": "latest",
  "@opentelemetry/api": "latest",
  "@opentelemetry/sdk-metrics": "latest",
});

const cases = [
  { key: "step", name: "ml: a step, with loss, gradient, learning rate, samples" },
  { key: "bet", name: "gaming: a bet, placed and won" },
  { key: "message", name: "consensus/p2p: a message received" },
  { key: "vote", name: "consensus: a vote" },
  { key: "job", name: "cluster: a job, from its arrival to its end" },
] as const;
const ways = [
  { key: "telltale", name: "telltale" },
  { key: "prom-client", name: `prom-client ${installedVersion(peers, "prom-client")}` },
  { key: "sdk", name: `OpenTelemetry SDK ${installedVersion(peers, "@opentelemetry/sdk-metrics")}` },
] as const;

const results = new Map<string, number[]>();
for (let round = 0; round < rounds; round++) {
  for (const { key } of cases) {
    for (const way of ways) {
      const name = `${key} ${way.key}`;
      results.set(name, [...(results.get(name) ?? []), measure(way.key, key)]);
    }
  }
}

const figure = (name: string): number => median(results.get(name)!);
const report = table([
  ["CPU time of an event in ns", ...ways.map(({ name }) => name)],
  ...cases.map(({ key, name }) => {
    const own = figure(`${key} telltale`);
    return [
      name,
      ...ways.map((way) => {
        const ns = figure(`${key} ${way.key}`);
        const text = Math.round(ns).toLocaleString("en");
        return way.key === "telltale" ? text : `${text} (${(ns / own).toFixed(1)}×)`;
      }),
    ];
  }),
]);
const note =
  "telltale does more than the others: it keeps states, refuses what cannot be, and knows which votes are duplicates.";
process.stdout.write(`${report}\n\n${note}\n`);
if (!values.quick) writeSection("domains", "Domains: `npm run bench:domains`", `${report}\n\n${note}`);

function measure(way: string, key: string): number {
  const work = join(import.meta.dirname, "domains", "work.ts");
  const node = [process.execPath, "--conditions=telltale-source", work, way, key, String(events), peers];
  const [command, ...args] = process.platform === "linux" ? ["taskset", "-c", "1", ...node] : node;
  return Number(execFileSync(command!, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }));
}
