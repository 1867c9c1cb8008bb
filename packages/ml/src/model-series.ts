/** The instruments of one model, bound once, so that a step or a prediction touches numbers only. */
import { diag } from "@opentelemetry/api";
import { type BoundCounter, counter, gauge, histogram } from "@telltale/metrics";
import { catalogue } from "./catalogue.ts";
import { mlScope } from "./ml-scope.ts";

export type RunOutcome = "completed" | "failed" | "stopped";
export type SkipReason = "nan_loss" | "inf_loss" | "nan_gradient" | "overflow" | "manual";
export type ByzantineRule = "norm" | "cosine" | "krum" | "trimmed_mean" | "zscore";
export type SuspectAction = "flagged" | "excluded";
export type MlAnomaly = "closed_run" | "closed_round" | "clock" | "bad_value" | "too_many";

export const skipReasons: readonly SkipReason[] = ["nan_loss", "inf_loss", "nan_gradient", "overflow", "manual"];
const allAnomalies: readonly MlAnomaly[] = ["closed_run", "closed_round", "clock", "bad_value", "too_many"];
export const byzantineRules: readonly ByzantineRule[] = ["norm", "cosine", "krum", "trimmed_mean", "zscore"];

const skippedSteps = counter({ ...catalogue.skippedSteps, scope: mlScope });
const trainingEpochs = counter({ ...catalogue.trainingEpochs, scope: mlScope });
const trainingSamples = counter({ ...catalogue.trainingSamples, scope: mlScope });
const stepDuration = histogram({ ...catalogue.stepDuration, scope: mlScope });
const validationDuration = histogram({ ...catalogue.validationDuration, scope: mlScope });
const trainingDuration = histogram({ ...catalogue.trainingDuration, scope: mlScope });
const updateDeviation = histogram({ ...catalogue.updateDeviation, scope: mlScope });
const byzantineDetections = counter({ ...catalogue.byzantineDetections, scope: mlScope });
const aggregationDuration = histogram({ ...catalogue.aggregationDuration, scope: mlScope });
const modelAccuracy = gauge({ ...catalogue.modelAccuracy, scope: mlScope });
const predictionDuration = histogram({ ...catalogue.predictionDuration, scope: mlScope });
const anomalies = counter({ ...catalogue.anomalies, scope: mlScope });

export class ModelSeries {
  readonly model: string;
  readonly own: { readonly "ml.model": string };
  private readonly told = new Set<string>();
  private ofRuns: TrainingSeries | undefined;
  private ofFederations: FederationSeries | undefined;
  private ofAnswers: AnswerSeries | undefined;

  constructor(model: string) {
    this.model = model;
    const own = { "ml.model": model };
    this.own = own;
    // There from the start, so that the first one is seen as an increase.
    for (const anomaly of allAnomalies) anomalies.bind({ ...own, "ml.anomaly": anomaly });
  }

  /** What only a model that is trained has. */
  get training(): TrainingSeries {
    this.ofRuns ??= trainingSeries(this.own);
    return this.ofRuns;
  }

  /** What only a federated training has. */
  get federation(): FederationSeries {
    this.ofFederations ??= federationSeries(this.own);
    return this.ofFederations;
  }

  /** What only a model that answers has. */
  get answers(): AnswerSeries {
    this.ofAnswers ??= answerSeries(this.own);
    return this.ofAnswers;
  }

  anomaly(anomaly: MlAnomaly, what: string): void {
    anomalies.add(1, { ...this.own, "ml.anomaly": anomaly });
    if (this.told.has(anomaly)) return;
    this.told.add(anomaly);
    diag.warn(
      `telltale: ml of ${this.model}: ${what} (${anomaly}); not recorded. Further ones are counted in ml.anomalies.`,
    );
  }

  /** Seconds since a moment of the same clock. */
  secondsSince(startMs: number, nowMs: number): number | undefined {
    if (nowMs >= startMs) return (nowMs - startMs) / 1_000;
    this.anomaly("clock", "time ran backwards");
    return undefined;
  }

  /** Whether it is a share from 0 to 1. */
  isShare(value: unknown, name: string): value is number {
    if (typeof value === "number" && value >= 0 && value <= 1) return true;
    const hint = typeof value === "number" && value > 1 && value <= 100 ? `; give ${value / 100} for ${value} %` : "";
    this.anomaly("bad_value", `${name} is ${describe(value)}, not from 0 to 1${hint}`);
    return false;
  }

  /** Whether it is a finite number that is not negative. */
  isAmount(value: unknown, name: string): value is number {
    if (typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY) return true;
    this.anomaly("bad_value", `${name} is ${describe(value)}`);
    return false;
  }
}

type Own = { readonly "ml.model": string };
type TrainingSeries = ReturnType<typeof trainingSeries>;
type FederationSeries = ReturnType<typeof federationSeries>;
type AnswerSeries = ReturnType<typeof answerSeries>;

function trainingSeries(own: Own) {
  // Counters that rules ask for an increase of are there from the start, so that the first one is seen.
  const skip = (reason: SkipReason) => [reason, skippedSteps.bind({ ...own, "ml.reason": reason })];
  const bound: Readonly<Partial<Record<SkipReason, BoundCounter>>> = Object.fromEntries(skipReasons.map(skip));
  return {
    samples: trainingSamples.bind(own),
    epochs: trainingEpochs.bind(own),
    stepDuration: stepDuration.bind(own),
    validationDuration: validationDuration.bind(own),
    /** A reason that is none of ours is `other`. */
    skipped(reason: SkipReason): void {
      (bound[reason] ?? skippedSteps.bind({ ...own, "ml.reason": reason })).add(1);
    },
    ended: {
      completed: trainingDuration.bind({ ...own, "ml.outcome": "completed" }),
      failed: trainingDuration.bind({ ...own, "ml.outcome": "failed" }),
      stopped: trainingDuration.bind({ ...own, "ml.outcome": "stopped" }),
    },
  };
}

function federationSeries(own: Own) {
  const detection = (rule: ByzantineRule, action: SuspectAction) =>
    byzantineDetections.bind({ ...own, "ml.rule": rule, "ml.action": action });
  const bound = new Map(
    byzantineRules.map((rule) => [
      rule,
      { flagged: detection(rule, "flagged"), excluded: detection(rule, "excluded") },
    ]),
  );
  return {
    l2: updateDeviation.bind({ ...own, "ml.measure": "l2" }),
    cosine: updateDeviation.bind({ ...own, "ml.measure": "cosine" }),
    aggregationDuration: aggregationDuration.bind(own),
    detected(rule: ByzantineRule, action: SuspectAction): void {
      (bound.get(rule)?.[action] ?? detection(rule, action)).add(1);
    },
  };
}

function answerSeries(own: Own) {
  return {
    predicted: predictionDuration.bind({ ...own, "ml.outcome": "completed" }),
    failed: predictionDuration.bind({ ...own, "ml.outcome": "failed" }),
    accuracy: modelAccuracy.bind(own),
  };
}

const models = new Map<string, ModelSeries>();
/** As many models as the metrics keep apart; the rest is `other` there, and shares one. */
const MAX_MODELS = 50;

export function modelSeries(model: string): ModelSeries {
  const found = models.get(model);
  if (found !== undefined) return found;
  if (models.size >= MAX_MODELS && model !== "other") return modelSeries("other");
  const made = new ModelSeries(model);
  models.set(model, made);
  return made;
}

export function describe(value: unknown): string {
  if (typeof value === "number") return String(value);
  return value === null ? "null" : `of type ${typeof value}`;
}
