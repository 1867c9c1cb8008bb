export { catalogue } from "./catalogue.ts";
export { type DeployedModel, deployedModel, predict } from "./deployed-model.ts";
export type { Divergence } from "./divergence.ts";
export type { FederatedRound, MeasuredUpdate, SuspectUpdate, Suspicion } from "./federated-round.ts";
export type { Federation, FederationOptions } from "./federation.ts";
export { gradientNorm } from "./gradient-norm.ts";
export { MlInstrumentation, type MlInstrumentationConfig } from "./ml-instrumentation.ts";
export type { MlOptions } from "./ml-options.ts";
export type { ByzantineRule, RunOutcome, SkipReason, SuspectAction } from "./model-series.ts";
export {
  medianUpdate,
  type SuspicionContext,
  suspectUpdates,
  type UpdateVector,
  updateDeviations,
} from "./suspect-updates.ts";
export { type TrainingOptions, type TrainingRun, type TrainingSummary, training } from "./training-run.ts";
export type { TrainingStep } from "./training-step.ts";
export { UpdateHistory } from "./update-history.ts";
export type { Validation } from "./validation.ts";
