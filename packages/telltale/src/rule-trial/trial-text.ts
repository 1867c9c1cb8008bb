import { styleText } from "node:util";
import { formatDuration, formatLabels, labelsOf } from "@telltale/promql";
import type { RuleTrial, TriedAlert, TriedSeries } from "./rule-trial.ts";

/** So many series of a part are shown. */
const SHOWN = 15;

/** What a trial found, for people. */
export function trialText(trial: RuleTrial): string {
  const { rule, file, alerts, parts, from, notes } = trial;
  const lines = [
    `${bold(rule.name)} ${coloured(stateOf(trial), verdict(trial))}`,
    "",
    `  file  ${file}:${rule.line}`,
    `  expr  ${rule.query.trim().replace(/\s*\n\s*/g, " ")}`,
    `  for   ${rule.forMs === 0 ? "at once" : formatDuration(rule.forMs)}`,
    `  from  ${from}`,
    ...notes.map((note) => `  note  ${note}`),
  ];
  if (alerts.length > 0) lines.push("", ...shown(alerts, (alert) => alertLine(alert, rule.forMs)));
  for (const { query, depth, series } of parts) {
    const indent = "  ".repeat(depth);
    lines.push("", `${indent}${bold(query)}`);
    if (series.length === 0) lines.push(`${indent}  no series`);
    const sorted = series.toSorted((a, b) => b.value - a.value);
    lines.push(...shown(sorted, (one) => `${indent}  ${seriesText(one)}`));
  }
  return `${lines.join("\n")}\n`;
}

/** What a trial found, for programs. */
export function trialJson({ file, rule, alerts, parts, from, notes }: RuleTrial): string {
  const { name, query, forMs } = rule;
  return JSON.stringify({
    alert: name,
    state: stateOf({ alerts }),
    file,
    expr: query,
    forMs,
    from,
    alerts,
    parts,
    notes,
  });
}

function stateOf({ alerts }: Pick<RuleTrial, "alerts">): "firing" | "pending" | "inactive" {
  if (alerts.some(({ state }) => state === "firing")) return "firing";
  return alerts.length > 0 ? "pending" : "inactive";
}

function verdict(trial: RuleTrial): string {
  const count = (state: string) => trial.alerts.filter((alert) => alert.state === state).length;
  const pending = count("pending");
  switch (stateOf(trial)) {
    case "firing":
      return `fires, on ${series(count("firing"))}${pending > 0 ? `, and is pending on ${pending} more` : ""}`;
    case "pending":
      return `is pending on ${series(pending)}: it holds, and not for long enough yet`;
    case "inactive":
      return "does not fire";
  }
}

function series(count: number): string {
  return `${count} series`;
}

function alertLine(alert: TriedAlert, forMs: number): string {
  const held =
    forMs === 0
      ? ""
      : `, for ${duration(alert.activeMs)}${alert.state === "pending" ? ` of ${duration(forMs)}` : " or more"}`;
  return `  ${coloured(alert.state, alert.state)}  ${seriesText(alert)}${held}`;
}

function duration(ms: number): string {
  return formatDuration(Math.round(ms / 1_000) * 1_000);
}

function seriesText({ labels, value }: TriedSeries): string {
  const { __name__: _, alertname: __, ...others } = labels;
  return `${formatValue(value)}  ${formatLabels(labelsOf(others))}`;
}

/** Enough to compare with a threshold. */
function formatValue(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}

function shown<T>(items: readonly T[], line: (item: T) => string): readonly string[] {
  const more = items.length - SHOWN;
  return [...items.slice(0, SHOWN).map(line), ...(more > 0 ? [`  … and ${more} more`] : [])];
}

function bold(text: string): string {
  return styleText("bold", text, { stream: process.stdout });
}

function coloured(state: "firing" | "pending" | "inactive", text: string): string {
  const colour = state === "firing" ? "red" : state === "pending" ? "yellow" : "green";
  return styleText(colour, text, { stream: process.stdout });
}
