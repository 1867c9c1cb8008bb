import type { Notifier } from "../delivery/notifier.ts";
import type { FiringAlert } from "../incidents/firing-alerts.ts";
import type { Incident } from "../incidents/incident.ts";
import type { SilenceDefinition } from "../routing/silences.ts";
import type { Acknowledgement } from "./incident-response-options.ts";
import type { HeldAcknowledgement } from "./response-state.ts";

/** An acknowledgement ends with its alert; its silence does so at the latest then. */
const LONGEST_MS = 30 * 86_400_000;

/** What the comments of such silences begin with. */
const COMMENT = "acknowledged until it is resolved";

/** So many alerts are named to who means none that fires. */
const MAX_NAMED = 5;

/** Who took up which alerts, until these are resolved. */
export class Acknowledgements {
  readonly #byKey: Map<string, HeldAcknowledgement>;
  readonly #notifier: () => Notifier;

  constructor(known: readonly HeldAcknowledgement[], notifier: () => Notifier) {
    this.#byKey = new Map(known.map((one) => [one.key, one]));
    this.#notifier = notifier;
  }

  has(key: string): boolean {
    return this.#byKey.has(key);
  }

  /** The silence by which an alert was taken up. */
  silenceOf(key: string): string | undefined {
    return this.#byKey.get(key)?.silenceId;
  }

  /** Those whose silence somebody has ended: nobody has them any more. */
  givenBack(nowMs: number): readonly HeldAcknowledgement[] {
    if (this.#byKey.size === 0) return [];
    const active = this.#active(nowMs);
    const ended = [...this.#byKey.values()].filter(({ silenceId }) => !active.has(silenceId));
    for (const { key } of ended) this.#byKey.delete(key);
    return ended;
  }

  /** Ends silences of acknowledgements that nobody knows of, as the state was lost: they would last for a month. */
  endStrays(nowMs: number): void {
    const { dispatcher } = this.#notifier();
    const known = new Set([...this.#byKey.values()].map(({ silenceId }) => silenceId));
    const active = this.#active(nowMs);
    for (const { id, comment } of dispatcher.silences()) {
      if (comment.startsWith(COMMENT) && active.has(id) && !known.has(id)) dispatcher.expireSilence(id, nowMs);
    }
  }

  /** Silences an alert, unless that is so already; the id of the silence. */
  take(alert: FiringAlert, by: Acknowledgement, nowMs: number): string {
    const { dispatcher } = this.#notifier();
    const known = this.#byKey.get(alert.key)?.silenceId;
    // A person may have ended it.
    const isSilent = known !== undefined && this.#active(nowMs).has(known);
    const silenceId = isSilent ? known : dispatcher.silence(silenceOf(alert, by, nowMs), nowMs).id;
    this.#byKey.set(alert.key, { key: alert.key, silenceId, by: by.by, timeMs: nowMs });
    return silenceId;
  }

  /** An alert is resolved. */
  end(key: string, nowMs: number): void {
    const held = this.#byKey.get(key);
    if (held === undefined) return;
    this.#byKey.delete(key);
    this.#notifier().dispatcher.expireSilence(held.silenceId, nowMs);
    // Not before the notifier knows that the alert is resolved.
    queueMicrotask(() => this.#notifier().wake());
  }

  /** Who took up one of these alerts last. */
  lastOf(keys: readonly string[]): string | undefined {
    const held = keys.flatMap((key) => this.#byKey.get(key) ?? []);
    return held.sort((a, b) => b.timeMs - a.timeMs)[0]?.by;
  }

  state(): readonly HeldAcknowledgement[] {
    return [...this.#byKey.values()];
  }

  #active(nowMs: number): ReadonlySet<string> {
    const silences = this.#notifier().dispatcher.silences();
    return new Set(silences.flatMap(({ id, endsAtMs }) => (endsAtMs > nowMs ? id : [])));
  }
}

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
  const wanted = Object.entries(what ?? {});
  if (wanted.length === 0) throw nothing("no labels are given; name some, such as { alertname: 'DiskFull' }");
  const alerts = firing.filter(({ labels }) => wanted.every(([name, value]) => (labels[name] ?? "") === value));
  if (alerts.length > 0) return alerts;
  throw nothing(`no alert fires with ${JSON.stringify(what)}; labels have to be equal, and ${namesOf(firing)}`);
}

/** Who mistyped a name finds it there. */
function namesOf(firing: readonly FiringAlert[]): string {
  const names = [...new Set(firing.map(({ labels }) => labels["alertname"] ?? ""))];
  if (names.length === 0) return "nothing fires now";
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : "";
  return `what fires now is ${names.slice(0, MAX_NAMED).join(", ")}${more}`;
}

/** @throws TypeError */
export function checkAcknowledgement(acknowledgement: Acknowledgement | undefined): void {
  const by: unknown = acknowledgement?.by;
  if (typeof by === "string" && by.trim() !== "") return;
  const message = `acknowledge: by is ${JSON.stringify(by)}; say who it is, such as { by: "ada" }`;
  throw Object.assign(new TypeError(message), { code: "TELLTALE_BAD_ACKNOWLEDGEMENT" });
}

/** Silences an alert by all of its labels. */
function silenceOf({ labels }: FiringAlert, { by, comment }: Acknowledgement, nowMs: number): SilenceDefinition {
  return {
    matchers: Object.entries(labels).map(([name, value]) => ({ name, operator: "=", value })),
    endsAtMs: nowMs + LONGEST_MS,
    createdBy: by,
    comment: `${COMMENT}${comment ? `: ${comment}` : ""}`,
  };
}

function nothing(text: string): RangeError {
  return Object.assign(new RangeError(`acknowledge: ${text}`), { code: "TELLTALE_NOTHING_TO_ACKNOWLEDGE" });
}
