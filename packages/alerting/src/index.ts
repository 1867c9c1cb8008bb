export {
  type AlertingFile,
  AlertingFileError,
  type AlertingFileOptions,
  parseAlertingFile,
} from "./alerting-file/alerting-file.ts";
export type { BaselineChoice } from "./alerting-file/baseline-choice.ts";
export { type AlertApi, type AlertApiOptions, startAlertApi } from "./api/alert-api.ts";
export { Baseline, type BaselineOptions, type BaselineReading, type BaselineSample } from "./baseline/baseline.ts";
export { Baselines, type BaselinesOptions, baselineSeries } from "./baseline/baselines.ts";
export { catalogue } from "./catalogue.ts";
export type { Clock } from "./clock.ts";
export { alert, type CodedAlert } from "./coded-alert/coded-alert.ts";
export type { AlertSeverity, CodedAlertOptions } from "./coded-alert/coded-rule.ts";
export { codedRules } from "./coded-alert/coded-rules.ts";
export { watchCodedRules } from "./coded-alert/declared-rules.ts";
export type { CooldownDefinition } from "./cooldown/cooldowns.ts";
export { type Notifier, type NotifierOptions, startNotifier } from "./delivery/notifier.ts";
export type { WebhookAlert, WebhookBody } from "./delivery/webhook-body.ts";
export type { AlertChange } from "./engine/alert-changes.ts";
export type { Alerting, AlertingFigures, AlertingOptions, AlertingSettings } from "./engine/alerting.ts";
export { AlertingFilesError, type AlertingPaths } from "./engine/alerting-files.ts";
export type { AlertingProblem } from "./engine/alerting-problem.ts";
export { startAlerting } from "./engine/engine.ts";
export type { AlertingGroup, AlertingGroupRule, RunningAlert } from "./engine/running-rules.ts";
export type { EscalationDefinition, EscalationLevel } from "./escalation/escalation-definition.ts";
export { type FallBack, type HandOver, type HandOverOptions, startHandOver } from "./hand-over/hand-over.ts";
export type { HeartbeatDefinition } from "./heartbeat/heartbeat-definition.ts";
export { startIncidentResponse } from "./incident-response/incident-response.ts";
export type {
  AcknowledgedAlert,
  Acknowledgement,
  IncidentFigures,
  IncidentResponse,
  IncidentResponseOptions,
} from "./incident-response/incident-response-options.ts";
export type { DependencyEdge } from "./incidents/dependency-edge.ts";
export type { Incident, IncidentMember, IncidentRecord, JoiningReason } from "./incidents/incident.ts";
export type { IncidentEvent, IncidentEventKind } from "./incidents/incident-event.ts";
export {
  type IncidentChange,
  type IncidentHistory,
  type IncidentQuery,
  memoryHistory,
} from "./incidents/incident-history.ts";
export type { IncidentOptions } from "./incidents/incident-options.ts";
export { incidentLines, incidentText } from "./incidents/incident-text.ts";
export { serviceEdges } from "./incidents/service-edges.ts";
export type { InterventionDefinition, RateLimit } from "./intervention/intervention-definition.ts";
export {
  type InterventionCode,
  type InterventionCodeOptions,
  type InterventionContext,
  intervention,
  runIntervention,
} from "./intervention/intervention-registry.ts";
export type {
  InterventionAlert,
  InterventionOutcome,
  InterventionRequest,
} from "./intervention/intervention-request.ts";
export type { AlertMatcher, AlertMatchOperator } from "./routing/alert-matcher.ts";
export type { AlertStatus, GroupStatus } from "./routing/alert-status.ts";
export {
  type AlertmanagerConfig,
  AlertmanagerConfigError,
  type InhibitRule,
  parseAlertmanagerConfig,
} from "./routing/alertmanager-config.ts";
export {
  type DirectTelling,
  Dispatcher,
  type DispatcherState,
  type Notification,
  type NotifiedAlert,
} from "./routing/dispatcher.ts";
export type { EmailCredentials, EmailIntegration, EmailTls } from "./routing/email-integration.ts";
export type { HeldAlert, IncomingAlert } from "./routing/held-alerts.ts";
export type {
  DiscordIntegration,
  IntegrationDefinition,
  MsteamsIntegration,
  OpsgenieIntegration,
  TelegramIntegration,
  WebhookIntegration,
} from "./routing/integrations.ts";
export type { NotificationLogEntry } from "./routing/notification-log.ts";
export type { PagerdutyIntegration } from "./routing/pagerduty-integration.ts";
export type { ReceiverDefinition } from "./routing/receiver-definition.ts";
export { matchRoutes, type Route } from "./routing/route.ts";
export { type Silence, type SilenceDefinition, type SilenceState, silenceState } from "./routing/silences.ts";
export type { SlackAction, SlackIntegration } from "./routing/slack-integration.ts";
export type { NamedTimeInterval } from "./routing/time-interval.ts";
export {
  type AlertingRuleDefinition,
  parseRuleFile,
  type RecordingRuleDefinition,
  type RuleDefinition,
  type RuleFile,
  RuleFileError,
  type RuleFileOptions,
  type RuleFileProblem,
  type RuleGroupDefinition,
} from "./rule-file/rule-file.ts";
export type { Alert, AlertState, SentAlert } from "./rule-group/alert.ts";
export { RuleGroup, type RuleGroupOptions, type RuleStatus, type RuleStore } from "./rule-group/rule-group.ts";
export {
  type KnownMetrics,
  type LintCheck,
  type LintFinding,
  type LintOptions,
  lintChecks,
  lintRules,
} from "./rule-lint/lint-rules.ts";
export { findFiles } from "./rule-runner/find-files.ts";
export {
  type GroupEvaluation,
  type RuleRunner,
  type RuleRunnerOptions,
  type RuleSource,
  type RunningGroup,
  startRules,
} from "./rule-runner/rule-runner.ts";
export {
  type AlertTest,
  type ExpectedAlert,
  type ExpectedSample,
  type ExpressionTest,
  parseRuleTestFile,
  type RuleTestFile,
  RuleTestFileError,
  type RuleTestGroup,
} from "./rule-test/rule-test-file.ts";
export { type RuleTestOutcome, runRuleTests } from "./rule-test/run-rule-tests.ts";
export type { RunbookDefinition } from "./runbook/runbook.ts";
export { type IntakeResult, type SeriesIntake, seriesIntake } from "./series-intake/series-intake.ts";
export { openIncidentFile } from "./state-file/incident-file.ts";
export { openStateFile, type StateFile } from "./state-file/state-file.ts";
export type { YamlProblem } from "./yaml-reader.ts";
