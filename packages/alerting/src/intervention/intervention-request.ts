/** What the code of an intervention is told; it goes from thread to thread. */
export interface InterventionRequest {
  /** That the code is registered by. */
  readonly name: string;
  /** It is not to be run: only what it would do is asked for. */
  readonly dryRun: boolean;
  readonly incidentId: string;
  readonly alert: InterventionAlert;
  /** For how long the outcome is waited for. */
  readonly timeoutMs: number;
}

/** The alert because of which an intervention is made. */
export interface InterventionAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAtMs: number;
}

/** What became of an intervention. */
export interface InterventionOutcome {
  readonly outcome: "done" | "would_run" | "failed" | "timed_out" | "not_registered";
  /** What the code says of it, or why it failed. */
  readonly text: string;
}
