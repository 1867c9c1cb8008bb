/** `telltale profile analyze`: the hottest functions of a pprof file as a table, and its flame graph as SVG. */
import { readFile, writeFile } from "node:fs/promises";
import { relative } from "node:path";
import { styleText } from "node:util";
import { decodePprof, flameGraph, type HotFunction, hottestFunctions, type StackProfile } from "@telltale/runtime";
import { alignedColumns } from "./command/aligned-columns.ts";
import { type Command, countOf, readArguments, UsageError } from "./command/command-line.ts";

const options = {
  limit: { type: "string", default: "20" },
  json: { type: "boolean", default: false },
  svg: { type: "string" },
} as const;

export const profileAnalyze: Command = {
  help: `Usage: telltale profile analyze <file.pprof> [--limit 20] [--json] [--svg out.svg]

Prints the functions in which most was spent, without what they called.

  --limit <n>   how many functions, 20 unless told otherwise
  --json        JSON in place of the table
  --svg <file>  draws a flame graph, for a browser

Profiles come from profiling: true (http://127.0.0.1:6060/debug/pprof/profile), captureCpuProfile(), captureHeapProfile()
and continuousProfiles(), or from any other program that writes pprof.
`,
  async run(args) {
    const { values, positionals } = readArguments(args, options);
    const [file, ...others] = positionals;
    if (file === undefined || others.length > 0) {
      throw new UsageError("give one profile: telltale profile analyze <file.pprof>");
    }
    const limit = countOf("limit", values.limit);
    const profile = await readProfile(file);
    if (values.svg !== undefined) await writeFile(values.svg, flameGraph(profile));
    const functions = hottestFunctions(profile, limit);
    process.stdout.write(values.json ? asJson(profile, functions) : asTable(profile, functions));
    // Not into the JSON that somebody reads.
    if (values.svg !== undefined) process.stderr.write(`The flame graph is in ${values.svg}\n`);
  },
};

async function readProfile(file: string): Promise<StackProfile> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${file} cannot be read (${error.code}); give a file of a profile`, { cause: error });
  });
  return await decodePprof(bytes).catch((error: Error) => {
    throw new Error(`${file}: ${error.message}`, { cause: error });
  });
}

function asJson(profile: StackProfile, functions: readonly HotFunction[]): string {
  const { startedAtMs, durationMs, labels, samples } = profile;
  const { type, unit } = measureOf(profile);
  return `${JSON.stringify(
    { type, unit, startedAtMs, durationMs, labels, stacks: samples.length, total: totalOf(profile), functions },
    undefined,
    2,
  )}\n`;
}

function asTable(profile: StackProfile, functions: readonly HotFunction[]): string {
  const { unit } = measureOf(profile);
  const total = totalOf(profile);
  const percent = (value: number): string => (total === 0 ? "" : `${((value / total) * 100).toFixed(1)} %`);
  const rows = functions.map(({ name, file, line, self, total: all }) => [
    shown(self, unit),
    percent(self),
    shown(all, unit),
    percent(all),
    file === "" ? name : `${name}  ${placeOf(file)}:${line}`,
  ]);
  const head = ["self", "", "with calls", "", "function"];
  const right = [true, true, true, true, false];
  const [first = "", ...lines] = alignedColumns([head, ...rows], { right });
  // Red and yellow for what is worth a look, on a terminal that has colours.
  const coloured = lines.map((text, index) => {
    const share = functions[index]!.share;
    return share >= 0.2 ? style("red", text) : share >= 0.05 ? style("yellow", text) : text;
  });
  return `${style("bold", titleOf(profile))}\n\n${[style("dim", first), ...coloured].join("\n")}\n`;
}

function titleOf(profile: StackProfile): string {
  const { durationMs, startedAtMs, labels, samples } = profile;
  const { type, unit } = measureOf(profile);
  const parts = [`${type}: ${shown(totalOf(profile), unit)} in ${samples.length} stacks`];
  if (durationMs > 0) parts.push(`over ${(durationMs / 1_000).toFixed(1)} s`);
  if (startedAtMs > 0) parts.push(`from ${new Date(startedAtMs).toISOString()}`);
  return [...parts, ...Object.entries(labels).map(([key, value]) => `${key} ${value}`)].join(", ");
}

function measureOf({ types }: StackProfile): { readonly type: string; readonly unit: string } {
  return types.at(-1) ?? { type: "profile", unit: "" };
}

function totalOf({ samples, types }: StackProfile): number {
  return samples.reduce((sum, { values }) => sum + (values[types.length - 1] ?? 0), 0);
}

function shown(value: number, unit: string): string {
  if (unit === "nanoseconds") return value >= 1e9 ? `${(value / 1e9).toFixed(2)} s` : `${(value / 1e6).toFixed(1)} ms`;
  if (unit !== "bytes") return `${value}`;
  return value >= 2 ** 20 ? `${(value / 2 ** 20).toFixed(1)} MiB` : `${(value / 2 ** 10).toFixed(1)} KiB`;
}

/** As short as it can be clicked on. */
function placeOf(file: string): string {
  if (!file.startsWith("/")) return file;
  const near = relative(process.cwd(), file);
  return near.startsWith("..") ? file : near;
}

function style(format: Parameters<typeof styleText>[0], text: string): string {
  return styleText(format, text, { stream: process.stdout });
}
