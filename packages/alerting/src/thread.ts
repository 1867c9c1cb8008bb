/** What the thread that is watched needs: an entry of its own, so that it loads neither parsers nor a store. */
export type { AlertChange } from "./engine/alert-changes.ts";
export type { AlertingFigures } from "./engine/alerting.ts";
export type { AlertingProblem } from "./engine/alerting-problem.ts";
export {
  type AlertingAnswers,
  type AlertingThread,
  type AlertingThreadOptions,
  startAlertingThread,
} from "./engine/alerting-thread.ts";
export { type ClusterMemberOptions, clusterWorkerId, joinCluster } from "./engine/cluster-sources.ts";
export type { SeriesSource } from "./engine/collecting.ts";
export type { AlertingQuestions, ThreadSettings } from "./engine/dialogue.ts";
export type { AlertingGroup, AlertingGroupRule, RunningAlert } from "./engine/running-rules.ts";
