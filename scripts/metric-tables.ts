import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { AttributeDeclarations, AttributeValues, Catalogue, CatalogueEntry } from "@telltale/metrics";
import { catalogueOf, cataloguePaths } from "./catalogues.ts";
import type { GeneratedFile } from "./generated.ts";
import { prometheusName } from "./prometheus-name.ts";

const root = resolve(import.meta.dirname, "..");
const BEGIN = "<!-- Metrics: written by npm run generate from src/catalogue.ts. -->";
const END = "<!-- End of metrics. -->";

/** README.md of every package that has a catalogue, with the table of its metrics in the place that it marks. */
export function metricTables(): Promise<readonly GeneratedFile[]> {
  const catalogues = cataloguePaths();
  const packages = new Set(catalogues.map((path) => path.split("/")[1]!));
  return Promise.all(
    Array.from(packages, async (name) => {
      const path = `packages/${name}/README.md`;
      const sources = catalogues.filter((source) => source.startsWith(`packages/${name}/`));
      return { path, text: withTable(path, (await Promise.all(sources.map(tableOf))).join("\n\n")) };
    }),
  );
}

/** A catalogue as a Markdown table. */
export function metricTable(catalogue: Catalogue): string {
  const head = ["metric", "in Prometheus", "kind", "unit", "attributes", "meaning"];
  const rows = Object.values(catalogue).map(cells);
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

async function tableOf(path: string): Promise<string> {
  return metricTable(await catalogueOf(path));
}

function withTable(path: string, table: string): string {
  const text = readFileSync(resolve(root, path), "utf8");
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin === -1 || end < begin)
    throw new Error(`${path} has no place for its metrics; write two lines:\n${BEGIN}\n${END}`);
  return `${text.slice(0, begin)}${BEGIN}\n\n${table}\n\n${text.slice(end)}`;
}

function cells(entry: CatalogueEntry): string[] {
  const { name, unit, description, attributes } = entry;
  return [
    code(name),
    code(prometheusName(entry)),
    KINDS[entry.kind],
    code(unit),
    attributeCell(attributes),
    description,
  ].map((text) => text.replaceAll("|", "\\|"));
}

const KINDS: Readonly<Record<CatalogueEntry["kind"], string>> = {
  counter: "counter",
  upDownCounter: "up-down counter",
  gauge: "gauge",
  histogram: "histogram",
  exponentialHistogram: "exponential histogram",
};

function attributeCell(attributes: AttributeDeclarations<AttributeValues> = {}): string {
  return Object.entries(attributes)
    .map(([key, rule]) => `${code(key)}${valuesText(rule)}`)
    .join("<br>");
}

function valuesText(rule: AttributeDeclarations<AttributeValues>[string]): string {
  if (!("max" in rule)) return `: ${rule.map((value) => code(String(value))).join(", ")}`;
  return rule.max === Number.POSITIVE_INFINITY ? "" : ` (the first ${rule.max} values)`;
}

function code(text: string): string {
  return text === "" ? "" : `\`${text}\``;
}
