import type { AlertingFile } from "../alerting-file/alerting-file.ts";
import type { Clock } from "../clock.ts";
import type { Notifier } from "../delivery/notifier.ts";
import type { DependencyEdge } from "../incidents/dependency-edge.ts";
import type { Incident, IncidentRecord } from "../incidents/incident.ts";
import type { IncidentHistory, IncidentQuery } from "../incidents/incident-history.ts";
import type { InterventionOutcome, InterventionRequest } from "../intervention/intervention-request.ts";
import type { Notification } from "../routing/dispatcher.ts";
import type { IncomingAlert } from "../routing/held-alerts.ts";

export interface IncidentResponseOptions {
  readonly file: AlertingFile;
  /** The notifier of now; it is asked for each time. */
  readonly notifier: () => Notifier;
  /** @default the wall clock */
  readonly clock?: Clock;
  /** Incidents are written there, and what must outlive a restart. @default memory */
  readonly history?: IncidentHistory;
  /** Which services call which, now. @default none but those that alerts name themselves */
  readonly edges?: () => readonly DependencyEdge[];
  /** The service that alerts are about which name none. @default none */
  readonly ownService?: string;
  /** Runs code that is registered by a name, in the thread where it is; without it no intervention is made. */
  readonly intervene?: (request: InterventionRequest) => Promise<InterventionOutcome>;
  /** How long rules may take after a restart to say again what fires. @default 5 minutes */
  readonly graceMs?: number;
  /** Whether rules are evaluated as they should be: no heartbeat goes out while they are not. @default always */
  readonly isWell?: () => boolean;
  /** Called when something did not work that a person should know of. */
  readonly onProblem?: (text: string) => void;
}

/** What is done about alerts besides telling: incidents, acknowledgement, escalation, interventions, heartbeat. */
export interface IncidentResponse {
  /**
   * Takes alerts in and gives those that the notifier is to have, with the links of their runbooks; a cooldown holds some back.
   */
  receive<T extends IncomingAlert>(alerts: readonly T[]): readonly T[];
  /** A receiver has accepted: for the notifier's `onDelivered`. */
  notified(notification: Notification): void;
  /**
   * Silences alerts until they are resolved and stops their escalation: those of an incident, by its id or its beginning, or
   * all that fire and have these labels.
   * @throws RangeError with the code TELLTALE_NOTHING_TO_ACKNOWLEDGE when no alert fires that is meant
   */
  acknowledge(what: string | Readonly<Record<string, string>>, by: Acknowledgement): readonly AcknowledgedAlert[];
  incidents(query?: IncidentQuery): readonly Incident[];
  /** One with its history, by its id or the beginning of it. */
  incident(id: string): IncidentRecord | undefined;
  figures(): IncidentFigures;
  /** Goes on by another file. */
  reload(file: AlertingFile): void;
  /** Looks at what is due now; it does so itself when the time comes. */
  wake(): void;
  /** Until nothing is on its way any more. */
  settled(): Promise<void>;
  /** Ends; what is on its way ends with the notifier, which is to be stopped afterwards. */
  stop(): void;
}

export interface Acknowledgement {
  readonly by: string;
  readonly comment?: string;
}

export interface AcknowledgedAlert {
  readonly incidentId: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly silenceId: string;
}

/** What was done since the start, in numbers. */
export interface IncidentFigures {
  readonly open: number;
  /** Firings that a cooldown held back. */
  readonly heldBack: number;
  readonly escalated: number;
  readonly interventions: number;
  readonly heartbeats: number;
  readonly failedHeartbeats: number;
}
