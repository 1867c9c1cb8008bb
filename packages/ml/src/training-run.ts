import { context, SpanStatusCode, trace } from "@opentelemetry/api";
import { Federation, type FederationOptions } from "./federation.ts";
import type { Split } from "./live-training.ts";
import { badOption, type MlOptions, mlSettings, modelName } from "./ml-options.ts";
import type { RunOutcome } from "./model-series.ts";
import { RunContext } from "./run-context.ts";
import { TrainingStep } from "./training-step.ts";
import { Validation } from "./validation.ts";
import { whenDone } from "./when-done.ts";

export interface TrainingOptions extends MlOptions {
  /** Name of what is trained. */
  readonly model: string;
  /** Which run it is: on its span and in log records, never in a metric. */
  readonly runId?: string;
}

/** How a run went so far. */
export interface TrainingSummary {
  readonly model: string;
  /** Undefined while it goes on. */
  readonly outcome: RunOutcome | undefined;
  readonly seconds: number;
  readonly steps: number;
  readonly skippedSteps: number;
  readonly samples: number;
  readonly epochs: number;
  /** The last ones; undefined where there is none. */
  readonly loss: number | undefined;
  readonly validationLoss: number | undefined;
  readonly validationAccuracy: number | undefined;
  /** As in `ml.training.convergence.rate`. */
  readonly convergenceRate: number | undefined;
}

/** The training of one model, from its start to its end. */
export class TrainingRun implements Disposable {
  readonly model: string;
  private readonly run: RunContext;
  private final: TrainingSummary | undefined;

  /** Made by `training()`. */
  constructor({ model, runId, ...options }: TrainingOptions) {
    if (runId !== undefined && typeof runId !== "string") {
      throw badOption(`runId is ${JSON.stringify(runId)}; give a text`);
    }
    this.run = new RunContext(modelName(model), runId, mlSettings(options));
    this.model = this.run.model;
  }

  /**
   * One step, timed until `work` is done, whose result comes back. It counts as applied unless its loss or gradient was none,
   * or `step.skip()` said so. One that throws is no step.
   */
  step<T>(work: (step: TrainingStep) => T): T {
    const step = this.startStep();
    return whenDone(() => work(step), { done: () => step.end(), failed: () => step.abandon() });
  }

  /** The same without a function: to be ended by `step.end()`. */
  startStep(): TrainingStep {
    return new TrainingStep(this.run, this.run.settings.now());
  }

  /** A pass over data that is not trained on, timed until `work` is done, whose result comes back. */
  validate<T>(
    work: (validation: Validation) => T,
    { split = "validation" }: { readonly split?: "validation" | "test" } = {},
  ): T {
    const validation = new Validation(this.run, split === "test" ? "test" : "validation");
    const span = this.run.childSpan(`validate ${this.model}`, { "ml.split": split satisfies Split });
    const startMs = this.run.settings.now();
    const ended = (error?: unknown): void => {
      if (error !== undefined) span?.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
      span?.end();
      if (error !== undefined || this.isClosedTo("a validation")) return;
      const seconds = this.run.series.secondsSince(startMs, this.run.settings.now());
      if (seconds !== undefined) this.run.training.validationDuration.record(seconds);
    };
    const inside = (): T =>
      span === undefined
        ? work(validation)
        : context.with(trace.setSpan(context.active(), span), () => work(validation));
    return whenDone(inside, { done: () => ended(), failed: (error) => ended(error ?? "rejected") });
  }

  /** An epoch is finished. With its number, from 1, the same one counts once. */
  epoch(number = this.run.epochs + 1): void {
    if (this.isClosedTo("an epoch")) return;
    if (!Number.isSafeInteger(number) || number <= this.run.epochs) {
      this.run.series.anomaly("bad_value", `epoch ${String(number)} came after epoch ${this.run.epochs}`);
      return;
    }
    this.run.epochs = number;
    this.run.training.epochs.add(1);
    this.run.span?.addEvent("ml.epoch", { "ml.epoch": number });
  }

  /** Rounds in which others train, and send their updates. */
  federated(options: FederationOptions = {}): Federation {
    return new Federation(this.run, options);
  }

  completed(): void {
    this.end("completed");
  }

  /** Ended before it was through, on purpose: early stopping, or a signal. */
  stopped(reason?: string): void {
    if (reason !== undefined && !this.run.isOver) this.run.span?.setAttribute("ml.reason", String(reason));
    this.end("stopped");
  }

  failed(error?: unknown): void {
    if (!this.run.isOver) {
      if (error instanceof Error) this.run.span?.recordException(error);
      const message = error instanceof Error ? error.message : String(error ?? "");
      this.run.span?.setStatus({ code: SpanStatusCode.ERROR, message });
    }
    this.end("failed");
  }

  get summary(): TrainingSummary {
    return this.final ?? this.summaryAt(this.run.settings.now(), undefined);
  }

  /** Stopped, if it is not over yet. */
  [Symbol.dispose](): void {
    if (!this.run.isOver) this.stopped();
  }

  private end(outcome: RunOutcome): void {
    if (this.isClosedTo(outcome)) return;
    const { run } = this;
    const endMs = run.settings.now();
    this.final = this.summaryAt(endMs, outcome);
    run.closing?.();
    run.isOver = true;
    run.live.end();
    const seconds = run.series.secondsSince(run.startMs, endMs);
    if (seconds !== undefined) run.training.ended[outcome].record(seconds);
    run.span?.setAttributes({ "ml.outcome": outcome, "ml.steps": run.steps }).end();
  }

  private summaryAt(nowMs: number, outcome: RunOutcome | undefined): TrainingSummary {
    const { run } = this;
    return {
      model: run.model,
      outcome,
      seconds: Math.max(0, nowMs - run.startMs) / 1_000,
      steps: run.steps,
      skippedSteps: run.skipped,
      samples: run.samples,
      epochs: run.epochs,
      loss: known(run.live.loss.train),
      validationLoss: known(run.live.loss.validation),
      validationAccuracy: known(run.live.accuracy.validation),
      convergenceRate: known(run.live.convergenceRate),
    };
  }

  private isClosedTo(what: string): boolean {
    if (this.run.isOver) this.run.series.anomaly("closed_run", `${what} was told of a run that is over`);
    return this.run.isOver;
  }
}

/**
 * Starts a run of training.
 * @throws TypeError with code TELLTALE_BAD_ML_OPTION
 */
export function training(options: TrainingOptions): TrainingRun {
  return new TrainingRun(options);
}

function known(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}
