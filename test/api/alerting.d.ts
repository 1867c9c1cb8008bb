export { type AlertingFile, AlertingFileError, type AlertingFileOptions, parseAlertingFile, } from "./alerting-file/alerting-file.ts";
export interface AlertingFile {
    readonly runbooks: readonly RunbookDefinition[];
    readonly cooldowns: readonly CooldownDefinition[];
    readonly escalations: readonly EscalationDefinition[];
    readonly interventions: readonly InterventionDefinition[];
    readonly heartbeat: HeartbeatDefinition | undefined;
    readonly baselines: readonly BaselineChoice[];
    readonly incidents: IncidentOptions;
}
export interface AlertingFileOptions {
    readonly path?: string;
    readonly receivers?: readonly string[];
}
export declare class AlertingFileError extends Error {
    readonly name = "AlertingFileError";
    readonly code = "TELLTALE_BAD_ALERTING_FILE";
    readonly problems: readonly YamlProblem[];
    constructor(path: string, problems: readonly YamlProblem[]);
}
export declare function parseAlertingFile(text: string, options?: AlertingFileOptions): AlertingFile;
export type { BaselineChoice } from "./alerting-file/baseline-choice.ts";
export interface BaselineChoice {
    readonly query: string;
    readonly expression: Expression;
    readonly metric: string | undefined;
    readonly options: BaselinesOptions;
}
export { type AlertApi, type AlertApiOptions, startAlertApi } from "./api/alert-api.ts";
export interface AlertApiOptions {
    readonly notifier: () => Notifier;
    readonly host?: string;
    readonly port?: number;
    readonly allowedHosts?: readonly string[];
    readonly maxBodyBytes?: number;
    readonly version?: string;
    readonly clock?: Clock;
}
export interface AlertApi {
    readonly port: number;
    readonly url: string;
    stop(): Promise<void>;
}
export declare function startAlertApi(options: AlertApiOptions): Promise<AlertApi>;
export { Baseline, type BaselineOptions, type BaselineReading, type BaselineSample } from "./baseline/baseline.ts";
export interface BaselineOptions {
    readonly warmUpSamples?: number;
    readonly warmUpMs?: number;
    readonly adaptAfterMs?: number;
    readonly coolDownMs?: number;
    readonly leastDeviation?: number;
}
export interface BaselineSample {
    readonly timeMs: number;
    readonly value: number;
}
export interface BaselineReading {
    readonly timeMs: number;
    readonly baseline: number;
    readonly lower: number;
    readonly upper: number;
    readonly score: number;
}
export declare class Baseline {
    #private;
    constructor(options?: BaselineOptions, saved?: string);
    feed({ timeMs, value }: BaselineSample): BaselineReading | undefined;
    save(): string;
}
export { Baselines, type BaselinesOptions, baselineSeries } from "./baseline/baselines.ts";
export interface BaselinesOptions extends BaselineOptions {
    readonly maxSeries?: number;
    readonly forgetAfterMs?: number;
    readonly isCounter?: (labels: Labels) => boolean;
}
export declare const baselineSeries: {
    readonly baseline: "telltale_baseline";
    readonly lower: "telltale_baseline_lower";
    readonly upper: "telltale_baseline_upper";
    readonly score: "telltale_anomaly_score";
};
export declare class Baselines {
    #private;
    constructor(options?: BaselinesOptions, saved?: string);
    get refused(): number;
    feed(samples: readonly Sample[]): Sample[];
    save(): string;
}
export { catalogue } from "./catalogue.ts";
export declare const catalogue: {
    readonly condition: {
        readonly kind: "gauge";
        readonly name: "telltale.condition";
        readonly unit: "{condition}";
        readonly description: "1 while the condition of an alert in code holds, 0 while it does not; absent when it threw.";
        readonly attributes: {
            readonly rule: import("@telltale/metrics").OpenAttribute<unknown>;
        };
    };
    readonly conditionText: {
        readonly kind: "gauge";
        readonly name: "telltale.condition.text";
        readonly unit: "{condition}";
        readonly description: "1 beside the text that the condition gave when it began to hold, as long as it holds.";
        readonly attributes: {
            readonly rule: import("@telltale/metrics").OpenAttribute<unknown>;
            readonly text: import("@telltale/metrics").OpenAttribute<unknown>;
        };
    };
    readonly conditionErrors: {
        readonly kind: "counter";
        readonly name: "telltale.condition.errors";
        readonly unit: "{error}";
        readonly description: "How often the condition of an alert in code threw, or gave what is no text.";
        readonly attributes: {
            readonly rule: import("@telltale/metrics").OpenAttribute<unknown>;
        };
    };
};
export type { Clock } from "./clock.ts";
export interface Clock {
    now(): number;
    at(timeMs: number, call: () => void): Disposable;
}
export { alert, type CodedAlert } from "./coded-alert/coded-alert.ts";
export interface CodedAlert extends Disposable {
    readonly name: string;
}
export declare function alert(options: CodedAlertOptions): CodedAlert;
export type { AlertSeverity, CodedAlertOptions } from "./coded-alert/coded-rule.ts";
export type AlertSeverity = "info" | "warning" | "critical";
export interface CodedAlertOptions {
    readonly name: string;
    readonly severity: AlertSeverity;
    readonly condition: () => string | undefined;
    readonly for?: string;
    readonly cooldown?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
}
export { codedRules } from "./coded-alert/coded-rules.ts";
export declare function codedRules(): RuleSource;
export { watchCodedRules } from "./coded-alert/declared-rules.ts";
export declare function watchCodedRules(changed: () => void): Disposable;
export type { CooldownDefinition } from "./cooldown/cooldowns.ts";
export interface CooldownDefinition {
    readonly matchers: readonly AlertMatcher[];
    readonly durationMs: number;
}
export { type Notifier, type NotifierOptions, startNotifier } from "./delivery/notifier.ts";
export interface NotifierOptions {
    readonly config: AlertmanagerConfig;
    readonly externalUrl?: string;
    readonly templates?: readonly string[];
    readonly state?: DispatcherState;
    readonly clock?: Clock;
    readonly onState?: (state: DispatcherState) => void;
    readonly onDelivered?: (notification: Notification) => void;
    readonly onFailure?: (notification: Notification, reason: string) => void;
}
export interface Notifier {
    readonly dispatcher: Dispatcher;
    readonly config: AlertmanagerConfig;
    receive(alerts: readonly IncomingAlert[]): void;
    tell(telling: DirectTelling): Promise<boolean>;
    forget(): void;
    wake(): void;
    settled(): Promise<void>;
    stop(): Promise<void>;
}
export declare function startNotifier(options: NotifierOptions): Notifier;
export type { WebhookAlert, WebhookBody } from "./delivery/webhook-body.ts";
export interface WebhookBody {
    readonly receiver: string;
    readonly status: "firing" | "resolved";
    readonly alerts: readonly WebhookAlert[];
    readonly groupLabels: Texts;
    readonly commonLabels: Texts;
    readonly commonAnnotations: Texts;
    readonly externalURL: string;
    readonly version: "4";
    readonly groupKey: string;
    readonly truncatedAlerts: number;
}
export interface WebhookAlert {
    readonly status: "firing" | "resolved";
    readonly labels: Texts;
    readonly annotations: Texts;
    readonly startsAt: string;
    readonly endsAt: string;
    readonly generatorURL: string;
    readonly fingerprint: string;
}
export type { AlertChange } from "./engine/alert-changes.ts";
export interface AlertChange {
    readonly state: "firing" | "resolved";
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly startsAtMs: number;
    readonly timeMs: number;
}
export type { Alerting, AlertingFigures, AlertingOptions, AlertingSettings } from "./engine/alerting.ts";
export interface AlertingSettings extends AlertingPaths {
    readonly alertmanagers?: readonly string[];
    readonly state?: string;
    readonly intervalMs?: number;
    readonly retentionMs?: number;
    readonly maxBytes?: number;
    readonly externalUrl?: string;
    readonly externalLabels?: Readonly<Record<string, string>>;
    readonly targets?: Readonly<Record<string, Readonly<Record<string, string>>>>;
    readonly pollMs?: number;
}
export interface AlertingOptions extends AlertingSettings {
    readonly clock?: Clock;
    readonly onAlert?: (change: AlertChange) => void;
    readonly intervene?: (request: InterventionRequest) => Promise<InterventionOutcome>;
    readonly onProblem?: (problem: AlertingProblem) => void;
}
export interface AlertingFigures extends IncidentFigures {
    readonly evaluations: number;
    readonly missed: number;
    readonly failing: number;
    readonly pending: number;
    readonly firing: number;
    readonly delivered: number;
    readonly failed: number;
    readonly series: number;
    readonly storeBytes: number;
}
export interface Alerting extends Pick<IncidentResponse, "acknowledge" | "incidents" | "incident"> {
    readonly store: MemoryStore;
    readonly notifier: Notifier;
    append(source: string, batch: SeriesBatch): boolean;
    remove(source: string): void;
    families(): ReadonlyMap<string, MetricFamily>;
    rules(): readonly RunningGroup[];
    groups(): readonly AlertingGroup[];
    alerts(): readonly RunningAlert[];
    silences(): readonly Silence[];
    silence(definition: SilenceDefinition): Silence;
    expireSilence(id: string): boolean;
    figures(): AlertingFigures;
    reload(): Promise<void>;
    declare(rules: readonly CodedRule[]): void;
    settled(): Promise<void>;
    stop(options: {
        readonly withinMs: number;
    }): Promise<void>;
}
export { AlertingFilesError, type AlertingPaths } from "./engine/alerting-files.ts";
export interface AlertingPaths {
    readonly folder: string;
    readonly rules: readonly string[];
    readonly receivers?: string;
    readonly extras?: string;
}
export declare class AlertingFilesError extends Error {
    readonly name = "AlertingFilesError";
    readonly code = "TELLTALE_BAD_ALERTING_FILES";
    readonly errors: readonly Error[];
    constructor(errors: readonly Error[]);
}
export type { AlertingProblem } from "./engine/alerting-problem.ts";
export interface AlertingProblem {
    readonly level: "error" | "warn";
    readonly text: string;
}
export { startAlerting } from "./engine/engine.ts";
export declare function startAlerting(options: AlertingOptions): Alerting;
export type { AlertingGroup, AlertingGroupRule, RunningAlert } from "./engine/running-rules.ts";
export interface AlertingGroup extends Omit<RunningGroup, "rules"> {
    readonly rules: readonly AlertingGroupRule[];
}
export interface AlertingGroupRule {
    readonly kind: "alerting" | "recording";
    readonly name: string;
    readonly query: string;
    readonly health: RuleStatus["health"];
    readonly lastError: string | undefined;
    readonly lastEvaluationMs: number | undefined;
    readonly pending: number;
    readonly firing: number;
}
export interface RunningAlert {
    readonly name: string;
    readonly state: "pending" | "firing";
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly value: number | undefined;
    readonly activeAtMs: number;
    readonly file: string;
    readonly group: string;
    readonly receivers: readonly string[];
    readonly silencedBy: readonly string[];
    readonly isInhibited: boolean;
}
export type { EscalationDefinition, EscalationLevel } from "./escalation/escalation-definition.ts";
export interface EscalationDefinition {
    readonly name: string;
    readonly matchers: readonly AlertMatcher[];
    readonly levels: readonly EscalationLevel[];
    readonly until: "acknowledged" | "resolved";
    readonly repeatMs: number | undefined;
}
export interface EscalationLevel {
    readonly delayMs: number;
    readonly receivers: readonly string[];
}
export { type FallBack, type HandOver, type HandOverOptions, startHandOver } from "./hand-over/hand-over.ts";
export interface FallBack {
    receive(alerts: readonly SentAlert[]): void;
    forget(): void;
}
export interface HandOverOptions {
    readonly urls: readonly string[];
    readonly fallBack?: FallBack;
    readonly isFallenBack?: boolean;
    readonly timeoutMs?: number;
    readonly maxQueued?: number;
    readonly onFailure?: (reason: string) => void;
}
export interface HandOver {
    receive(alerts: readonly SentAlert[]): void;
    settled(): Promise<void>;
    stop(): Promise<void>;
}
export declare function startHandOver(options: HandOverOptions): HandOver;
export type { HeartbeatDefinition } from "./heartbeat/heartbeat-definition.ts";
export interface HeartbeatDefinition {
    readonly intervalMs: number;
    readonly url: string | undefined;
    readonly receiver: string | undefined;
}
export { startIncidentResponse } from "./incident-response/incident-response.ts";
export declare function startIncidentResponse(options: IncidentResponseOptions): IncidentResponse;
export type { AcknowledgedAlert, Acknowledgement, IncidentFigures, IncidentResponse, IncidentResponseOptions, } from "./incident-response/incident-response-options.ts";
export interface IncidentResponseOptions {
    readonly file: AlertingFile;
    readonly notifier: () => Notifier;
    readonly clock?: Clock;
    readonly history?: IncidentHistory;
    readonly edges?: () => readonly DependencyEdge[];
    readonly ownService?: string;
    readonly intervene?: (request: InterventionRequest) => Promise<InterventionOutcome>;
    readonly graceMs?: number;
    readonly isWell?: () => boolean;
    readonly onProblem?: (text: string) => void;
}
export interface IncidentResponse {
    receive<T extends IncomingAlert>(alerts: readonly T[]): readonly T[];
    notified(notification: Notification): void;
    acknowledge(what: string | Readonly<Record<string, string>>, by: Acknowledgement): readonly AcknowledgedAlert[];
    incidents(query?: IncidentQuery): readonly Incident[];
    incident(id: string): IncidentRecord | undefined;
    figures(): IncidentFigures;
    reload(file: AlertingFile): void;
    wake(): void;
    settled(): Promise<void>;
    stop(): void;
}
export interface Acknowledgement {
    readonly by: string;
    readonly comment?: string;
}
export interface AcknowledgedAlert {
    readonly incidentId: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly silenceId: string;
}
export interface IncidentFigures {
    readonly open: number;
    readonly heldBack: number;
    readonly escalated: number;
    readonly interventions: number;
    readonly heartbeats: number;
    readonly failedHeartbeats: number;
}
export type { DependencyEdge } from "./incidents/dependency-edge.ts";
export interface DependencyEdge {
    readonly from: string;
    readonly to: string;
}
export type { Incident, IncidentMember, IncidentRecord, JoiningReason } from "./incidents/incident.ts";
export interface Incident {
    readonly id: string;
    readonly title: string;
    readonly state: "firing" | "quiet" | "resolved";
    readonly openedAtMs: number;
    readonly resolvedAtMs: number | undefined;
    readonly members: readonly IncidentMember[];
    readonly acknowledgedBy: string | undefined;
}
export interface IncidentMember {
    readonly key: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly startsAtMs: number;
    readonly resolvedAtMs: number | undefined;
    readonly firings: number;
    readonly because: JoiningReason | undefined;
}
export interface JoiningReason {
    readonly with: string;
    readonly path: readonly string[];
    readonly apartMs: number;
    readonly shared: Readonly<Record<string, string>>;
    readonly text: string;
}
export interface IncidentRecord extends Incident {
    readonly events: readonly IncidentEvent[];
}
export type { IncidentEvent, IncidentEventKind } from "./incidents/incident-event.ts";
export interface IncidentEvent {
    readonly incidentId: string;
    readonly timeMs: number;
    readonly kind: IncidentEventKind;
    readonly text: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly by?: string;
}
export type IncidentEventKind = "opened" | "joined" | "merged" | "fired_again" | "held_back" | "notified" | "acknowledged" | "given_back" | "escalated" | "intervention" | "alert_resolved" | "resolved";
export { type IncidentChange, type IncidentHistory, type IncidentQuery, memoryHistory, } from "./incidents/incident-history.ts";
export interface IncidentHistory {
    readonly state: string | undefined;
    append(change: IncidentChange): void;
    list(query?: IncidentQuery): readonly Incident[];
    find(id: string): IncidentRecord | undefined;
    prune(beforeMs: number): void;
    close(): void;
}
export interface IncidentChange {
    readonly events: readonly IncidentEvent[];
    readonly incidents: readonly Incident[];
    readonly state: string;
}
export interface IncidentQuery {
    readonly state?: Incident["state"];
    readonly limit?: number;
}
export declare function memoryHistory(): IncidentHistory;
export type { IncidentOptions } from "./incidents/incident-options.ts";
export interface IncidentOptions {
    readonly windowMs: number;
    readonly lateWindowMs: number;
    readonly maxHops: number;
    readonly quietMs: number;
    readonly serviceLabels: readonly string[];
    readonly peerLabels: readonly string[];
    readonly aliases: Readonly<Record<string, string>>;
    readonly keepMs: number;
}
export { incidentLines, incidentText } from "./incidents/incident-text.ts";
export declare function incidentLines(incidents: readonly Incident[], nowMs: number): string;
export declare function incidentText(incident: IncidentRecord, nowMs: number): string;
export { serviceEdges } from "./incidents/service-edges.ts";
export declare function serviceEdges(store: SeriesStore, { timeMs, options }: {
    readonly timeMs: number;
    readonly options: IncidentOptions;
}): readonly DependencyEdge[];
export type { InterventionDefinition, RateLimit } from "./intervention/intervention-definition.ts";
export interface InterventionDefinition {
    readonly name: string;
    readonly matchers: readonly AlertMatcher[];
    readonly dryRun: boolean;
    readonly delayMs: number;
    readonly atMost: RateLimit;
    readonly timeoutMs: number;
}
export interface RateLimit {
    readonly count: number;
    readonly perMs: number;
}
export { type InterventionCode, type InterventionCodeOptions, type InterventionContext, intervention, runIntervention, } from "./intervention/intervention-registry.ts";
export interface InterventionContext {
    readonly alert: InterventionAlert;
    readonly incidentId: string;
    readonly signal: AbortSignal;
}
export type InterventionCode = (context: InterventionContext) => unknown;
export interface InterventionCodeOptions {
    readonly describe?: (context: InterventionContext) => unknown;
}
export declare function intervention(name: string, run: InterventionCode, options?: InterventionCodeOptions): Disposable;
export declare function runIntervention(request: InterventionRequest, { clock }?: {
    readonly clock?: Clock;
}): Promise<InterventionOutcome>;
export type { InterventionAlert, InterventionOutcome, InterventionRequest, } from "./intervention/intervention-request.ts";
export interface InterventionRequest {
    readonly name: string;
    readonly dryRun: boolean;
    readonly incidentId: string;
    readonly alert: InterventionAlert;
    readonly timeoutMs: number;
}
export interface InterventionAlert {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly startsAtMs: number;
}
export interface InterventionOutcome {
    readonly outcome: "done" | "would_run" | "failed" | "timed_out" | "not_registered";
    readonly text: string;
}
export type { AlertMatcher, AlertMatchOperator } from "./routing/alert-matcher.ts";
export type AlertMatchOperator = "=" | "!=" | "=~" | "!~";
export interface AlertMatcher {
    readonly name: string;
    readonly operator: AlertMatchOperator;
    readonly value: string;
    matches(value: string): boolean;
}
export type { AlertStatus, GroupStatus } from "./routing/alert-status.ts";
export interface AlertStatus extends HeldAlert {
    readonly state: "active" | "suppressed" | "resolved";
    readonly receivers: readonly string[];
    readonly silencedBy: readonly string[];
    readonly inhibitedBy: readonly string[];
}
export interface GroupStatus {
    readonly receiver: string;
    readonly key: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly alerts: readonly AlertStatus[];
    readonly mutedBy: readonly string[];
}
export { type AlertmanagerConfig, AlertmanagerConfigError, type InhibitRule, parseAlertmanagerConfig, } from "./routing/alertmanager-config.ts";
export interface AlertmanagerConfig {
    readonly route: Route;
    readonly receivers: readonly ReceiverDefinition[];
    readonly inhibitRules: readonly InhibitRule[];
    readonly timeIntervals: readonly NamedTimeInterval[];
    readonly templates: readonly string[];
    readonly resolveTimeoutMs: number;
    readonly text: string;
}
export interface InhibitRule {
    readonly source: readonly AlertMatcher[];
    readonly target: readonly AlertMatcher[];
    readonly equal: readonly string[];
}
export declare class AlertmanagerConfigError extends Error {
    readonly name = "AlertmanagerConfigError";
    readonly code = "TELLTALE_BAD_ALERTMANAGER_CONFIG";
    readonly problems: readonly YamlProblem[];
    constructor(path: string, problems: readonly YamlProblem[]);
}
export declare function parseAlertmanagerConfig(text: string, { path }?: {
    readonly path?: string;
}): AlertmanagerConfig;
export { type DirectTelling, Dispatcher, type DispatcherState, type Notification, type NotifiedAlert, } from "./routing/dispatcher.ts";
export interface Notification {
    readonly receiver: string;
    readonly integration: IntegrationDefinition;
    readonly groupKey: string;
    readonly groupLabels: Readonly<Record<string, string>>;
    readonly alerts: readonly NotifiedAlert[];
    readonly deadlineMs: number;
    readonly lastToldMs?: number;
}
export interface NotifiedAlert extends HeldAlert {
    readonly resolved: boolean;
}
export interface DirectTelling {
    readonly receiver: string;
    readonly groupKey: string;
    readonly groupLabels: Readonly<Record<string, string>>;
    readonly alerts: readonly NotifiedAlert[];
    readonly repeatIntervalMs?: number;
}
export interface DispatcherState {
    readonly alerts: readonly HeldAlert[];
    readonly notificationLog: readonly NotificationLogEntry[];
    readonly silences: readonly Silence[];
}
export declare class Dispatcher {
    #private;
    constructor(config: AlertmanagerConfig, options?: {
        readonly state?: DispatcherState;
        readonly nowMs?: number;
    });
    receive(alerts: readonly IncomingAlert[], nowMs: number): void;
    forget(): void;
    nextDueMs(): number;
    due(nowMs: number): readonly Notification[];
    sending(notification: Notification): void;
    delivered(notification: Notification, nowMs: number): void;
    failed(notification: Notification, { isRefused }?: {
        readonly isRefused?: boolean;
    }): void;
    direct(telling: DirectTelling, nowMs: number): readonly Notification[];
    silence(definition: SilenceDefinition, nowMs: number): Silence;
    changeSilence(id: string, definition: SilenceDefinition, nowMs: number): Silence | undefined;
    expireSilence(id: string, nowMs: number): boolean;
    silences(): readonly Silence[];
    alerts(nowMs: number): readonly AlertStatus[];
    groups(nowMs: number): readonly GroupStatus[];
    state(): DispatcherState;
}
export type { EmailCredentials, EmailIntegration, EmailTls } from "./routing/email-integration.ts";
export interface EmailIntegration extends CommonFields {
    readonly kind: "email";
    readonly to: string;
    readonly from: string;
    readonly host: string;
    readonly port: number;
    readonly hello: string;
    readonly credentials: EmailCredentials;
    readonly requireTls: boolean;
    readonly tls: EmailTls;
    readonly headers: Texts;
    readonly html: string;
    readonly text: string;
    readonly threading: "none" | "daily" | "forever";
}
export interface EmailCredentials {
    readonly username: string;
    readonly password: string;
    readonly passwordFile: string;
    readonly secret: string;
    readonly identity: string;
}
export interface EmailTls {
    readonly ca: string;
    readonly caFile: string;
    readonly cert: string;
    readonly certFile: string;
    readonly key: string;
    readonly keyFile: string;
    readonly serverName: string;
    readonly verify: boolean;
    readonly minVersion: "TLSv1" | "TLSv1.1" | "TLSv1.2" | "TLSv1.3" | undefined;
}
export type { HeldAlert, IncomingAlert } from "./routing/held-alerts.ts";
export interface IncomingAlert {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly startsAtMs?: number;
    readonly endsAtMs?: number;
    readonly generatorUrl?: string;
}
export interface HeldAlert {
    readonly key: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly startsAtMs: number;
    readonly endsAtMs: number;
    readonly updatedAtMs: number;
    readonly generatorUrl: string;
    readonly timeout: boolean;
}
export type { DiscordIntegration, IntegrationDefinition, MsteamsIntegration, OpsgenieIntegration, TelegramIntegration, WebhookIntegration, } from "./routing/integrations.ts";
export type IntegrationDefinition = WebhookIntegration | SlackIntegration | PagerdutyIntegration | DiscordIntegration | OpsgenieIntegration | TelegramIntegration | MsteamsIntegration | EmailIntegration;
export interface WebhookIntegration extends AddressedFields {
    readonly kind: "webhook";
    readonly maxAlerts: number;
}
export interface DiscordIntegration extends AddressedFields {
    readonly kind: "discord";
    readonly texts: Texts;
}
export interface OpsgenieIntegration extends AddressedFields {
    readonly kind: "opsgenie";
    readonly apiKey: string;
    readonly texts: Texts;
    readonly details: Texts;
    readonly responders: readonly Texts[];
}
export interface TelegramIntegration extends AddressedFields {
    readonly kind: "telegram";
    readonly botToken: string;
    readonly chatId: string;
    readonly threadId: string;
    readonly message: string;
    readonly parseMode: "" | "HTML" | "Markdown" | "MarkdownV2";
    readonly silent: boolean;
}
export interface MsteamsIntegration extends AddressedFields {
    readonly kind: "msteams" | "msteamsv2";
    readonly texts: Texts;
}
export type { NotificationLogEntry } from "./routing/notification-log.ts";
export interface NotificationLogEntry {
    readonly key: string;
    readonly firing: readonly string[];
    readonly resolved: readonly string[];
    readonly timeMs: number;
    readonly expiresAtMs: number;
    readonly unheard?: readonly string[];
}
export type { PagerdutyIntegration } from "./routing/pagerduty-integration.ts";
export interface PagerdutyIntegration extends AddressedFields {
    readonly kind: "pagerduty";
    readonly routingKey: string;
    readonly texts: Texts;
    readonly details: Texts;
    readonly images: readonly Texts[];
    readonly links: readonly Texts[];
}
export type { ReceiverDefinition } from "./routing/receiver-definition.ts";
export interface ReceiverDefinition {
    readonly name: string;
    readonly integrations: readonly IntegrationDefinition[];
    readonly undeliverable: readonly string[];
}
export { matchRoutes, type Route } from "./routing/route.ts";
export interface Route {
    readonly receiver: string;
    readonly matchers: readonly AlertMatcher[];
    readonly continue: boolean;
    readonly groupBy: readonly string[] | "all";
    readonly groupWaitMs: number;
    readonly groupIntervalMs: number;
    readonly repeatIntervalMs: number;
    readonly muteTimeIntervals: readonly string[];
    readonly activeTimeIntervals: readonly string[];
    readonly key: string;
    readonly id: string;
    readonly routes: readonly Route[];
}
export declare function matchRoutes(route: Route, labels: Readonly<Record<string, string>>): readonly Route[];
export { type Silence, type SilenceDefinition, type SilenceState, silenceState } from "./routing/silences.ts";
export interface SilenceDefinition {
    readonly matchers: readonly {
        readonly name: string;
        readonly operator: AlertMatchOperator;
        readonly value: string;
    }[];
    readonly startsAtMs?: number;
    readonly endsAtMs: number;
    readonly createdBy: string;
    readonly comment: string;
}
export interface Silence extends Required<SilenceDefinition> {
    readonly id: string;
    readonly updatedAtMs: number;
}
export type SilenceState = "pending" | "active" | "expired";
export declare function silenceState({ startsAtMs, endsAtMs }: Silence, nowMs: number): SilenceState;
export type { SlackAction, SlackIntegration } from "./routing/slack-integration.ts";
export interface SlackIntegration extends AddressedFields {
    readonly kind: "slack";
    readonly texts: Texts;
    readonly fields: readonly {
        readonly title: string;
        readonly value: string;
        readonly short: boolean | undefined;
    }[];
    readonly actions: readonly SlackAction[];
    readonly shortFields: boolean;
    readonly linkNames: boolean;
    readonly markdownIn: readonly string[];
}
export interface SlackAction {
    readonly texts: Texts;
    readonly confirm: Texts | undefined;
}
export type { NamedTimeInterval } from "./routing/time-interval.ts";
export interface NamedTimeInterval {
    readonly name: string;
    contains(timeMs: number): boolean;
}
export { type AlertingRuleDefinition, parseRuleFile, type RecordingRuleDefinition, type RuleDefinition, type RuleFile, RuleFileError, type RuleFileOptions, type RuleFileProblem, type RuleGroupDefinition, } from "./rule-file/rule-file.ts";
export interface RuleFile {
    readonly groups: readonly RuleGroupDefinition[];
}
export interface RuleGroupDefinition {
    readonly name: string;
    readonly intervalMs: number | undefined;
    readonly queryOffsetMs: number | undefined;
    readonly limit: number;
    readonly rules: readonly RuleDefinition[];
}
export type RuleDefinition = AlertingRuleDefinition | RecordingRuleDefinition;
export interface AlertingRuleDefinition extends RuleCommon {
    readonly kind: "alerting";
    readonly forMs: number;
    readonly keepFiringForMs: number;
    readonly annotations: Readonly<Record<string, string>>;
}
export interface RecordingRuleDefinition extends RuleCommon {
    readonly kind: "recording";
}
export interface RuleFileProblem {
    readonly line: number;
    readonly column: number;
    readonly group?: string;
    readonly rule?: number;
    readonly ruleName?: string;
    readonly message: string;
}
export declare class RuleFileError extends Error {
    readonly name = "RuleFileError";
    readonly code = "TELLTALE_BAD_RULE_FILE";
    readonly problems: readonly RuleFileProblem[];
    constructor(path: string, problems: readonly RuleFileProblem[], message?: string);
    static of(faults: readonly RuleFileError[]): RuleFileError;
}
export interface RuleFileOptions extends ParseOptions {
    readonly path?: string;
}
export declare function parseRuleFile(text: string, { path, ...options }?: RuleFileOptions): RuleFile;
export type { Alert, AlertState, SentAlert } from "./rule-group/alert.ts";
export type AlertState = "inactive" | "pending" | "firing";
export interface Alert {
    readonly labels: Labels;
    readonly annotations: Readonly<Record<string, string>>;
    readonly state: AlertState;
    readonly value: number;
    readonly activeAtMs: number;
    readonly firedAtMs: number | undefined;
    readonly resolvedAtMs: number | undefined;
    readonly lastSentAtMs: number | undefined;
    readonly keepFiringSinceMs: number | undefined;
}
export interface SentAlert {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly startsAtMs: number;
    readonly endsAtMs: number;
    readonly resolved: boolean;
    readonly generatorUrl: string;
}
export { RuleGroup, type RuleGroupOptions, type RuleStatus, type RuleStore } from "./rule-group/rule-group.ts";
export interface RuleStore extends SeriesStore {
    append(samples: Iterable<Sample>): {
        readonly appended: number;
    };
}
export interface RuleGroupOptions {
    readonly store: RuleStore;
    readonly file?: string;
    readonly intervalMs?: number;
    readonly queryOffsetMs?: number;
    readonly externalLabels?: Readonly<Record<string, string>>;
    readonly externalUrl?: string;
    readonly resendDelayMs?: number;
    readonly restore?: boolean;
    readonly outageToleranceMs?: number;
    readonly forGracePeriodMs?: number;
    readonly query?: QueryOptions;
    readonly onAlerts?: (alerts: readonly SentAlert[]) => void;
}
export interface RuleStatus {
    readonly definition: RuleDefinition;
    readonly health: "unknown" | "ok" | "err";
    readonly lastError: string | undefined;
    readonly lastEvaluationMs: number | undefined;
    readonly alerts: readonly Alert[];
}
export declare class RuleGroup {
    #private;
    readonly definition: RuleGroupDefinition;
    readonly intervalMs: number;
    constructor(definition: RuleGroupDefinition, options: RuleGroupOptions);
    get queryOffsetMs(): number;
    nextEvaluationMs(nowMs: number): number;
    evaluate(timeMs: number): void;
    evaluateInTurns(timeMs: number, pause: () => Promise<unknown>): Promise<void>;
    rules(): readonly RuleStatus[];
    adopt(previous: RuleGroup): void;
    end(timeMs: number): void;
}
export { type KnownMetrics, type LintCheck, type LintFinding, type LintOptions, lintChecks, lintRules, } from "./rule-lint/lint-rules.ts";
export declare const lintChecks: readonly ["broken", "feature-flag", "one-replica", "unknown-metric", "unknown-label", "no-for", "no-severity", "no-summary"];
export type LintCheck = (typeof lintChecks)[number];
export interface LintFinding extends Place {
    readonly path: string;
    readonly check: LintCheck;
    readonly level: "error" | "warning" | "note";
    readonly rule: string;
    readonly message: string;
}
export interface KnownMetrics {
    has(name: string): boolean;
    nearest(name: string): string | undefined;
}
export interface LintOptions {
    readonly metrics?: KnownMetrics;
    readonly replicaLabel?: string;
}
export declare function lintRules(sources: readonly RuleSource[], options?: LintOptions): readonly LintFinding[];
export { findFiles } from "./rule-runner/find-files.ts";
export declare function findFiles(patterns: readonly string[], folder?: string): readonly string[];
export { type GroupEvaluation, type RuleRunner, type RuleRunnerOptions, type RuleSource, type RunningGroup, startRules, } from "./rule-runner/rule-runner.ts";
export interface RuleSource {
    readonly path: string;
    readonly text: string;
}
export interface RuleRunnerOptions extends Omit<RuleGroupOptions, "file"> {
    readonly sources: readonly RuleSource[];
    readonly clock?: Clock;
    readonly onEvaluated?: (group: RunningGroup, evaluation: GroupEvaluation) => void;
}
export interface GroupEvaluation {
    readonly missed: number;
    readonly durationMs: number;
}
export interface RunningGroup {
    readonly name: string;
    readonly file: string;
    readonly intervalMs: number;
    readonly lastEvaluationMs: number | undefined;
    readonly evaluations: number;
    readonly missed: number;
    readonly rules: readonly RuleStatus[];
}
export interface RuleRunner {
    groups(): readonly RunningGroup[];
    reload(sources: readonly RuleSource[]): void;
    stop(): void;
}
export declare function startRules(options: RuleRunnerOptions): RuleRunner;
export { type AlertTest, type ExpectedAlert, type ExpectedSample, type ExpressionTest, parseRuleTestFile, type RuleTestFile, RuleTestFileError, type RuleTestGroup, } from "./rule-test/rule-test-file.ts";
export interface RuleTestFile {
    readonly ruleFiles: readonly string[];
    readonly evaluationIntervalMs: number;
    readonly groupEvalOrder: readonly string[];
    readonly fuzzyCompare: boolean;
    readonly tests: readonly RuleTestGroup[];
}
export interface RuleTestGroup {
    readonly name: string;
    readonly intervalMs: number;
    readonly startMs: number;
    readonly inputSeries: readonly {
        readonly series: string;
        readonly values: string;
    }[];
    readonly alertTests: readonly AlertTest[];
    readonly expressionTests: readonly ExpressionTest[];
    readonly externalLabels: Readonly<Record<string, string>>;
    readonly externalUrl: string;
}
export interface AlertTest {
    readonly evalTimeMs: number;
    readonly alertname: string;
    readonly expected: readonly ExpectedAlert[];
}
export interface ExpectedAlert {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
}
export interface ExpressionTest {
    readonly expression: string;
    readonly evalTimeMs: number;
    readonly expected: readonly ExpectedSample[];
}
export interface ExpectedSample {
    readonly labels: string;
    readonly value: number;
    readonly histogram: string;
}
export declare class RuleTestFileError extends Error {
    readonly name = "RuleTestFileError";
    readonly code = "TELLTALE_BAD_RULE_TEST_FILE";
    readonly problems: readonly YamlProblem[];
    constructor(path: string, problems: readonly YamlProblem[]);
}
export declare function parseRuleTestFile(text: string, { path }?: {
    readonly path?: string;
}): RuleTestFile;
export { type RuleTestOutcome, runRuleTests } from "./rule-test/run-rule-tests.ts";
export interface RuleTestOutcome {
    readonly name: string;
    readonly failures: readonly string[];
}
export declare function runRuleTests(file: RuleTestFile, rules: readonly RuleFile[], query?: QueryOptions): readonly RuleTestOutcome[];
export type { RunbookDefinition } from "./runbook/runbook.ts";
export interface RunbookDefinition {
    readonly matchers: readonly AlertMatcher[];
    readonly url: string;
}
export { type IntakeResult, type SeriesIntake, seriesIntake } from "./series-intake/series-intake.ts";
export interface IntakeResult extends AppendResult {
    readonly lost: boolean;
}
export interface SeriesIntake {
    append(source: string, batch: SeriesBatch, timeMs?: number): IntakeResult;
    miss(source: string, timeMs: number, target?: TargetLabels): void;
    remove(source: string, timeMs: number): void;
    families(): ReadonlyMap<string, MetricFamily>;
}
export declare function seriesIntake(store: MemoryStore): SeriesIntake;
export { openIncidentFile } from "./state-file/incident-file.ts";
export declare function openIncidentFile(path: string): IncidentHistory;
export { openStateFile, type StateFile } from "./state-file/state-file.ts";
export interface StateFile {
    readonly state: DispatcherState | undefined;
    save(state: DispatcherState): void;
    kept(name: string): string | undefined;
    keep(name: string, text: string): void;
    added(name: string): readonly string[];
    add(name: string, text: string): void;
    close(): void;
}
export declare function openStateFile(path: string): StateFile;
export type { YamlProblem } from "./yaml-reader.ts";
export interface YamlProblem {
    readonly line: number;
    readonly column: number;
    readonly message: string;
}
