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
export { type InterventionCode, type InterventionCodeOptions, type InterventionContext, intervention, } from "./intervention/intervention-registry.ts";
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
export type { InterventionAlert } from "./intervention/intervention-request.ts";
export interface InterventionAlert {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly startsAtMs: number;
}
