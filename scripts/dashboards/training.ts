import { catalogue as gpu } from "../../packages/gpu/src/catalogue.ts";
import { catalogue as ml } from "../../packages/ml/src/catalogue.ts";
import type { Dashboard } from "../dashboard.ts";
import { bucketRates, greatest, inRange, onPage, perSecond, quantile, quantiles, total } from "../page-queries.ts";
import { group } from "../rules/ml.ts";

const { series, buckets } = onPage;

export const dashboard: Dashboard = {
  name: "training",
  title: "Training",
  description: "Whether a model learns, how fast, and whose updates are suspect.",
  of: ml.trainingLoss,
  alerts: group.alerts,
  rows: [
    {
      title: "Now",
      panels: [
        {
          kind: "number",
          title: "Loss",
          description: "The last one that is a number.",
          unit: "short",
          queries: { "{{ml_model}}": greatest(series(ml.trainingLoss, { "ml.split": "train" }), "ml_model") },
        },
        {
          kind: "number",
          title: "Validation accuracy",
          description: "The last one.",
          unit: "percentunit",
          queries: { "{{ml_model}}": greatest(series(ml.trainingAccuracy, { "ml.split": "validation" }), "ml_model") },
        },
        {
          kind: "number",
          title: "Steps",
          description: "A second.",
          unit: "short",
          queries: { "{{ml_model}}": perSecond(series(ml.trainingSteps), "ml_model") },
        },
        {
          kind: "number",
          title: "Samples",
          description: "A second.",
          unit: "short",
          queries: { "{{ml_model}}": perSecond(series(ml.trainingSamples), "ml_model") },
        },
        {
          kind: "number",
          title: "Skipped steps",
          description: "In the time that is shown.",
          unit: "short",
          queries: { "{{ml_model}}": inRange(series(ml.skippedSteps), "ml_model") },
        },
        {
          kind: "number",
          title: "Accuracy deployed",
          description: "Of the model in use.",
          unit: "percentunit",
          queries: { "{{ml_model}}": greatest(series(ml.modelAccuracy), "ml_model") },
        },
      ],
    },
    {
      title: "Learning",
      panels: [
        {
          kind: "lines",
          title: "Loss",
          description: "Of training and validation: where they part, the model learns by heart.",
          unit: "short",
          logarithmic: true,
          queries: { "{{ml_model}} {{ml_split}}": greatest(series(ml.trainingLoss), "ml_model", "ml_split") },
        },
        {
          kind: "lines",
          title: "Accuracy",
          description: "From 0 to 1.",
          unit: "percentunit",
          min: 0,
          max: 1,
          queries: { "{{ml_model}} {{ml_split}}": greatest(series(ml.trainingAccuracy), "ml_model", "ml_split") },
        },
        {
          kind: "lines",
          title: "Gradient norm",
          description: "It grows before a run diverges.",
          unit: "short",
          logarithmic: true,
          queries: { "{{ml_model}}": greatest(series(ml.gradientNorm), "ml_model") },
        },
        {
          kind: "lines",
          title: "Learning rate and convergence",
          description: "Convergence is the relative decrease of the loss in a step: below 0 it gets worse.",
          unit: "sci",
          queries: {
            "{{ml_model}} learning rate": greatest(series(ml.learningRate), "ml_model"),
            "{{ml_model}} convergence": greatest(series(ml.convergenceRate), "ml_model"),
          },
        },
      ],
    },
    {
      title: "Speed",
      panels: [
        {
          kind: "lines",
          title: "Time of a step",
          description: "p50 and p99.",
          unit: "s",
          min: 0,
          queries: quantiles([0.5, 0.99], buckets(ml.stepDuration), "ml_model"),
        },
        {
          kind: "lines",
          title: "Steps and epochs",
          description: "Steps a second, epochs an hour.",
          unit: "short",
          min: 0,
          queries: {
            "{{ml_model}} steps": perSecond(series(ml.trainingSteps), "ml_model"),
            "{{ml_model}} epochs an hour": `3600 * ${perSecond(series(ml.trainingEpochs), "ml_model")}`,
          },
        },
        {
          kind: "lines",
          title: "Validation and runs",
          description: "Time of a validation; time of whole runs by outcome.",
          unit: "s",
          min: 0,
          queries: {
            "{{ml_model}} validation": quantile(0.5, buckets(ml.validationDuration), "ml_model"),
            "{{ml_model}} run {{ml_outcome}}": quantile(0.5, buckets(ml.trainingDuration), "ml_model", "ml_outcome"),
          },
        },
        {
          kind: "lines",
          title: "Predictions",
          description: "Time of a prediction, by outcome.",
          unit: "s",
          min: 0,
          queries: quantiles([0.5, 0.99], buckets(ml.predictionDuration), "ml_model", "ml_outcome"),
        },
        {
          kind: "lines",
          title: "GPU",
          description: "Utilization and memory of the devices that the instances have.",
          unit: "percentunit",
          min: 0,
          max: 1,
          queries: {
            "{{hw_id}} busy": greatest(series(gpu.utilization, { "hw.gpu.task": "general" }), "hw_id"),
            "{{hw_id}} memory": greatest(series(gpu.memoryUtilization), "hw_id"),
          },
        },
      ],
    },
    {
      title: "Faults and federated rounds",
      panels: [
        {
          kind: "bars",
          title: "Skipped steps and anomalies",
          description: "In the time that is shown, by reason.",
          unit: "short",
          queries: {
            "{{ml_model}} {{ml_reason}}": inRange(series(ml.skippedSteps), "ml_model", "ml_reason"),
            "{{ml_model}} {{ml_anomaly}}": inRange(series(ml.anomalies), "ml_model", "ml_anomaly"),
          },
        },
        {
          kind: "lines",
          title: "Participants",
          description: "Of the present round, by state.",
          unit: "short",
          stacked: true,
          min: 0,
          queries: { "{{ml_participant_state}}": total(series(ml.participants), "ml_participant_state") },
        },
        {
          kind: "lines",
          title: "Suspect updates",
          description: "In 30 minutes, by the rule that found them.",
          unit: "short",
          min: 0,
          limits: ["ByzantineParticipants"],
          queries: {
            "{{ml_rule}} {{ml_action}}": `sum by (ml_rule, ml_action) (increase(${series(ml.byzantineDetections)}[30m]))`,
          },
        },
        {
          kind: "heat",
          title: "Deviation of updates",
          description: "How many were how far from the median of all.",
          unit: "short",
          queries: { "{{le}}": bucketRates(buckets(ml.updateDeviation, { "ml.measure": "l2" })) },
        },
        {
          kind: "lines",
          title: "Aggregation",
          description: "Time to aggregate the updates of a round.",
          unit: "s",
          min: 0,
          queries: quantiles([0.5, 0.99], buckets(ml.aggregationDuration), "ml_model"),
        },
      ],
    },
  ],
};
