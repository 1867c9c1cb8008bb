import type { Attributes, HrTime } from "@opentelemetry/api";
import type { ExponentialHistogram, Histogram, ScopeMetrics } from "@opentelemetry/sdk-metrics";
import { type AnyPoint, duplicateGuard, EXPONENTIAL_HISTOGRAM, type Family, families, HISTOGRAM } from "./family.ts";
import { labelText } from "./labels.ts";
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
  /** What was said before, so that nothing is said at every scrape. */
  readonly told: Set<string>;
}

/** The page in pieces of some ten kilobytes, so that the caller may let the event loop run between them. */
export function* pageText(
  resource: Attributes,
  scopes: readonly ScopeMetrics[],
  options: TextOptions,
): Generator<string> {
  yield targetInfo(resource, options.format);
  for (const family of families(scopes, options.told)) yield* familyText(family, options);
  if (options.format === "openmetrics") yield "# EOF\n";
}

/** HELP, TYPE and UNIT of a family. OpenMetrics names a counter without `_total`. */
export function headText(
  { name, type, help, unit }: Pick<Family, "name" | "type" | "help" | "unit">,
  format: TextFormat,
): string {
  const openMetrics = format === "openmetrics";
  const family = openMetrics && type === "counter" ? name.replace(/_total$/, "") : name;
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

function targetInfo(resource: Attributes, format: TextFormat): string {
  const labels = labelText(resource);
  if (labels === "") return "";
  const type = format === "openmetrics" ? "# TYPE target info" : "# TYPE target_info gauge";
  const help = `# HELP ${format === "openmetrics" ? "target" : "target_info"} Target metadata\n`;
  return `${help}${type}\ntarget_info{${labels}} 1\n`;
}

function* familyText(family: Family, options: TextOptions): Generator<string> {
  const duplicate = duplicateGuard(family, options.told);
  let text = headText(family, options.format);
  for (const { metric, scope } of family.metrics) {
    const extra = joined(options.constantLabels, options.scopeLabels ? scopeText(scope) : "");
    for (const point of metric.dataPoints as AnyPoint[]) {
      const labels = joined(labelText(point.attributes), extra);
      if (duplicate(labels)) continue;
      if (metric.dataPointType === HISTOGRAM) {
        text += histogramText(family.name, labels, explicitBuckets(point.value as Histogram), options.format);
      } else if (metric.dataPointType === EXPONENTIAL_HISTOGRAM) {
        text += histogramText(family.name, labels, octaveBuckets(point.value as ExponentialHistogram), options.format);
      } else {
        text += `${family.name}${braced(labels)} ${numberText(point.value as number)}\n`;
      }
      if (options.format === "openmetrics" && family.type !== "gauge")
        text += createdText(family, labels, point.startTime);
      if (text.length > PIECE_LENGTH) {
        yield text;
        text = "";
      }
    }
  }
  yield text;
}

const PIECE_LENGTH = 16_384;

interface Buckets {
  readonly limits: readonly number[];
  /** Of each limit, not summed up; one more for what lies above the last. */
  readonly counts: readonly number[];
  readonly sum: number | undefined;
  readonly count: number;
}

function explicitBuckets({ buckets, sum, count }: Histogram): Buckets {
  return { limits: buckets.boundaries, counts: buckets.counts, sum, count };
}

/**
 * The text formats know no exponential histogram. Powers of two are limits at every scale from 0 up, so the series stand
 * still while the scale follows the data.
 */
function octaveBuckets({ positive, scale, zeroCount, sum, count }: ExponentialHistogram): Buckets {
  const coarse = Math.min(scale, 0);
  const limits: number[] = [0];
  const counts = [zeroCount];
  positive.bucketCounts.forEach((n, i) => {
    const octave = (positive.offset + i) >> (scale - coarse);
    const limit = 2 ** ((octave + 1) * 2 ** -coarse);
    if (limits.at(-1) !== limit) {
      limits.push(limit);
      counts.push(0);
    }
    counts[counts.length - 1] = (counts.at(-1) as number) + n;
  });
  if (limits.at(-1) === Number.POSITIVE_INFINITY) return { limits: limits.slice(0, -1), counts, sum, count };
  return { limits, counts: [...counts, 0], sum, count };
}

function histogramText(name: string, labels: string, buckets: Buckets, format: TextFormat): string {
  const before = labels === "" ? "" : `${labels},`;
  let text = "";
  let below = 0;
  buckets.limits.forEach((limit, i) => {
    if (limit === Number.POSITIVE_INFINITY) return;
    below += buckets.counts[i] as number;
    text += `${name}_bucket{${before}le="${limitText(limit, format)}"} ${below}\n`;
  });
  text += `${name}_bucket{${before}le="+Inf"} ${buckets.count}\n`;
  if (buckets.sum !== undefined) text += `${name}_sum${braced(labels)} ${numberText(buckets.sum)}\n`;
  return `${text}${name}_count${braced(labels)} ${buckets.count}\n`;
}

function createdText({ name, type }: Family, labels: string, [seconds, nanoseconds]: HrTime): string {
  const base = type === "counter" ? name.replace(/_total$/, "") : name;
  return `${base}_created${braced(labels)} ${seconds + nanoseconds / 1e9}\n`;
}

function scopeText(scope: ScopeMetrics["scope"]): string {
  return labelText({
    otel_scope_name: scope.name,
    ...(scope.version === undefined || scope.version === "" ? {} : { otel_scope_version: scope.version }),
    ...(scope.schemaUrl === undefined ? {} : { otel_scope_schema_url: scope.schemaUrl }),
  });
}

function joined(one: string, other: string): string {
  return one === "" || other === "" ? one + other : `${one},${other}`;
}

function braced(labels: string): string {
  return labels === "" ? "" : `{${labels}}`;
}
