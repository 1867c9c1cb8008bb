import { formatDuration } from "@telltale/promql";
import type { Incident, IncidentRecord } from "./incident.ts";
import { alertName } from "./joining-reason.ts";

/** A line for each incident, for a terminal. */
export function incidentLines(incidents: readonly Incident[], nowMs: number): string {
  if (incidents.length === 0) return "no incidents\n";
  const rows = incidents.map((one) => {
    const age = formatDuration(wholeSeconds((one.resolvedAtMs ?? nowMs) - one.openedAtMs));
    const by = one.acknowledgedBy === undefined ? "" : `, acknowledged by ${plain(one.acknowledgedBy)}`;
    return [one.id, time(one.openedAtMs), `${one.state} ${age}`, `${plain(one.title)}${by}`];
  });
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => `${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ")}\n`).join("");
}

/** An incident with its alerts, why they are in, and what happened, for a terminal. */
export function incidentText(incident: IncidentRecord, nowMs: number): string {
  const { members, events, openedAtMs } = incident;
  const alerts = members.map(({ labels, resolvedAtMs, because }) => {
    const state = resolvedAtMs === undefined ? "firing  " : "resolved";
    const rest = Object.entries(labels).filter(([name]) => name !== "alertname");
    const shown = rest.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(" ");
    const why = because === undefined ? "" : `\n            ${plain(because.text)}`;
    return `  ${state}  ${plain(alertName({ labels }))}  ${plain(shown)}${why}\n`;
  });
  const steps = events.map(({ timeMs, kind, text, by }) => {
    const who = by === undefined ? "" : ` (${plain(by)})`;
    const after = `+${formatDuration(wholeSeconds(timeMs - openedAtMs))}`;
    return `  ${time(timeMs)}  ${after.padStart(8)}  ${kind.padEnd(14)}  ${plain(text)}${who}\n`;
  });
  return `${incidentLines([incident], nowMs)}\nalerts\n${alerts.join("")}\nhistory\n${steps.join("")}`;
}

function time(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19).replace("T", " ")}Z`;
}

function wholeSeconds(durationMs: number): number {
  return Math.max(0, Math.floor(durationMs / 1000)) * 1000;
}

/** What others wrote must not steer the terminal, nor begin a line. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, " ");
}
