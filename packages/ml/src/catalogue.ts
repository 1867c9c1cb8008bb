import { bounded, type Catalogue } from "@telltale/metrics";

/** Every metric of training and prediction; the table in README.md is made from it. */
export const catalogue = {
  trainingLoss: {
    kind: "gauge",
    name: "ml.training.loss",
    unit: "{loss}",
    description: "The last loss that is a finite number.",
    attributes: { ...run(), ...split() },
  },
  trainingAccuracy: {
    kind: "gauge",
    name: "ml.training.accuracy",
    unit: "1",
    description: "The last accuracy, from 0 to 1.",
    attributes: { ...run(), ...split() },
  },
  gradientNorm: {
    kind: "gauge",
    name: "ml.training.gradient.norm",
    unit: "{norm}",
    description: "The last norm of all gradients together.",
    attributes: run(),
  },
  learningRate: {
    kind: "gauge",
    name: "ml.training.learning_rate",
    unit: "{rate}",
    description: "The learning rate.",
    attributes: run(),
  },
  convergenceRate: {
    kind: "gauge",
    name: "ml.training.convergence.rate",
    unit: "{rate}",
    description: "Relative decrease of the smoothed loss in a step, over the last 100; above 0 it improves.",
    attributes: run(),
  },
  trainingSteps: {
    kind: "counter",
    name: "ml.training.steps",
    unit: "{step}",
    description: "Steps of the optimizer that were applied. Leaves the metrics 10 minutes after its run.",
    attributes: run(),
  },
  skippedSteps: {
    kind: "counter",
    name: "ml.training.skipped_steps",
    unit: "{step}",
    description: "Steps that were not applied.",
    attributes: { ...model(), "ml.reason": ["nan_loss", "inf_loss", "nan_gradient", "overflow", "manual"] },
  },
  trainingEpochs: {
    kind: "counter",
    name: "ml.training.epochs",
    unit: "{epoch}",
    description: "Epochs that were finished.",
    attributes: model(),
  },
  trainingSamples: {
    kind: "counter",
    name: "ml.training.samples",
    unit: "{sample}",
    description: "Samples that steps have consumed.",
    attributes: model(),
  },
  stepDuration: {
    kind: "histogram",
    name: "ml.training.step.duration",
    unit: "s",
    description: "Time of a step, whether it was applied or not.",
    attributes: model(),
    boundaries: [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  },
  validationDuration: {
    kind: "histogram",
    name: "ml.training.validation.duration",
    unit: "s",
    description: "Time of a validation.",
    attributes: model(),
    boundaries: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3_600],
  },
  trainingDuration: {
    kind: "histogram",
    name: "ml.training.duration",
    unit: "s",
    description: "Time of a whole run.",
    attributes: { ...model(), "ml.outcome": ["completed", "failed", "stopped"] },
    boundaries: [1, 10, 60, 300, 900, 3_600, 14_400, 43_200, 86_400, 259_200, 604_800],
  },
  updateDeviation: {
    kind: "histogram",
    name: "ml.training.update.deviation",
    unit: "1",
    description:
      "Distance of a participant's update from the median of all: `l2` in lengths of the median, `cosine` as 1 less the cosine.",
    attributes: { ...model(), "ml.measure": ["l2", "cosine"] },
    boundaries: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 5, 10, 50, 100],
  },
  byzantineDetections: {
    kind: "counter",
    name: "ml.training.byzantine.detections",
    unit: "{detection}",
    description: "Updates that a rule suspects; whose they were is in the log record.",
    attributes: {
      ...model(),
      "ml.rule": ["norm", "cosine", "krum", "trimmed_mean", "zscore"],
      "ml.action": ["flagged", "excluded"],
    },
  },
  participants: {
    kind: "upDownCounter",
    name: "ml.training.participants",
    unit: "{participant}",
    description: "Participants of the present round, by what became of them.",
    attributes: { ...run(), "ml.participant.state": ["active", "dropped", "excluded"] },
  },
  aggregationDuration: {
    kind: "histogram",
    name: "ml.training.aggregation.duration",
    unit: "s",
    description: "Time to aggregate the updates of a round.",
    attributes: model(),
    boundaries: [0.001, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300],
  },
  modelAccuracy: {
    kind: "gauge",
    name: "ml.model.accuracy",
    unit: "1",
    description: "Accuracy of the model that is deployed, from 0 to 1.",
    attributes: model(),
  },
  predictionDuration: {
    kind: "histogram",
    name: "ml.prediction.duration",
    unit: "s",
    description: "Time of a prediction. Calls of language models have `gen_ai.client.operation.duration`.",
    attributes: { ...model(), "ml.outcome": ["completed", "failed"] },
    boundaries: [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
  anomalies: {
    kind: "counter",
    name: "ml.anomalies",
    unit: "{event}",
    description: "Events of a run or round that is over, values that cannot be, and clocks that ran backwards.",
    attributes: { ...model(), "ml.anomaly": ["closed_run", "closed_round", "clock", "bad_value", "too_many"] },
  },
} as const satisfies Catalogue;

function model() {
  return { "ml.model": bounded(50) } as const;
}

/** Told apart by slots and not by ids: a second run of a model at the same time has slot 1, the usual one alone none. */
function run() {
  return { ...model(), "ml.run.slot": ["1", "2", "3", "4", "5", "6", "7"] } as const;
}

function split() {
  return { "ml.split": ["train", "validation", "test"] } as const;
}
