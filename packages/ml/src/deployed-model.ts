import { modelName } from "./ml-options.ts";
import { type ModelSeries, modelSeries } from "./model-series.ts";
import { whenDone } from "./when-done.ts";

/** A model that answers. */
export class DeployedModel {
  readonly name: string;
  private readonly series: ModelSeries;
  private readonly answers: ModelSeries["answers"];

  /** Made by `deployedModel()`. */
  constructor(name: string) {
    this.name = name;
    this.series = modelSeries(name);
    this.answers = this.series.answers;
  }

  /** Times a prediction until it is there, or has failed; its result comes back. */
  predict<T>(work: () => T): T {
    const startMs = performance.now();
    return whenDone(work, {
      done: () => this.answers.predicted.record((performance.now() - startMs) / 1_000),
      failed: () => this.answers.failed.record((performance.now() - startMs) / 1_000),
    });
  }

  /** A prediction that was timed elsewhere. */
  predicted(seconds: number): void {
    if (this.series.isAmount(seconds, "the time of a prediction")) this.answers.predicted.record(seconds);
  }

  /** How often it is right, from 0 to 1, as it was measured after it was deployed. */
  accuracy(value: number): void {
    if (this.series.isShare(value, "the accuracy of a deployed model")) this.answers.accuracy.record(value);
  }
}

/**
 * A model that is deployed: to be kept, where many predictions are made.
 * @throws TypeError with code TELLTALE_BAD_ML_OPTION
 */
export function deployedModel(name: string): DeployedModel {
  return new DeployedModel(modelName(name));
}

/** Times one prediction of the model, whose result comes back. */
export function predict<T>(model: string, work: () => T): T {
  return new DeployedModel(typeof model === "string" && model !== "" ? model : "other").predict(work);
}
