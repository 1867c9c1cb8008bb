import type { MetricFamily, SeriesBatch } from "@telltale/metrics";
import type { MemoryStore } from "@telltale/promql";
import type { Clock } from "../clock.ts";
import type { CodedRule } from "../coded-alert/coded-rule.ts";
import type { Notifier } from "../delivery/notifier.ts";
import type { IncidentFigures, IncidentResponse } from "../incident-response/incident-response-options.ts";
import type { InterventionOutcome, InterventionRequest } from "../intervention/intervention-request.ts";
import type { Silence, SilenceDefinition } from "../routing/silences.ts";
import type { RunningGroup } from "../rule-runner/rule-runner.ts";
import type { AlertChange } from "./alert-changes.ts";
import type { AlertingPaths } from "./alerting-files.ts";
import type { AlertingProblem } from "./alerting-problem.ts";
import type { AlertingGroup, RunningAlert } from "./running-rules.ts";

/** What alerting is to do; plain data, so that it goes to another thread. */
export interface AlertingSettings extends AlertingPaths {
  /** Addresses of Alertmanagers that alerts are handed over to; the receivers are told when none answers. @default none */
  readonly alertmanagers?: readonly string[];
  /** A file for what must outlive a restart. @default memory */
  readonly state?: string;
  /** How often samples come, and how often groups are evaluated that do not say. @default 15_000 */
  readonly intervalMs?: number;
  /** How long samples are kept. @default 24 hours */
  readonly retentionMs?: number;
  /** How much memory samples may take; the oldest go first. @default 256 MiB */
  readonly maxBytes?: number;
  /** Where people find the alerts; receivers are told. @default "" */
  readonly externalUrl?: string;
  /** Added to every alert. @default none */
  readonly externalLabels?: Readonly<Record<string, string>>;
  /** The labels of sources that are to be there from the start, by the sources' names. @default none */
  readonly targets?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** How often the files are looked at for changes. @default 5_000 */
  readonly pollMs?: number;
}

export interface AlertingOptions extends AlertingSettings {
  /** @default the wall clock */
  readonly clock?: Clock;
  /** Called when an alert begins to fire and when it is resolved, unless it is silenced or inhibited. */
  readonly onAlert?: (change: AlertChange) => void;
  /** Runs code that is registered by a name, where the application is; without it no intervention is made. */
  readonly intervene?: (request: InterventionRequest) => Promise<InterventionOutcome>;
  /** Called when something does not work that goes on being tried, or could not be used. */
  readonly onProblem?: (problem: AlertingProblem) => void;
}

/** What alerting did since its start, in numbers. */
export interface AlertingFigures extends IncidentFigures {
  readonly evaluations: number;
  readonly missed: number;
  /** Rules whose last evaluation failed. */
  readonly failing: number;
  readonly pending: number;
  readonly firing: number;
  /** What receivers were told, and could not be told. */
  readonly delivered: number;
  readonly failed: number;
  readonly series: number;
  readonly storeBytes: number;
}

/** Alerting that runs. */
export interface Alerting extends Pick<IncidentResponse, "acknowledge" | "incidents" | "incident"> {
  readonly store: MemoryStore;
  /** The notifier of now; after a reload it is another one. */
  readonly notifier: Notifier;
  /**
   * Takes in what a source collected. Of a source from which nothing comes for two intervals, all series end, and `up` is 0.
   * False when a batch before this one is missing: then its reader has to `tellAnew()`.
   */
  append(source: string, batch: SeriesBatch): boolean;
  /** The source is no more: all of its series end, `up` too. */
  remove(source: string): void;
  /** What was told of families, by their names. */
  families(): ReadonlyMap<string, MetricFamily>;
  rules(): readonly RunningGroup[];
  groups(): readonly AlertingGroup[];
  alerts(): readonly RunningAlert[];
  silences(): readonly Silence[];
  /** @throws RangeError when the silence could never apply */
  silence(definition: SilenceDefinition): Silence;
  /** Ends a silence; false when none of that id is active or to come. */
  expireSilence(id: string): boolean;
  figures(): AlertingFigures;
  /** Reads the files again. @throws AlertingFilesError when they cannot be used; then all stays as it was */
  reload(): Promise<void>;
  /** Takes the rules of alerts in code, in the place of those before. */
  declare(rules: readonly CodedRule[]): void;
  /** Until nothing is on its way to anybody. */
  settled(): Promise<void>;
  /** Lets what is on its way arrive, for so long at most, and ends. Twice is harmless. */
  stop(options: { readonly withinMs: number }): Promise<void>;
}
