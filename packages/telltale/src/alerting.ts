import { createRequire } from "node:module";
import { type Attributes, diag } from "@opentelemetry/api";
import type { IMetricReader } from "@opentelemetry/sdk-metrics";
import type { AlertChange, AlertingAnswers, AlertingFigures, AlertingProblem } from "@telltale/alerting/thread";
import type { Logger } from "@telltale/logging";
import type { SeriesReader } from "@telltale/metrics";
import { compileCacheFolder } from "./compile-cache.ts";
import type { AlertingConfiguration, Configuration } from "./configuration.ts";

const require = createRequire(import.meta.url);

/** The rules that run, who is told, and what can be done about it. Answers come from the thread of alerting. */
export interface AlertingControl extends Omit<AlertingAnswers, "settled"> {
  /** Where Alertmanager's API of version 2 is served; undefined when it is not. */
  readonly apiUrl: string | undefined;
}

/** Alerting as `bootstrap()` holds it. */
export interface RunningAlerting {
  /** Undefined in a worker of a node:cluster, whose primary alerts. */
  readonly control: AlertingControl | undefined;
  /**
   * Blocks until the thread has started: what is wrong with rules or receivers is to be told by `bootstrap()`.
   * @throws Error with the faults of all files, or why it cannot start
   */
  waitUntilStarted(): void;
  /** For the meter provider: without it only declared instruments are seen. */
  readonly reader: IMetricReader;
  /** Alerts are told there from now on; those before wait for it. */
  logTo(logger: Logger): void;
  /** As of the last collection; undefined before. */
  figures(): AlertingFigures | undefined;
  /** Until nothing is on its way to anybody. Never rejects. */
  settled(): Promise<void>;
  stop(options: { readonly withinMs: number }): Promise<void>;
}

/**
 * Starts the thread that alerts, which then reads its files while this one goes on. A worker of a node:cluster collects for its
 * primary instead; a worker thread does nothing, as the process has its alerting already.
 * @throws Error when there can be no other thread
 */
export function startAlerting(
  configuration: Configuration,
  settings: AlertingConfiguration,
  known: Attributes,
): RunningAlerting | undefined {
  if (!process.getBuiltinModule("node:worker_threads").isMainThread) return undefined;
  const { seriesReader } = require("@telltale/metrics") as typeof import("@telltale/metrics");
  const { clusterWorkerId } = require("@telltale/alerting/thread") as typeof import("@telltale/alerting/thread");
  const target = targetLabels(configuration, known);
  const id = clusterWorkerId();
  if (id === undefined) return startThread(settings, seriesReader({ targetLabels: target }), target);
  const instance = `${target["instance"]}/worker-${id}`;
  return joinPrimary(settings, seriesReader({ targetLabels: { ...target, instance } }));
}

function startThread(
  settings: AlertingConfiguration,
  series: SeriesReader,
  target: Readonly<Record<string, string>>,
): RunningAlerting {
  const { transferables } = require("@telltale/metrics") as typeof import("@telltale/metrics");
  const { startAlertingThread } = require("@telltale/alerting/thread") as typeof import("@telltale/alerting/thread");
  const early: AlertChange[] = [];
  let tell = (change: AlertChange): void => void early.push(change);
  const compileCache = compileCacheFolder();
  const thread = withPlace(() =>
    startAlertingThread({
      settings: { ...settings, targets: { "": target } },
      series,
      transferables,
      onAlert: (change) => tell(change),
      onProblem,
      ...(compileCache !== undefined && { compileCache }),
    }),
  );
  return {
    control: thread,
    waitUntilStarted: () => withPlace(() => thread.waitUntilStarted()),
    reader: series.reader,
    logTo(logger) {
      tell = (change) => logChange(logger, change);
      for (const change of early.splice(0)) tell(change);
    },
    figures: () => thread.figures(),
    settled: () => thread.settled().catch(() => {}),
    stop: (options) => thread.stop(options),
  };
}

function joinPrimary({ intervalMs }: AlertingConfiguration, series: SeriesReader): RunningAlerting {
  const { joinCluster } = require("@telltale/alerting/thread") as typeof import("@telltale/alerting/thread");
  const membership = joinCluster({ series, intervalMs, onProblem });
  return {
    control: undefined,
    waitUntilStarted() {},
    reader: series.reader,
    logTo() {},
    figures: () => undefined,
    async settled() {},
    stop: async () => membership[Symbol.dispose](),
  };
}

function onProblem({ level, text }: AlertingProblem): void {
  diag[level](`telltale: ${text}`);
}

/**
 * The same for the same process after a restart, or every alert would be another one; and where there is a Prometheus page, what
 * a server that scrapes it says.
 */
function targetLabels(
  { resource, metrics, service }: Configuration,
  known: Attributes,
): Readonly<Record<string, string>> {
  const name = String(known["service.name"]);
  const id = resource.attributes["service.instance.id"];
  const port = metrics.prometheus?.port;
  const instance =
    id === undefined ? process.getBuiltinModule("node:os").hostname() + (port ? `:${port}` : "") : String(id);
  return { job: service.namespace === undefined ? name : `${service.namespace}/${name}`, instance };
}

function withPlace<T>(start: () => T): T {
  try {
    return start();
  } catch (error) {
    const { message } = error as Error;
    throw Object.assign(error as Error, {
      message: `telltale: alerting cannot start\n  - ${message.replaceAll("\n", "\n  - ")}`,
    });
  }
}

const levels = { critical: "error", warning: "warn", info: "info" } as const;

function logChange(logger: Logger, { state, labels, annotations, startsAtMs }: AlertChange): void {
  const { alertname = "", severity = "" } = labels;
  const about = annotations["summary"] ?? annotations["description"];
  const isFiring = state === "firing";
  const level = isFiring ? (levels[severity as keyof typeof levels] ?? "warn") : "info";
  const text = `${alertname} ${isFiring ? "fires" : "is resolved"}${about === undefined ? "" : `: ${about}`}`;
  logger[level]({ alert: { state, labels, annotations, startsAt: new Date(startsAtMs).toISOString() } }, text);
}
