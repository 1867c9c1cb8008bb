/**
 * Alerting in one thread, whichever: a store that is filled from outside, rules on it, and whoever tells of what they find. A
 * backend may run it next to APIs of its own, on the same store.
 */
import { resolve } from "node:path";
import { labelsOf, MemoryStore } from "@telltale/promql";
import { wallClock } from "../clock.ts";
import type { CodedRule } from "../coded-alert/coded-rule.ts";
import { codedRuleSource } from "../coded-alert/coded-rules.ts";
import { startIncidentResponse } from "../incident-response/incident-response.ts";
import { memoryHistory } from "../incidents/incident-history.ts";
import { serviceEdges } from "../incidents/service-edges.ts";
import type { SentAlert } from "../rule-group/alert.ts";
import { type RuleRunner, type RuleSource, type RunningGroup, startRules } from "../rule-runner/rule-runner.ts";
import { openIncidentFile } from "../state-file/incident-file.ts";
import { type AlertChange, AlertChanges } from "./alert-changes.ts";
import type { Alerting, AlertingFigures, AlertingOptions } from "./alerting.ts";
import { type AlertingFiles, fileMarks, readAlertingFiles } from "./alerting-files.ts";
import { baselineFeed } from "./baseline-feed.ts";
import { watchFiles } from "./file-watch.ts";
import { savedForState, saveForState } from "./for-state.ts";
import { keepState } from "./kept-state.ts";
import { alertingGroup, runningAlerts } from "./running-rules.ts";
import { watchSources } from "./sources.ts";
import { startTelling, within } from "./telling.ts";

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

