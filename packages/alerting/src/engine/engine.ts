/**
 * Alerting in one thread, whichever: a store that is filled from outside, rules on it, and whoever tells of what they find. A
 * backend may run it next to APIs of its own, on the same store.
 */
import { resolve } from "node:path";
import type { MetricFamily, SeriesBatch } from "@telltale/metrics";
import { MemoryStore } from "@telltale/promql";
import { type Clock, wallClock } from "../clock.ts";
import type { CodedRule } from "../coded-alert/coded-rule.ts";
import { codedRuleSource } from "../coded-alert/coded-rules.ts";
import type { Notifier } from "../delivery/notifier.ts";
import type { Silence, SilenceDefinition } from "../routing/silences.ts";
import type { SentAlert } from "../rule-group/alert.ts";
import { type RuleRunner, type RuleSource, type RunningGroup, startRules } from "../rule-runner/rule-runner.ts";
import { type AlertChange, AlertChanges } from "./alert-changes.ts";
import { type AlertingFiles, type AlertingPaths, fileMarks, readAlertingFiles } from "./alerting-files.ts";
import type { AlertingProblem } from "./alerting-problem.ts";
import { watchFiles } from "./file-watch.ts";
import { savedForState, saveForState } from "./for-state.ts";
import { keepState } from "./kept-state.ts";
import { type AlertingGroup, alertingGroup, type RunningAlert, runningAlerts } from "./running-rules.ts";
import { watchSources } from "./sources.ts";
import { startTelling, within } from "./telling.ts";

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
  /** Called when something does not work that goes on being tried, or could not be used. */
  readonly onProblem?: (problem: AlertingProblem) => void;
}

