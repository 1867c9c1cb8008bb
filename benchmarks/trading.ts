/**
 * npm run bench:trading: what an order costs, from its creation to its last fill: in metrics alone, and with its four spans of
 * which 1 % are sampled; and what exact decimals cost beside bigints and the libraries that people take. In turns, in one
 * pinned process for each case; CPU time, the median of the rounds.
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
const orders = values.quick ? 20_000 : 300_000;
const peers = peerFolder("trading", { "big.js": "latest", "decimal.js": "latest", "bignumber.js": "latest" });

interface Case {
  readonly key: string;
  readonly name: string;
  readonly goal?: string;
}

const lives: readonly Case[] = [
  { key: "metrics", name: "an order's life in metrics", goal: "< 1,000" },
  { key: "found", name: "the same, found by its client id for each event" },
  { key: "unsampled", name: "with four spans, 1 % sampled", goal: "< 3,000" },
  { key: "sampled", name: "with four spans, all sampled" },
  { key: "no-sdk", name: "with traces switched on and no SDK" },
];

const decimals: readonly Case[] = [
  { key: "decimal", name: "@telltale/trading" },
  { key: "bigint", name: "bigints at 18 digits" },
  { key: "big.js", name: `big.js ${installedVersion(peers, "big.js")}` },
  { key: "decimal.js", name: `decimal.js ${installedVersion(peers, "decimal.js")}` },
  { key: "bignumber.js", name: `bignumber.js ${installedVersion(peers, "bignumber.js")}` },
  { key: "number", name: "binary floating point, which loses cents" },
];

const results = new Map<string, number[]>();
for (let round = 0; round < rounds; round++) {
  for (const { key } of [...lives, ...decimals]) {
    const nanoseconds = measure(key);
    results.set(key, [...(results.get(key) ?? []), nanoseconds]);
  }
}

const figure = (key: string): string => Math.round(median(results.get(key)!)).toLocaleString("en");
const life = table([
  ["an order: created, sent, accepted, two fills", "ns", "goal"],
  ...lives.map(({ key, name, goal }) => [name, figure(key), goal ?? ""]),
]);
const sums = table([
  ["a fill: two texts read, multiplied, added to two sums", "ns"],
  ...decimals.map(({ key, name }) => [name, figure(key)]),
]);
process.stdout.write(`${life}\n\n${sums}\n`);
if (!values.quick) writeSection("trading", "Trading: `npm run bench:trading`", `${life}\n\n${sums}`);

function measure(key: string): number {
  const work = join(import.meta.dirname, "trading", "work.ts");
  const node = [process.execPath, "--conditions=telltale-source", work, key, String(orders), peers];
  const [command, ...args] = process.platform === "linux" ? ["taskset", "-c", "1", ...node] : node;
  return Number(execFileSync(command!, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }));
}
