import type { FiringAlert } from "../incidents/firing-alerts.ts";
import type { Incident } from "../incidents/incident.ts";
import type { Silence, SilenceDefinition } from "../routing/silences.ts";
import type { Acknowledgement } from "./incident-response-options.ts";

/** An acknowledgement ends with its alert; its silence does so at the latest then. */
const LONGEST_MS = 30 * 86_400_000;

/** The alerts that are meant: of an incident by its id or the beginning of it, or all that have these labels. @throws RangeError */
export function acknowledgedAlerts(
  what: string | Readonly<Record<string, string>>,
  { firing, incidents }: { readonly firing: readonly FiringAlert[]; readonly incidents: readonly Incident[] },
): readonly FiringAlert[] {
  if (typeof what === "string") {
    const meant = incidents.filter(({ id }) => id === what);
    const found = meant.length > 0 || what === "" ? meant : incidents.filter(({ id }) => id.startsWith(what));
    if (found.length > 1) throw nothing(`${found.length} incidents begin with "${what}"; give more of the id`);
    const keys = new Set(found[0]?.members.map(({ key }) => key));
    const alerts = firing.filter(({ key }) => keys.has(key));
    if (alerts.length > 0) return alerts;
    throw nothing(`no incident "${what}" has an alert that fires; those that are open are in incidents()`);
  }
  const wanted = Object.entries(what);
  if (wanted.length === 0) throw nothing("no labels are given; name some, such as { alertname: 'DiskFull' }");
  const alerts = firing.filter(({ labels }) => wanted.every(([name, value]) => (labels[name] ?? "") === value));
  if (alerts.length > 0) return alerts;
  throw nothing(`no alert fires with ${JSON.stringify(what)}; labels have to be equal, and the alert to fire now`);
}

/** @throws TypeError */
export function checkAcknowledgement({ by }: Acknowledgement): void {
  if (typeof by === "string" && by.trim() !== "") return;
  const message = `acknowledge: by is ${JSON.stringify(by)}; say who it is, such as { by: "ada" }`;
  throw Object.assign(new TypeError(message), { code: "TELLTALE_BAD_ACKNOWLEDGEMENT" });
}

/** Silences an alert by all of its labels. */
export function silenceOf({ labels }: FiringAlert, { by, comment }: Acknowledgement, nowMs: number): SilenceDefinition {
  return {
    matchers: Object.entries(labels).map(([name, value]) => ({ name, operator: "=", value })),
    endsAtMs: nowMs + LONGEST_MS,
    createdBy: by,
    comment: `acknowledged until it is resolved${comment ? `: ${comment}` : ""}`,
  };
}

function nothing(text: string): RangeError {
  return Object.assign(new RangeError(`acknowledge: ${text}`), { code: "TELLTALE_NOTHING_TO_ACKNOWLEDGE" });
}

/** Whether a silence is still there: a person may have ended it. */
export function isSilent(silences: readonly Silence[], id: string | undefined, nowMs: number): id is string {
  return silences.some((silence) => silence.id === id && silence.endsAtMs > nowMs);
}
