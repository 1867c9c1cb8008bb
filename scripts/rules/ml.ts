import { catalogue as ml } from "../../packages/ml/src/catalogue.ts";
import type { RuleGroup } from "../alert.ts";
import { selectors, stored } from "../series.ts";

const { series } = selectors();

const model = { "ml.model": "vain-lm" } as const;
const labels = { instance: "a", ml_model: "vain-lm" };

export const group: RuleGroup = {
  domain: "ml",
  title: "Training",
  alerts: [
    {
      name: "TrainingDiverged",
      expr: `increase(${series(ml.skippedSteps, { "ml.reason": ["nan_loss", "inf_loss", "nan_gradient"] })}[10m]) > 0`,
      severity: "critical",
      summary: "{{ $labels.ml_reason }} in {{ $labels.ml_model }}",
      meaning: "The loss or a gradient is no finite number any more: from here on the run learns nothing.",
      steps: [
        "Stop the run and go back to the last checkpoint.",
        "Before it: did the gradient norm grow? Lower the learning rate or clip gradients. If not, look at the batch.",
      ],
      fires: {
        samples: { [stored(ml.skippedSteps, { ...model, "ml.reason": "nan_loss" })]: "0 0 1x8" },
        at: "3m",
        labels: { ...labels, ml_reason: "nan_loss" },
      },
      // Loss scaling skips a step now and then, and that is how it works.
      silent: { samples: { [stored(ml.skippedSteps, { ...model, "ml.reason": "overflow" })]: "0 0 1x8" }, at: "3m" },
    },
    {
      name: "TrainingStalled",
      expr: `increase(${series(ml.trainingSteps)}[15m]) == 0 and ${series(ml.trainingSteps)} > 0`,
      for: "5m",
      severity: "warning",
      summary: "{{ $labels.ml_model }} made no step for 15 min",
      meaning:
        "The run has begun and not ended, but does nothing: it waits for data, for a lock or for another worker.",
      steps: ["Is a validation or a checkpoint that slow? Else look at the data loader, then at the other workers."],
      fires: { samples: { [stored(ml.trainingSteps, model)]: "0+10x10 100x60" }, at: "30m", labels },
      silent: { samples: { [stored(ml.trainingSteps, model)]: "0+10x70" }, at: "30m" },
    },
    {
      name: "ByzantineParticipants",
      expr: `sum by (instance, ml_model) (increase(${series(ml.byzantineDetections)}[30m])) > 3`,
      severity: "warning",
      summary: "Suspect updates in {{ $labels.ml_model }}",
      meaning: "Participants of the federated training send updates far from all others: broken, or an attack.",
      steps: ["The log records name the participants.", "Exclude them, and look at rounds since the first detection."],
      fires: {
        samples: {
          [stored(ml.byzantineDetections, { ...model, "ml.rule": "krum", "ml.action": "excluded" })]: "0+1x20",
        },
        at: "8m",
        labels,
      },
      silent: {
        samples: {
          [stored(ml.byzantineDetections, { ...model, "ml.rule": "krum", "ml.action": "flagged" })]: "0 1 2x20",
        },
        at: "8m",
      },
    },
  ],
};
