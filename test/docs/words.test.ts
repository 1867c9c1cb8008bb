/** Commands, variables, options and metrics that a page names exist. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Command } from "../../packages/telltale/src/command/command-line.ts";
import type { GroupOption, Option } from "../../packages/telltale/src/configuration/option.ts";
import { schema } from "../../packages/telltale/src/configuration/schema.ts";
import { catalogueOf, cataloguePaths } from "../../scripts/catalogues.ts";
import { metricLabels } from "../../scripts/metric-labels.ts";
import { codeOf, root } from "../workspace.ts";
import { codeWordsOf, pages, textOf } from "./pages.ts";

const words = pages.flatMap(codeWordsOf);
const folders = ["packages/*/src", "examples", "scripts", "benchmarks", "test"];
const sources = globSync(
  folders.map((folder) => `${folder}/**/*.{ts,mjs}`),
  { cwd: root, exclude: (path) => /node_modules|test\/docs/.test(path) || /src\/.*\.test\.ts$/.test(path) },
).map(codeOf);
const written = (word: string): boolean => sources.some((text) => text.includes(word));

/** Names of other libraries, and files, that look like ours. */
const FOREIGN_FUNCTIONS = [
  "createLogger",
  "getNodeAutoInstrumentations",
  "startTimer",
  "collectDefaultMetrics",
  "setDefaultLabels",
  "setTag",
];
const FOREIGN_METRICS = [
  "process_cpu_seconds_total",
  "process_resident_memory_bytes",
  "process_open_fds",
  "process_start_time_seconds",
  "nodejs_eventloop_lag_p99_seconds",
  "nodejs_heap_size_used_bytes",
  "nodejs_gc_duration_seconds",
  "nodejs_active_resources",
];
const FILE_NAME = /\.(?:json|ya?ml|ts|db)$/;

test("npm scripts that a page names are in package.json", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const named = everywhere(/npm (?:run (?:--silent )?)([\w:-]+)/g);
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter(({ match: [, name] }) => scripts[name!] === undefined).map(told)).toEqual([]);
});

