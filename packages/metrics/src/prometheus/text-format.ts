import type { Family } from "./family.ts";
import { unitSuffix } from "./name.ts";

export type TextFormat = "text" | "openmetrics";

/** `Content-Type` of the two formats. */
export const CONTENT_TYPES: Readonly<Record<TextFormat, string>> = {
  text: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

export interface TextOptions {
  readonly format: TextFormat;
  /** Whether every series carries `otel_scope_name` and `otel_scope_version`. */
  readonly scopeLabels: boolean;
  /** Labels that every series carries, as `labelText` writes them. */
  readonly constantLabels: string;
  /** Whether OpenMetrics tells when each counter and histogram began. */
  readonly created: boolean;
  /** What was said before, so that nothing is said at every scrape. */
  readonly told: Set<string>;
}

/** HELP, TYPE and UNIT of a family. OpenMetrics names a counter without `_total`. */
export function headText(
  { name, type, help, unit }: Pick<Family, "name" | "type" | "help" | "unit">,
  format: TextFormat,
): string {
  const openMetrics = format === "openmetrics";
  const family = openMetrics ? baseName(name, type) : name;
  const escaped = help.replace(/\\/g, "\\\\").replace(/\n/g, "\\n");
  const helpLine = help === "" ? "" : `# HELP ${family} ${openMetrics ? escaped.replace(/"/g, '\\"') : escaped}\n`;
  const suffix = unitSuffix(unit);
  const unitLine = openMetrics && suffix !== "" && family.endsWith(`_${suffix}`) ? `# UNIT ${family} ${suffix}\n` : "";
  return `${helpLine}# TYPE ${family} ${type}\n${unitLine}`;
}

/** A number as both formats write it. */
export function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  if (value === Number.NEGATIVE_INFINITY) return "-Inf";
  return String(value);
}

/** A bucket's limit; OpenMetrics wants it as a float. */
export function limitText(limit: number, format: TextFormat): string {
  const text = numberText(limit);
  return format === "openmetrics" && Number.isInteger(limit) && !text.includes("e") ? `${text}.0` : text;
}

/** The `_created` line of a series, or nothing where the format or the options have none. */
export function createdText(
  { name, type }: Pick<Family, "name" | "type">,
  labels: string,
  seconds: number,
  { format, created }: Pick<TextOptions, "format" | "created">,
): string {
  if (!created || format !== "openmetrics" || type === "gauge") return "";
  return `${baseName(name, type)}_created${braced(labels)} ${seconds}\n`;
}

export function joined(one: string, other: string): string {
  return one === "" || other === "" ? one + other : `${one},${other}`;
}

export function braced(labels: string): string {
  return labels === "" ? "" : `{${labels}}`;
}

function baseName(name: string, type: Family["type"]): string {
  return type === "counter" ? name.replace(/_total$/, "") : name;
}
