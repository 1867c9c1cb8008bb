/** Severity is what Alertmanager routes by: `critical` wakes somebody, `warning` waits for the morning. */
export type Severity = "critical" | "warning";

/** An alert rule, with what its readers need and with samples that it has to fire on and stay silent on. */
export interface Alert {
  readonly name: string;
  readonly expr: string;
  /** How long it has to hold: "5m". @default it fires at once */
  readonly for?: string;
  readonly severity: Severity;
  /** Labels besides the severity. */
  readonly labels?: Readonly<Record<string, string>>;
  /** One line for a pager, with `{{ $labels.x }}` and `{{ $value }}`. */
  readonly summary: string;
  /** What it means, for whoever is woken by it. */
  readonly meaning: string;
  /** What to do, a step an entry. */
  readonly steps: readonly string[];
  readonly fires: FiringExample;
  readonly silent: Example;
}

/** Samples by the series that has them, in promtool's notation: "0+1x10 _ 5". */
export interface Example {
  readonly samples: Readonly<Record<string, string>>;
  /** Time between two samples. @default "30s" */
  readonly interval?: string;
  readonly at: string;
}

export interface FiringExample extends Example {
  /** Those of the alert, without the severity. */
  readonly labels: Readonly<Record<string, string>>;
  /** What `{{ $value }}` is, when the summary has it. */
  readonly value?: string;
}

export interface Recording {
  readonly record: string;
  readonly expr: string;
  readonly meaning: string;
}

/** The rules of one domain, one file in deploy/alerts. */
export interface RuleGroup {
  readonly domain: string;
  readonly title: string;
  readonly recordings?: readonly Recording[];
  readonly alerts: readonly Alert[];
}