/** A group that was not evaluated for so many of its intervals is no sign of life. */
const LATE_INTERVALS = 3;

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
  const path = options.state && resolve(options.folder, options.state);
  warnOfRepetition(files);
  const kept = keepState(path, onProblem);
  const history = path === undefined ? memoryHistory() : openIncidentFile(path);
  const store = new MemoryStore({ retentionMs: settings.retentionMs, maxBytes: settings.maxBytes });
  const restored = savedForState(kept.text(FOR_STATE));
  store.append(restored);
  const baselines = baselineFeed(store, { choices: files.extras.baselines, kept, onProblem });
  const count = { evaluations: 0, missed: 0, delivered: 0, failed: 0 };

  const startedMs = clock.now();
  const graceMs = 4 * Math.max(intervalMs, files.longestIntervalMs, RESEND_DELAY_MS);
  let runner: RuleRunner | undefined;
  const telling = startTelling({
    files,
    clock,
    alertmanagers: settings.alertmanagers,
    externalUrl,
    state: kept.state,
    graceMs,
    onState: (state) => kept.save(state),
    onDelivered(notification) {
      count.delivered++;
      response.notified(notification);
    },
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
  // Whatever the sources are called, they are of one service.
  const ownService = Object.values(settings.targets)[0]?.["job"];
  const response = startIncidentResponse({
    file: files.extras,
    notifier: () => telling.notifier,
    clock,
    history,
    graceMs,
    edges: () => serviceEdges(store, { timeMs: clock.now(), options: files.extras.incidents }),
    isWell: () => isWell(runner?.groups() ?? [], clock.now(), startedMs),
    onProblem: (text) => onProblem({ level: "warn", text: `alerting: ${text}` }),
    ...(options.intervene !== undefined && { intervene: options.intervene }),
    ...(ownService !== undefined && { ownService }),
  });
  const changes = new AlertChanges(telling.notifier.dispatcher.state().alerts, clock.now());

  let coded: readonly CodedRule[] = [];
  let evaluated: SentAlert[] = [];
  let saving: Disposable | undefined;
  let reloading: Promise<void> = Promise.resolve();
  let stopping: Promise<void> | undefined;
  const sources = watchSources(store, { clock, intervalMs, targets: settings.targets });
  const first = clock.at(clock.now() + 2 * intervalMs, run);
  const watch = watchFiles({
    clock,
    pollMs: settings.pollMs,
    known: marks,
    look: () => fileMarks(options),
    onChange: () => void reload().catch(({ message }: Error) => tellUnusable(message)),
  });

  function warnOfRepetition({ extras: { interventions } }: AlertingFiles): void {
    const names = interventions.flatMap(({ name, dryRun }) => (dryRun ? [] : name));
    if (path !== undefined || names.length === 0) return;
    const text = `alerting: interventions (${names.join(", ")}) may be made again after a restart, as alerting.state names no file`;
    onProblem({ level: "warn", text });
  }

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
      onAlerts: (alerts) => void evaluated.push(...alerts),
      onEvaluated(_, { missed }) {
        tell();
        count.evaluations++;
        count.missed += missed;
        saveSoon();
      },
    });
  }

  function sourcesOf({ sources }: AlertingFiles): readonly RuleSource[] {
    return coded.length === 0 ? sources : [...sources, codedRuleSource(coded)];
  }

  /** The alerts of a group's rules at once: the state is written for each time that somebody is told. */
  function tell(): void {
    if (evaluated.length === 0) return;
    const alerts = evaluated;
    evaluated = [];
    const admitted = response.receive(alerts);
    telling.receive(admitted);
    tellChanges(changes.take(admitted, clock.now()));
  }

  function tellChanges(changed: readonly AlertChange[]): void {
    if (changed.length === 0) return;
    const statuses = telling.notifier.dispatcher.alerts(clock.now());
    const suppressed = new Set(statuses.flatMap(({ state, key }) => (state === "suppressed" ? [key] : [])));
    for (const change of changed) if (!suppressed.has(labelsOf(change.labels).key)) onAlert(change);
  }

  /** So that many groups write once. */
  function saveSoon(): void {
    if (!kept.isFile) return;
    saving ??= clock.at(clock.now() + SAVE_AFTER_MS, save);
  }

  function save(): void {
    saving = undefined;
    kept.keep(FOR_STATE, saveForState(store));
    baselines.save();
  }

  function reload(): Promise<void> {
    const reloaded = reloading.then(async () => {
      const next = readAlertingFiles(options);
      runner?.reload(sourcesOf(next));
      files = next;
      warnOfRepetition(next);
      baselines.choose(next.extras.baselines);
      await telling.replace(next);
      response.reload(next.extras);
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

  async function settled(): Promise<void> {
    await response.settled();
    await telling.settled();
  }

  async function stop(withinMs: number): Promise<void> {
    for (const timer of [first, watch, sources, saving]) timer?.[Symbol.dispose]();
    runner?.stop();
    tell();
    await within(reloading.then(settled), clock, withinMs);
    response.stop();
    await telling.stop();
    if (kept.isFile) {
      save();
      baselines.save({ whole: true });
    }
    history.close();
    kept.close();
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
      baselines.feed(batch.timeMs);
      // Where nothing is evaluated nobody else does.
      saveSoon();
      store.prune();
      tellChanges(changes.expire(clock.now()));
      if (isTaken) run();
      return isTaken;
    },
    remove: (source) => sources.remove(source),
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
      // It may have been that of an acknowledgement.
      response.wake();
      return isExpired;
    },
    acknowledge: response.acknowledge,
    incidents: response.incidents,
    incident: response.incident,
    figures: () => ({ ...ruleFigures(rules()), ...count, ...storeFigures(store), ...response.figures() }),
    reload,
    declare(rules) {
      coded = rules;
      try {
        runner?.reload(sourcesOf(files));
      } catch (error) {
        tellUnusable((error as Error).message);
      }
    },
    settled,
    stop({ withinMs }) {
      stopping ??= stop(withinMs);
      return stopping;
    },
  };
}

function isWell(groups: readonly RunningGroup[], nowMs: number, startedMs: number): boolean {
  return groups.every(
    ({ lastEvaluationMs = startedMs, intervalMs }) => nowMs - lastEvaluationMs <= LATE_INTERVALS * intervalMs,
  );
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
