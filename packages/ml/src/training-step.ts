import { describe, type SkipReason } from "./model-series.ts";
import type { RunContext } from "./run-context.ts";

/** One step of the optimizer, made by `run.step()`. What is told after its end is left out. */
export class TrainingStep {
  private readonly run: RunContext;
  private readonly startMs: number;
  private skipReason: SkipReason | undefined;
  private sampleCount = 0;
  private over = false;

  /** Made by the run. */
  constructor(run: RunContext, startMs: number) {
    this.run = run;
    this.startMs = startMs;
  }

  /** Whether something was told that keeps the step from being applied. */
  get isSkipped(): boolean {
    return this.skipReason !== undefined;
  }

  /** The loss. One that is NaN or infinite skips the step: then false comes back, and no update should be applied. */
  loss(value: number): boolean {
    if (this.isOver("a loss")) return false;
    if (typeof value === "number" && value - value === 0) {
      this.run.trained(value);
      return true;
    }
    if (typeof value === "number") this.skip(Number.isNaN(value) ? "nan_loss" : "inf_loss");
    else this.run.series.anomaly("bad_value", `a loss is ${describe(value)}`);
    return false;
  }

  /** Share of the batch that was right, from 0 to 1. */
  accuracy(value: number): void {
    if (this.isOver("an accuracy")) return;
    if (this.run.series.isShare(value, "an accuracy")) this.run.live.accuracy.train = value;
  }

  /** The norm of all gradients. NaN skips the step, as does Infinity, which is an overflow: then false comes back. */
  gradientNorm(value: number): boolean {
    if (this.isOver("a gradient norm")) return false;
    if (value === Number.POSITIVE_INFINITY || Number.isNaN(value)) {
      this.skip(Number.isNaN(value) ? "nan_gradient" : "overflow");
      return false;
    }
    if (!this.run.series.isAmount(value, "a gradient norm")) return false;
    this.run.live.gradientNorm = value;
    return true;
  }

  learningRate(value: number): void {
    if (this.isOver("a learning rate")) return;
    if (this.run.series.isAmount(value, "a learning rate")) this.run.live.learningRate = value;
  }

  /** Samples that this step consumes. */
  samples(count: number): void {
    if (this.isOver("a number of samples")) return;
    if (this.run.series.isAmount(count, "a number of samples")) this.sampleCount += count;
  }

  /** The step is not applied. The first reason of a step counts. */
  skip(reason: SkipReason = "manual"): void {
    if (this.isOver("a skip") || this.skipReason !== undefined) return;
    this.skipReason = reason;
  }

  /** Ends the step and counts it; `run.step(work)` does so by itself. */
  end(): void {
    if (this.isOver("the end")) return;
    this.over = true;
    this.run.stepEnded(this.startMs, this.skipReason, this.sampleCount);
  }

  /** Ends it without counting: it was not done. */
  abandon(): void {
    this.over = true;
  }

  private isOver(what: string): boolean {
    if (!this.over && !this.run.isOver) return false;
    this.run.series.anomaly("closed_run", `${what} was told of a step that is over`);
    return true;
  }
}