test("commands of telltale, and their options, are those that it has", async () => {
  const named = everywhere(/(?<=npx |npm run |`|^ {4})telltale (?:-- )?((?:[a-z]+ )?[a-z]+)([^\n`#|]*)/gm);
  const help = await helpByCommand();
  const wrong = named.filter(({ match: [, spoken, rest] }) => {
    const said = help.get(/^(alerts|profile) /.test(spoken!) ? spoken! : spoken!.split(" ")[0]!);
    const options = [...rest!.matchAll(/--[a-z-]+/g)].map(([option]) => option);
    return said === undefined || !options.every((option) => said.includes(option));
  });
  expect(named.length).toBeGreaterThan(10);
  expect(wrong.map(told)).toEqual([]);
});

test("variables that a page names are read somewhere", () => {
  const known = new Set(textOf("docs/configuration.md").match(/\b(?:OTEL|TELLTALE)_[A-Z0-9_]+\b/g));
  const named = everywhere(/\b(?:OTEL|TELLTALE)_[A-Z0-9_]*[A-Z0-9]\b(?!\*)/g);
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter(({ match: [name] }) => !known.has(name) && !written(name)).map(told)).toEqual([]);
});

test("variables of the examples are read by them", () => {
  const named = words.filter(
    ({ word, place }) => place.startsWith("docs/trading-desk.md") && /^[A-Z][A-Z_]+$/.test(word),
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter(({ word }) => !written(word))).toEqual([]);
});

test("options that a page names by their path are options", () => {
  const groups = Object.keys(schema.options).filter((name) => schema.options[name]?.kind === "group");
  const paths = words.filter(
    ({ word }) => /^\w+(\.\w+)+$/.test(word) && !FILE_NAME.test(word) && groups.includes(word.split(".")[0]!),
  );
  // A resource's attributes, such as service.instance.id, are written like the options that set them.
  const wrong = paths.filter(({ word }) => !isOption(word.split("."), schema) && !written(`"${word}"`));
  expect(paths.length).toBeGreaterThan(10);
  expect(wrong.map(({ word, place }) => `${place}: ${word}`)).toEqual([]);
});

test("examples that a page starts by name are there", () => {
  const named = everywhere(/npm run example ([\w-]+)/g);
  expect(named.length).toBeGreaterThan(3);
  const list = readFileSync(join(root, "examples/run.ts"), "utf8");
  expect(named.filter(({ match: [, name] }) => !new RegExp(`^ {2}"?${name}"?: \\{`, "m").test(list)).map(told)).toEqual(
    [],
  );
});

test("faults that a page makes simulators have are theirs", async () => {
  const simulators = await Promise.all(
    globSync("examples/simulators/*.ts", { cwd: root })
      .filter((path) => readFileSync(join(root, path), "utf8").includes("runDirectly(import.meta.url"))
      .map((path) => import(join(root, path)) as Promise<{ readonly faults: object }>),
  );
  const faults = simulators.flatMap((simulator) => Object.keys(simulator.faults));
  const named = everywhere(/--fault ([a-z-]+)/g);
  expect(named.length).toBeGreaterThan(3);
  expect(named.filter(({ match: [, fault] }) => !faults.includes(fault!)).map(told)).toEqual([]);
});

const catalogues = await Promise.all(cataloguePaths().map(catalogueOf));
const entries = catalogues.flatMap((catalogue) => Object.values(catalogue));
const metricNames = new Set(entries.map(({ name }) => name));
const attributeNames = new Set(entries.flatMap(({ attributes = {} }) => Object.keys(attributes)));

test("metrics of ours that a page names are in a catalogue", async () => {
  const series = new Set((await metricLabels()).keys());
  const labels = new Set([...attributeNames].map((name) => name.replaceAll(".", "_")));
  const prefixes = [...new Set([...metricNames].map((name) => name.split(".")[0]!))];
  const ours = new RegExp(`^(?:${prefixes.join("|")})(?:[._][a-z0-9]+)+$`);
  const named = words.filter(({ word }) => ours.test(word) && !FILE_NAME.test(word) && !FOREIGN_METRICS.includes(word));
  const wrong = named.filter(
    ({ word }) =>
      !metricNames.has(word) &&
      !attributeNames.has(word) &&
      !series.has(word) &&
      !labels.has(word) &&
      !written(word) &&
      !written(word.replaceAll("_", ".")),
  );
  expect(named.length).toBeGreaterThan(500);
  expect(wrong.map(({ word, place }) => `${place}: ${word}`)).toEqual([]);
});

test("functions that a page names are in the sources", () => {
  const named = words.flatMap(({ word, place }) => {
    const [, name] = /^(?:\w+\.)*([a-z]\w*)\(/.exec(word) ?? [];
    return name === undefined || FOREIGN_FUNCTIONS.includes(name) ? [] : [{ name, place }];
  });
  expect(named.length).toBeGreaterThan(100);
  expect(named.filter(({ name }) => !written(name)).map(({ name, place }) => `${place}: ${name}`)).toEqual([]);
});

interface Named {
  readonly page: string;
  readonly match: RegExpMatchArray;
}

function everywhere(pattern: RegExp): readonly Named[] {
  return pages.flatMap((page) => [...textOf(page).matchAll(pattern)].map((match) => ({ page, match })));
}

function told({ page, match: [text] }: Named): string {
  return `${page}: ${text}`;
}

/** What `--help` prints, by the words behind `telltale`. */
async function helpByCommand(): Promise<ReadonlyMap<string, string>> {
  const files = globSync("packages/telltale/src/*-command.ts", { cwd: root, exclude: ["**/telltale-command.ts"] });
  const modules = await Promise.all(files.map((file) => import(join(root, file)) as Promise<Record<string, Command>>));
  const texts = modules.flatMap((module) => Object.values(module)).flatMap(({ help }) => help ?? []);
  return new Map(texts.map((help) => [/^Usage: telltale ([a-z]+(?: [a-z]+)?)/.exec(help)?.[1] ?? "", help]));
}

function isOption(path: readonly string[], within: Option): boolean {
  const [first, ...rest] = path;
  if (first === undefined) return true;
  switch (within.kind) {
    case "group":
      return within.options[first] !== undefined && isOption(rest, within.options[first]);
    case "variants":
      return Object.values(within.variants).some((variant: GroupOption) => isOption(path, variant));
    case "list":
      return isOption(path, within.item);
    default:
      return within.kind === "instrumentations" || within.kind === "map";
  }
}
