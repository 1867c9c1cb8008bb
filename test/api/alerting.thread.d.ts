export type { AlertChange } from "./engine/alert-changes.ts";
export interface AlertChange {
    readonly state: "firing" | "resolved";
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly startsAtMs: number;
    readonly timeMs: number;
}
export type { AlertingFigures } from "./engine/alerting.ts";
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
export type { AlertingProblem } from "./engine/alerting-problem.ts";
export interface AlertingProblem {
    readonly level: "error" | "warn";
    readonly text: string;
}
export { type AlertingAnswers, type AlertingThread, type AlertingThreadOptions, startAlertingThread, } from "./engine/alerting-thread.ts";
export interface AlertingThreadOptions {
    readonly settings: ThreadSettings & {
        readonly intervalMs: number;
    };
    readonly series: SeriesSource;
    readonly transferables: (batch: SeriesBatch) => ArrayBuffer[];
    readonly onAlert: (change: AlertChange) => void;
    readonly onProblem: (problem: AlertingProblem) => void;
    readonly compileCache?: string;
    readonly startTimeoutMs?: number;
    readonly clock?: Clock;
}
export type AlertingAnswers = {
    readonly [K in AlertingQuestion]: (...given: Parameters<AlertingQuestions[K]>) => Promise<Awaited<ReturnType<AlertingQuestions[K]>>>;
};
export interface AlertingThread extends AlertingAnswers {
    waitUntilStarted(): void;
    readonly apiUrl: string | undefined;
    figures(): AlertingFigures | undefined;
    collect(): Promise<void>;
    stop(options: {
        readonly withinMs: number;
    }): Promise<void>;
}
export declare function startAlertingThread(options: AlertingThreadOptions): AlertingThread;
export { type ClusterMemberOptions, clusterWorkerId, joinCluster } from "./engine/cluster-sources.ts";
export interface ClusterMemberOptions {
    readonly series: SeriesSource;
    readonly intervalMs: number;
    readonly onProblem: (problem: AlertingProblem) => void;
    readonly clock?: Clock;
}
export declare function clusterWorkerId(): number | undefined;
export declare function joinCluster({ series, intervalMs, onProblem, clock }: ClusterMemberOptions): Disposable;
export type { SeriesSource } from "./engine/collecting.ts";
export interface SeriesSource {
    collect(timeMs: number): Promise<SeriesBatch>;
    tellAnew(): void;
}
export type { AlertingQuestions, ThreadSettings } from "./engine/dialogue.ts";
export interface ThreadSettings extends AlertingSettings {
    readonly api?: {
        readonly port: number;
        readonly host: string;
    };
}
export interface AlertingQuestions extends Pick<Alerting, "alerts" | "groups" | "silences" | "silence" | "expireSilence" | "acknowledge" | "incidents" | "incident" | "reload" | "settled"> {
}
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
