/** What the steps, validations and rounds of a run share: its numbers, its span, and what becomes of a step. */
import { ROOT_CONTEXT, type Span, type Tracer, trace } from "@opentelemetry/api";
import { Convergence } from "./convergence.ts";
import { type Divergence, tellDivergence } from "./divergence.ts";
import { type LiveTraining, startLiveTraining } from "./live-training.ts";
import { callSafely, type MlSettings } from "./ml-options.ts";
import { mlScope } from "./ml-scope.ts";
import { type ModelSeries, modelSeries, type SkipReason } from "./model-series.ts";

export class RunContext {
  readonly model: string;
  readonly runId: string | undefined;
  readonly settings: MlSettings;
  readonly series: ModelSeries;
  readonly training: ModelSeries["training"];
  readonly live: LiveTraining;
  readonly span: Span | undefined;
  readonly startMs: number;
  readonly convergence = new Convergence();
  /** Of this run alone. */
  steps = 0;
  skipped = 0;
  samples = 0;
  epochs = 0;
  isOver = false;
  /** What ends with the run. */
  closing: (() => void) | undefined;
  private readonly tracer: Tracer | undefined;
  private hasDiverged = false;
  private isRising = false;

  constructor(model: string, runId: string | undefined, settings: MlSettings) {
    this.model = model;
    this.runId = runId;
    this.settings = settings;
    this.series = modelSeries(model);
    this.training = this.series.training;
    this.live = startLiveTraining(model, settings.now);
    if (settings.spans) {
      this.tracer = (settings.tracerProvider ?? trace).getTracer(mlScope.name, mlScope.version);
      this.span = this.tracer.startSpan(`train ${model}`, {
        attributes: { "ml.model": model, ...(runId !== undefined && { "ml.run.id": runId }) },
      });
    }
    this.startMs = settings.now();
  }

  childSpan(name: string, attributes: Readonly<Record<string, string | number>> = {}): Span | undefined {
    if (this.tracer === undefined || this.span === undefined) return undefined;
    const all = { "ml.model": this.model, ...attributes };
    return this.tracer.startSpan(name, { attributes: all }, trace.setSpan(ROOT_CONTEXT, this.span));
  }

  /** A loss of a step that is a finite number. */
  trained(loss: number): void {
    this.live.loss.train = loss;
    const rate = this.convergence.add(loss);
    this.live.convergenceRate = rate - rate === 0 ? rate : Number.NaN;
    const { smoothed, lowest } = this.convergence;
    // Of a loss that may be negative, a multiple says nothing.
    const isRising = lowest > 0 && smoothed > lowest * this.settings.risingLossFactor;
    if (isRising && !this.isRising) this.diverge("rising_loss");
    this.isRising = isRising;
  }

  // Hot: benchmarks/domains.ts.
  stepEnded(startMs: number, skipReason: SkipReason | undefined, samples: number): void {
    const seconds = this.series.secondsSince(startMs, this.settings.now());
    if (seconds !== undefined) this.training.stepDuration.record(seconds);
    if (samples > 0) {
      this.samples += samples;
      this.training.samples.add(samples);
    }
    if (skipReason === undefined) {
      this.steps++;
      this.live.steps++;
      this.hasDiverged = false;
    } else this.skip(skipReason);
  }

  private skip(reason: SkipReason): void {
    this.skipped++;
    this.training.skipped(reason);
    // Mixed precision looks for its scale by overflows, and a step that is skipped by hand is no signal.
    if (reason === "overflow" || reason === "manual" || this.hasDiverged) return;
    this.hasDiverged = true;
    this.diverge(reason);
  }

  private diverge(reason: Divergence["reason"]): void {
    const { model, runId, settings, span } = this;
    const divergence = { model, runId, reason, step: this.steps };
    tellDivergence(divergence, span);
    const { onDivergence } = settings;
    if (onDivergence !== undefined) callSafely("onDivergence", () => onDivergence(divergence));
  }
}
