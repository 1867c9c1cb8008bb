import { compareLabels, formatDuration, formatLabels, type Labels } from "@telltale/promql";
import { compareBytes } from "../go-template/value.ts";
import type { AlertTest } from "./rule-test-file.ts";

export interface FoundAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
}

/** What is wrong with the alerts that fire, in promtool's words; undefined when they are those that were expected. */
export function alertProblem(test: AlertTest, found: readonly FoundAlert[], testName: string): string | undefined {
  const expected = test.expected.map(({ labels, annotations }) => ({
    labels: withEmptyLabels({ ...labels, alertname: test.alertname }),
    annotations: withEmptyLabels(annotations),
  }));
  const [wanted, got] = [expected.toSorted(compareAlerts), found.toSorted(compareAlerts)];
  if (wanted.length === got.length && wanted.every((one, i) => compareAlerts(one, got[i]!) === 0)) return undefined;
  const name = testName === "" ? "" : `    name: ${testName},\n`;
  const time = formatDuration(test.evalTimeMs);
  return (
    `${name}    alertname: ${test.alertname}, time: ${time}, \n` +
    `        exp:${describe(wanted)}, \n        got:${describe(got)}`
  );
}

/** Labels in which an empty value is not the same as none: so promtool compares annotations, and what a test expects. */
export function withEmptyLabels(record: Readonly<Record<string, string>>): Labels {
  const pairs = Object.entries(record)
    .sort(([a], [b]) => compareBytes(a, b))
    .flat();
  return { pairs, key: JSON.stringify(pairs) };
}

function compareAlerts(a: FoundAlert, b: FoundAlert): number {
  return compareLabels(a.labels, b.labels) || compareLabels(a.annotations, b.annotations);
}

function describe(alerts: readonly FoundAlert[]): string {
  if (alerts.length === 0) return "[]";
  const indent = " ".repeat(12);
  const items = alerts.map(
    ({ labels, annotations }, i) =>
      `${indent}${i}:\n${indent}  Labels:${formatLabels(labels)}\n${indent}  Annotations:${formatLabels(annotations)}`,
  );
  return `[\n${items.join(",\n")}\n${indent}]`;
}
