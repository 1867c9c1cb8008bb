/**
 * Alerting in a thread of its own, seen from the one that it watches: this one collects and hands over, nothing more, and the
 * rules go on when it is blocked. This file and what it imports load no parser and no store.
 */
import type { SeriesBatch } from "@telltale/metrics";
import { type Clock, wallClock } from "../clock.ts";
import { declaredRules, watchCodedRules } from "../coded-alert/declared-rules.ts";
import { runIntervention } from "../intervention/intervention-registry.ts";
import type { AlertChange } from "./alert-changes.ts";
import type { AlertingFigures } from "./alerting.ts";
import type { AlertingProblem } from "./alerting-problem.ts";
import { hearCluster } from "./cluster-sources.ts";
import { collectEvery, type SeriesSource } from "./collecting.ts";
import {
  type AlertingQuestion,
  type AlertingQuestions,
  errorOf,
  type FromAlerting,
  type ThreadSettings,
  type ToAlerting,
} from "./dialogue.ts";
import { type AlertingWorker, startWorker } from "./start-thread.ts";

export interface AlertingThreadOptions {
  readonly settings: ThreadSettings & { readonly intervalMs: number };
  readonly series: SeriesSource;
  /** What `postMessage` hands over of a batch instead of copying it. */
  readonly transferables: (batch: SeriesBatch) => ArrayBuffer[];
  readonly onAlert: (change: AlertChange) => void;
  readonly onProblem: (problem: AlertingProblem) => void;
  /**
   * A folder for compiled code that nobody else can write to: a second start is faster by it. Its code is run as it is.
   * @default none
   */
  readonly compileCache?: string;
  /** How long the start of the thread is waited for. @default 10_000 */
  readonly startTimeoutMs?: number;
  /** @default the wall clock */
  readonly clock?: Clock;
}

/** What the alerting thread answers. */
export type AlertingAnswers = {
  readonly [K in AlertingQuestion]: (
    ...given: Parameters<AlertingQuestions[K]>
  ) => Promise<Awaited<ReturnType<AlertingQuestions[K]>>>;
};

export interface AlertingThread extends AlertingAnswers {
  /**
   * Blocks until alerting has started, or the time for it is up, which `onProblem` is told. When it cannot start, nothing of it is
   * left. Who does not wait is told of faults by `onProblem`, too.
   * @throws Error with the faults of all files
   */
  waitUntilStarted(): void;
  /** Where Alertmanager's API is served, if it is. */
  readonly apiUrl: string | undefined;
  /** As of the last collection. */
  figures(): AlertingFigures | undefined;
  /** Collects and hands over now. */
  collect(): Promise<void>;
  /** Lets what is on its way arrive, for so long at most. Twice is harmless. */
  stop(options: { readonly withinMs: number }): Promise<void>;
}

/** The name of this process among the sources. */
const SOURCE = "";

/** So many batches may wait for a thread that is busy; then it is not asked to take more. */
const MAX_WAITING = 4;

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** How much longer than its own deadline a thread may take that is told to stop. */
const STOP_MARGIN_MS = 250;

/**
 * Starts alerting in a worker, which keeps no process alive. Should it end, as when it needs more memory than there is, that is
 * told and another one is started after a pause: rules that nobody evaluates are the one thing that no alert tells.
 * @throws Error when there can be no other thread
 */