/** What alerting did since its start, in numbers. */
export interface AlertingFigures {
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
export interface Alerting {
  readonly store: MemoryStore;
  /** The notifier of now; after a reload it is another one. */
  readonly notifier: Notifier;
  /**
   * Takes in what a source collected. Of a source from which nothing comes for two intervals, all series end, and `up` is 0.
   * False when a batch before this one is missing: then its reader has to `tellAnew()`.
   */
  append(source: string, batch: SeriesBatch): boolean;
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
  /** Lets what is on its way arrive, for so long at most, and ends. */
  stop(options: { readonly withinMs: number }): Promise<void>;
}

const defaults = {
  alertmanagers: [] as readonly string[],
  intervalMs: 15_000,
  retentionMs: 24 * 3_600_000,
  maxBytes: 256 * 2 ** 20,
  externalUrl: "",
  externalLabels: {} as Readonly<Record<string, string>>,
  targets: {} as Readonly<Record<string, Readonly<Record<string, string>>>>,
  pollMs: 5_000,
};

/** Prometheus: `--rules.alert.resend-delay`. */
const RESEND_DELAY_MS = 60_000;

/** What changed is written so much later, together with what changes meanwhile. */
const SAVE_AFTER_MS = 1_000;

const FOR_STATE = "for-state";

/**
 * Starts alerting. Rules are evaluated from the first samples on, or after two intervals without any: before, everything would be
 * absent.
 * @throws AlertingFilesError with all faults of all files; Error when the state's file cannot be used
 */
export function startAlerting(options: AlertingOptions): Alerting {
  const { clock = wallClock, onAlert = () => {}, onProblem = () => {} } = options;
  const settings = { ...defaults, ...options };
  const { intervalMs, externalLabels, externalUrl } = settings;
  const marks = fileMarks(options);
  let files = readAlertingFiles(options);
  for (const text of files.warnings) onProblem({ level: "warn", text });
  const kept = keepState(options.state && resolve(options.folder, options.state), onProblem);
  const store = new MemoryStore({ retentionMs: settings.retentionMs, maxBytes: settings.maxBytes });
  const restored = savedForState(kept.text(FOR_STATE));
  store.append(restored);
  const count = { evaluations: 0, missed: 0, delivered: 0, failed: 0 };

  const telling = startTelling({
    files,
    clock,
    alertmanagers: settings.alertmanagers,
    externalUrl,
    state: kept.state,
    graceMs: 4 * Math.max(intervalMs, files.longestIntervalMs, RESEND_DELAY_MS),
    onState: (state) => kept.save(state),
    onDelivered: () => void count.delivered++,
    onFailure({ receiver, integration }, reason) {
      count.failed++;
      onProblem({
        level: "error",
        text: `alerting: receiver ${receiver} (${integration.kind}) was not told: ${reason}`,
      });
    },
    onHandOverFailure(reason) {
      count.failed++;
      onProblem({ level: "error", text: `alerting: no hand-over: ${reason}` });
    },
  });
  const changes = new AlertChanges(telling.notifier.dispatcher.state().alerts, clock.now());

  let runner: RuleRunner | undefined;
  let coded: readonly CodedRule[] = [];
  let saving: Disposable | undefined;
  let reloading: Promise<void> = Promise.resolve();
  const sources = watchSources(store, { clock, intervalMs, targets: settings.targets });
  const first = clock.at(clock.now() + 2 * intervalMs, run);
  const watch = watchFiles({
    clock,
    pollMs: settings.pollMs,
    known: marks,
    look: () => fileMarks(options),
    onChange: () => void reload().catch(({ message }: Error) => tellUnusable(message)),
  });

  function run(): void {
    first[Symbol.dispose]();
    runner ??= startRules({
      sources: sourcesOf(files),
      store,
      clock,
      intervalMs,
      externalLabels,
      externalUrl,
      resendDelayMs: RESEND_DELAY_MS,
      restore: restored.length > 0,
      onAlerts: receive,
      onEvaluated(_, { missed }) {
        count.evaluations++;
        count.missed += missed;
        saveSoon();
      },
    });
  }

  function sourcesOf({ sources }: AlertingFiles): readonly RuleSource[] {
    return coded.length === 0 ? sources : [...sources, codedRuleSource(coded)];
  }

  function receive(alerts: readonly SentAlert[]): void {
    telling.receive(alerts);
    tellChanges(changes.take(alerts, clock.now()));
  }

  function tellChanges(changed: readonly AlertChange[]): void {
    if (changed.length === 0) return;
    const suppressed = telling.notifier.dispatcher.alerts(clock.now()).filter(({ state }) => state === "suppressed");
    for (const change of changed) {
      if (!suppressed.some(({ labels }) => sameLabels(labels, change.labels))) onAlert(change);
    }
  }

  /** So that many groups write once. */
  function saveSoon(): void {
    if (!kept.isFile) return;
    saving ??= clock.at(clock.now() + SAVE_AFTER_MS, save);
  }

  function save(): void {
    saving = undefined;
    kept.keep(FOR_STATE, saveForState(store));
  }

  function reload(): Promise<void> {
    const reloaded = reloading.then(async () => {
      const next = readAlertingFiles(options);
      runner?.reload(sourcesOf(next));
      files = next;
      await telling.replace(next);
    });
    reloading = reloaded.catch(() => {});
    return reloaded;
  }

  function tellUnusable(faults: string): void {
    onProblem({
      level: "error",
      text: `alerting: files that changed cannot be used, all goes on as before:\n${faults}`,
    });
  }

  const rules = (): readonly RunningGroup[] => runner?.groups() ?? [];
  const dispatcher = () => telling.notifier.dispatcher;
  return {
    store,
    get notifier() {
      return telling.notifier;
    },
    append(source, batch) {
      const isTaken = sources.append(source, batch);
      store.prune();
      tellChanges(changes.expire(clock.now()));
      if (isTaken) run();
      return isTaken;
    },
    families: () => sources.families(),
    rules,
    groups: () => rules().map(alertingGroup),
    alerts: () => runningAlerts(rules(), dispatcher().alerts(clock.now()), externalLabels),
    silences: () => dispatcher().silences(),
    silence(definition) {
      const silence = dispatcher().silence(definition, clock.now());
      telling.notifier.wake();
      return silence;
    },
    expireSilence(id) {
      const isExpired = dispatcher().expireSilence(id, clock.now());
      telling.notifier.wake();
      return isExpired;
    },
    figures: () => ({ ...ruleFigures(rules()), ...count, ...storeFigures(store) }),
    reload,
    declare(rules) {
      coded = rules;
      runner?.reload(sourcesOf(files));
    },
    settled: () => telling.settled(),
    async stop({ withinMs }) {
      for (const timer of [first, watch, sources, saving]) timer?.[Symbol.dispose]();
      runner?.stop();
      await within(
        reloading.then(() => telling.settled()),
        clock,
        withinMs,
      );
      await telling.stop();
      if (kept.isFile) save();
      kept.close();
    },
  };
}

function ruleFigures(groups: readonly RunningGroup[]): Pick<AlertingFigures, "failing" | "pending" | "firing"> {
  const figures = { failing: 0, pending: 0, firing: 0 };
  for (const { health, alerts } of groups.flatMap(({ rules }) => rules)) {
    if (health === "err") figures.failing++;
    for (const { state } of alerts) if (state !== "inactive") figures[state]++;
  }
  return figures;
}

function storeFigures(store: MemoryStore): Pick<AlertingFigures, "series" | "storeBytes"> {
  const { series, bytes } = store.size();
  return { series, storeBytes: bytes };
}

function sameLabels(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
