import type { IncidentEvent } from "./incident-event.ts";

/** Alerts that belong together, as plain data. Times are milliseconds since 1970. */
export interface Incident {
  readonly id: string;
  /** The name of its first alert, and how many others there are. */
  readonly title: string;
  /** `quiet` while nothing fires and it is not over yet. */
  readonly state: "firing" | "quiet" | "resolved";
  readonly openedAtMs: number;
  readonly resolvedAtMs: number | undefined;
  /** By when they first fired. */
  readonly members: readonly IncidentMember[];
  /** Who acknowledged it last, of those whose acknowledgement holds. */
  readonly acknowledgedBy: string | undefined;
}

export interface IncidentMember {
  /** The same for the same labels. */
  readonly key: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly startsAtMs: number;
  /** When it was resolved last; undefined while it fires. */
  readonly resolvedAtMs: number | undefined;
  /** How often it has fired. */
  readonly firings: number;
  /** Why it is in; undefined for the first one. */
  readonly because: JoiningReason | undefined;
}

/** Why an alert is in an incident. */
export interface JoiningReason {
  /** Key of the member that it was joined with. */
  readonly with: string;
  /** The name of the service that both are about, or the way from the one that calls to the one that is called. */
  readonly path: readonly string[];
  /** So far apart they began. */
  readonly apartMs: number;
  /** Labels that are the same, without those that say which service. */
  readonly shared: Readonly<Record<string, string>>;
  /** All of it in a sentence. */
  readonly text: string;
}

/** An incident with all that happened. */
export interface IncidentRecord extends Incident {
  readonly events: readonly IncidentEvent[];
}
