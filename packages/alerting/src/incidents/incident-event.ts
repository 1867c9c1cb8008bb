/** One step in the history of an incident. It is plain data. */
export interface IncidentEvent {
  readonly incidentId: string;
  readonly timeMs: number;
  readonly kind: IncidentEventKind;
  /** For people. */
  readonly text: string;
  /** Of the alert that it is about. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Who did it; telltale itself where nobody is named. */
  readonly by?: string;
}

export type IncidentEventKind =
  | "opened"
  | "joined"
  | "merged"
  | "fired_again"
  | "held_back"
  | "notified"
  | "acknowledged"
  | "given_back"
  | "escalated"
  | "intervention"
  | "alert_resolved"
  | "resolved";
