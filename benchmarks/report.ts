/** docs/benchmarks.md: each benchmark owns one section, between two markers, and writes it itself. */
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";

const file = join(import.meta.dirname, "..", "docs", "benchmarks.md");

/** Replaces the section of that name, or adds it at the end. */
export function writeSection(name: string, title: string, body: string): void {
  const begin = `<!-- ${name} -->`;
  const end = `<!-- /${name} -->`;
  const machine = `Node ${process.version}, ${cpus()[0]?.model.trim() ?? "unknown processor"}, ${cpus().length} cores.`;
  const section = `${begin}\n## ${title}\n\n${machine}\n\n${body.trim()}\n${end}`;
  let page = HEAD;
  try {
    page = readFileSync(file, "utf8");
  } catch {
    // The first benchmark writes the page.
  }
  const start = page.indexOf(begin);
  const stop = page.indexOf(end);
  page =
    start >= 0 && stop > start
      ? page.slice(0, start) + section + page.slice(stop + end.length)
      : `${page.trimEnd()}\n\n${section}\n`;
  writeFileSync(file, page);
}

/** A Markdown table; the first row is its head. */
export function table(rows: readonly (readonly string[])[]): string {
  const [head = [], ...rest] = rows;
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rest.map(line)].join("\n");
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

const HEAD = `# Benchmarks

Every section is written by the benchmark that it names, from one run in which all candidates took turns on the same
machine. Read the ratios; the absolute figures are this machine's.
`;
