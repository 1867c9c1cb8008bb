import type { Split } from "./live-training.ts";
import { describe } from "./model-series.ts";
import type { RunContext } from "./run-context.ts";

/** One pass over data that is not trained on, made by `run.validate()`. */
export class Validation {
  private readonly run: RunContext;
  private readonly split: Split;

  /** Made by the run. */
  constructor(run: RunContext, split: Split) {
    this.run = run;
    this.split = split;
  }

  /** The loss. One that is no finite number is not recorded: no step is skipped by it. */
  loss(value: number): void {
    if (this.isOver("a loss")) return;
    if (typeof value === "number" && value - value === 0) this.run.live.loss[this.split] = value;
    else this.run.series.anomaly("bad_value", `the ${this.split} loss is ${describe(value)}`);
  }

  /** Share that was right, from 0 to 1. */
  accuracy(value: number): void {
    if (this.isOver("an accuracy")) return;
    if (this.run.series.isShare(value, `the ${this.split} accuracy`)) this.run.live.accuracy[this.split] = value;
  }

  private isOver(what: string): boolean {
    if (this.run.isOver) this.run.series.anomaly("closed_run", `${what} of a validation came after its run`);
    return this.run.isOver;
  }
}
