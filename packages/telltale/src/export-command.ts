/** `telltale export`: the snapshots of the resource monitor, for a spreadsheet or a script. */
import { stat } from "node:fs/promises";
import { type ResourceMetrics, readSnapshots } from "@telltale/runtime";
import { type Command, readArguments, UsageError } from "./command/command-line.ts";

const options = {
  from: { type: "string" },
  format: { type: "string", default: "jsonl" },
  since: { type: "string" },
  until: { type: "string" },
} as const;

/** The columns of CSV, which are those of a snapshot. */
const COLUMNS = [
  "cpu",
  "memory",
  "disk",
  "fileDescriptors",
  "battery",
  "eventLoopDelay",
  "receivedPerSecond",
  "transmittedPerSecond",
  "load",
] as const satisfies readonly (keyof ResourceMetrics)[];

export const exportCommand: Command = {
  help: `Usage: telltale export --from <folder> [--format jsonl|csv] [--since <time>] [--until <time>]

Prints the snapshots that the resource monitor wrote to a folder (instrumentations.host.snapshotDir), the oldest first.

  --from <folder>   where resources-2026-11-22.jsonl and the like are
  --format <name>   jsonl, a JSON object a line, or csv; jsonl unless told otherwise
  --since <time>    from then on: 2026-11-22, 2026-11-22T09:30 or 2026-11-22T09:30:00Z; in UTC where only a day is given
  --until <time>    before then
`,
  async run(args) {
    const { values, positionals } = readArguments(args, options);
    if (values.from === undefined || positionals.length > 0) {
      throw new UsageError("give the folder of the snapshots: telltale export --from <folder>");
    }
    if (values.format !== "jsonl" && values.format !== "csv") {
      throw new UsageError(`--format is ${JSON.stringify(values.format)}; give jsonl or csv`);
    }
    const [since, until] = [timeOf("since", values.since), timeOf("until", values.until)];
    await checkFolder(values.from);
    if (values.format === "csv") process.stdout.write(`time,${COLUMNS.join(",")},health\n`);
    for await (const snapshot of readSnapshots(values.from)) {
      if (snapshot.timestampMs < (since ?? Number.NEGATIVE_INFINITY)) continue;
      if (snapshot.timestampMs >= (until ?? Number.POSITIVE_INFINITY)) continue;
      const line = values.format === "csv" ? asCsv(snapshot) : JSON.stringify(snapshot);
      // A pipe that is slow is waited for, so that a large folder does not lie in memory.
      if (!process.stdout.write(`${line}\n`)) await new Promise((resolve) => process.stdout.once("drain", resolve));
    }
  },
};

function asCsv(snapshot: ResourceMetrics): string {
  const unwell = Object.entries(snapshot.health).filter(([, state]) => state !== "healthy");
  const cells = [
    new Date(snapshot.timestampMs).toISOString(),
    ...COLUMNS.map((column) => snapshot[column] ?? ""),
    unwell.map(([check, state]) => `${check}=${state}`).join(" "),
  ];
  return cells.join(",");
}

function timeOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const atMs = Date.parse(text);
  if (!Number.isNaN(atMs)) return atMs;
  throw new UsageError(
    `--${option} is ${JSON.stringify(text)}; give a time such as 2026-11-22 or 2026-11-22T09:30:00Z`,
  );
}

async function checkFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${folder} cannot be read (${error.code}); give the folder that snapshotDir names`, {
      cause: error,
    });
  });
  if (!found.isDirectory()) throw new Error(`${folder} is no folder; give the one that snapshotDir names`);
}
