import { labelName, metricName, type NamedMetric, utf8LabelName, utf8MetricName } from "./name.ts";

/** How names come onto a page, in the words of the `Accept` header. */
export type Escaping = "underscores" | "allow-utf-8";

/** Makes names of metrics and attributes into those of a page; undefined where nothing of one can be used. */
export interface Naming {
  metric(metric: NamedMetric): string | undefined;
  label(key: string): string | undefined;
}

/** The names that rules and dashboards know, whoever asks. */
export const translatedNames: Naming = { metric: metricName, label: labelName };

/** OpenTelemetry's own names, with units and types behind them. */
export const utf8Names: Naming = { metric: utf8MetricName, label: utf8LabelName };

/** A sample up to its value: a name that is not a plain one stands in quotes between the braces. */
export function sampleText(name: string, labels: string): string {
  if (!PLAIN_METRIC.test(name)) return `{${quoted(name)}${labels === "" ? "" : ","}${labels}}`;
  return labels === "" ? name : `${name}{${labels}}`;
}

/** A metric's name in a HELP, TYPE or UNIT line. */
export function familyText(name: string): string {
  return PLAIN_METRIC.test(name) ? name : quoted(name);
}

/** A label's name, in quotes where it has to be. */
export function labelNameText(name: string): string {
  return PLAIN_LABEL.test(name) ? name : quoted(name);
}

/** Backslash, quote and line feed, which is all that the formats know. */
export function escapeText(text: string): string {
  return /[\\"\n]/.test(text) ? text.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n") : text;
}

// What Prometheus 2 takes without quotes.
const PLAIN_METRIC = /^[A-Za-z_:][A-Za-z0-9_:]*$/;
const PLAIN_LABEL = /^[A-Za-z_][A-Za-z0-9_]*$/;

function quoted(name: string): string {
  return `"${escapeText(name)}"`;
}