export function startAlertingThread(options: AlertingThreadOptions): AlertingThread {
  const { settings, series, transferables, onAlert, onProblem, startTimeoutMs = 10_000, clock = wallClock } = options;
  const { intervalMs } = settings;
  const asked = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let asks = 0;
  let waiting = 0;
  let isLate = false;
  let pauseMs = FIRST_PAUSE_MS;
  let restart: Disposable | undefined;
  let figures: AlertingFigures | undefined;
  let apiUrl: string | undefined;
  let stopping: Promise<void> | undefined;
  let onStopped = (): void => {};
  let isRunning = true;

  let thread = startWorker(settings, options.compileCache);
  attend(thread);
  const watch = watchCodedRules(() => say({ type: "declare", rules: declaredRules() }));
  const collecting = collectEvery({
    series,
    intervalMs,
    clock,
    isWanted,
    onProblem,
    take: (batch) => handOver(SOURCE, batch),
  });
  const cluster = hearCluster({
    take: (source, batch) => void (isWanted() ? handOver(source, batch) : cluster.again(source)),
    gone: (source) => say({ type: "gone", source }),
  });

  function waitUntilStarted(): void {
    try {
      if (thread.waitUntilStarted(startTimeoutMs, (message) => hear(thread, message))) return;
      const text = `alerting: its thread has not started within ${startTimeoutMs} ms and is not waited for any longer`;
      onProblem({ level: "warn", text });
    } catch (refusal) {
      stopping ??= stop(0);
      void thread.worker.terminate();
      throw refusal;
    }
  }

  function attend(started: AlertingWorker): void {
    const { worker, port } = started;
    port.on("message", (message: FromAlerting) => hear(started, message));
    port.unref();
    worker.unref();
    worker.on("error", (error) => onProblem({ level: "error", text: `alerting: its thread failed: ${String(error)}` }));
    worker.on("exit", () => {
      started.hearRest((message) => hear(started, message));
      isRunning = false;
      apiUrl = undefined;
      for (const { reject } of asked.values()) reject(gone());
      asked.clear();
      onStopped();
      if (stopping === undefined) startSoon();
    });
  }

  function startSoon(): void {
    restart = clock.at(clock.now() + pauseMs, startAgain);
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
  }

  function startAgain(): void {
    try {
      thread = startWorker(settings, options.compileCache);
    } catch (error) {
      onProblem({ level: "error", text: `alerting: its thread cannot be started again: ${String(error)}` });
      startSoon();
      return;
    }
    onProblem({ level: "warn", text: "alerting: its thread had ended and is started again" });
    waiting = 0;
    series.tellAnew();
    isRunning = true;
    attend(thread);
  }

  function hear(from: AlertingWorker, message: FromAlerting): void {
    // What a thread said that has ended is answered by nobody.
    if (from !== thread) return;
    switch (message.type) {
      case "started":
        ({ apiUrl } = message);
        break;
      case "refused":
        onProblem({ level: "error", text: `alerting: it cannot start: ${message.error.message}` });
        void thread.worker.terminate();
        break;
      case "taken":
        waiting--;
        ({ figures } = message);
        pauseMs = FIRST_PAUSE_MS;
        if (!message.again) break;
        if (message.source === SOURCE) series.tellAnew();
        else cluster.again(message.source);
        break;
      case "answer":
        asked.get(message.id)?.resolve(message.value);
        asked.delete(message.id);
        break;
      case "failed":
        asked.get(message.id)?.reject(errorOf(message.error));
        asked.delete(message.id);
        break;
      case "intervene":
        // Another thread that was started meanwhile would take it for the outcome of one of its own.
        void runIntervention(message.request).then((outcome) =>
          from.port.postMessage({ type: "outcome", id: message.id, outcome } satisfies ToAlerting),
        );
        break;
      case "alert":
        onAlert(message.change);
        break;
      case "problem":
        onProblem(message.problem);
        break;
      case "stopped":
        onStopped();
        break;
    }
    // The end is waited for, too.
    if (asked.size === 0 && stopping === undefined) from.port.unref();
  }

  function say(message: ToAlerting, transfer: readonly ArrayBuffer[] = []): void {
    thread.port.postMessage(message, transfer);
  }

  function ask(question: AlertingQuestion, given: readonly unknown[]): Promise<unknown> {
    if (stopping !== undefined || !isRunning) return Promise.reject(gone());
    return new Promise((resolve, reject) => {
      const id = asks++;
      asked.set(id, { resolve, reject });
      // Who waits for an answer keeps the process alive until it is there.
      thread.port.ref();
      say({ type: "ask", id, question, given });
    });
  }

  function isWanted(): boolean {
    if (stopping !== undefined || !isRunning) return false;
    if (waiting < MAX_WAITING) return true;
    if (!isLate) onProblem({ level: "warn", text: "alerting: its thread does not keep up; collections are left out" });
    isLate = true;
    return false;
  }

  function handOver(source: string, batch: SeriesBatch): void {
    waiting++;
    isLate = false;
    // What came from another process lies in memory that Node.js has for more than this.
    say({ type: "batch", source, batch }, source === SOURCE ? transferables(batch) : []);
  }

  async function stop(withinMs: number): Promise<void> {
    for (const one of [collecting, cluster, watch]) one[Symbol.dispose]();
    restart?.[Symbol.dispose]();
    if (!isRunning) return;
    let late: Disposable | undefined;
    await new Promise<void>((resolve) => {
      onStopped = resolve;
      thread.port.ref();
      say({ type: "stop", withinMs });
      late = clock.at(clock.now() + withinMs + STOP_MARGIN_MS, resolve);
    });
    late?.[Symbol.dispose]();
    await thread.worker.terminate();
  }

  return {
    waitUntilStarted,
    get apiUrl() {
      return apiUrl;
    },
    figures: () => figures,
    collect: () => collecting.collect(),
    ...answers(ask),
    stop({ withinMs }) {
      stopping ??= stop(withinMs);
      return stopping;
    },
  };
}

const questions: Readonly<Record<AlertingQuestion, true>> = {
  alerts: true,
  groups: true,
  silences: true,
  silence: true,
  expireSilence: true,
  acknowledge: true,
  incidents: true,
  incident: true,
  reload: true,
  settled: true,
};

function answers(ask: (question: AlertingQuestion, given: readonly unknown[]) => Promise<unknown>): AlertingAnswers {
  const names = Object.keys(questions) as readonly AlertingQuestion[];
  const asking = names.map((name) => [name, (...given: readonly unknown[]) => ask(name, given)]);
  return Object.fromEntries(asking) as AlertingAnswers;
}

function gone(): Error {
  return Object.assign(new Error("Alerting is stopped, or its thread is being started again; ask later"), {
    code: "TELLTALE_ALERTING_STOPPED",
  });
}
