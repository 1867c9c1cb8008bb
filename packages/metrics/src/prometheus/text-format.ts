import type { Family } from "./family.ts";
import { unitSuffix } from "./name.ts";
import { escapeText, familyText, type Naming, sampleText } from "./naming.ts";

export type TextFormat = "text" | "openmetrics";

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
  /** @default translated */
  readonly naming?: Naming | undefined;
}

/** HELP, TYPE and UNIT of a family. OpenMetrics names a counter without `_total`. */
export function headText(
  { name, type, help, unit }: Pick<Family, "name" | "type" | "help" | "unit">,
  format: TextFormat,
): string {
  const openMetrics = format === "openmetrics";
  const base = openMetrics ? baseName(name, type) : name;
  const family = familyText(base);
  const escaped = openMetrics ? escapeText(help) : help.replace(/\\/g, "\\\\").replace(/\n/g, "\\n");
  const helpLine = help === "" ? "" : `# HELP ${family} ${escaped}\n`;
  const suffix = unitSuffix(unit);
  const unitLine = openMetrics && suffix !== "" && base.endsWith(`_${suffix}`) ? `# UNIT ${family} ${suffix}\n` : "";
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
  return `${sampleText(`${baseName(name, type)}_created`, labels)} ${seconds}\n`;
}

export function joined(one: string, other: string): string {
  return one === "" || other === "" ? one + other : `${one},${other}`;
}

function baseName(name: string, type: Family["type"]): string {
  return type === "counter" ? name.replace(/_total$/, "") : name;
}
