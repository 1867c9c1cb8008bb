/** What the thread that collects and the thread that alerts say to each other. */
import type { MessagePort } from "node:worker_threads";
import type { SeriesBatch } from "@telltale/metrics";
import type { CodedRule } from "../coded-alert/coded-rule.ts";
import type { InterventionOutcome, InterventionRequest } from "../intervention/intervention-request.ts";
import type { AlertChange } from "./alert-changes.ts";
import type { Alerting, AlertingFigures, AlertingSettings } from "./alerting.ts";
import type { AlertingProblem } from "./alerting-problem.ts";

export interface ThreadSettings extends AlertingSettings {
  /** Where Alertmanager's API is served. @default nowhere */
  readonly api?: { readonly port: number; readonly host: string };
}

/** What the alerting thread is started with. */
export interface ThreadData {
  readonly settings: ThreadSettings;
  readonly coded: readonly CodedRule[];
  /** A folder that only this user can write to, for compiled code. */
  readonly compileCache: string | undefined;
  /** On it both say everything. */
  readonly port: MessagePort;
  /** One cell that becomes 1 when the thread has started, or has said why not. */
  readonly started: Int32Array<SharedArrayBuffer>;
}

/** What can be asked of alerting from another thread. */
export interface AlertingQuestions
  extends Pick<
    Alerting,
    | "alerts"
    | "groups"
    | "silences"
    | "silence"
    | "expireSilence"
    | "acknowledge"
    | "incidents"
    | "incident"
    | "reload"
    | "settled"
  > {}

export type AlertingQuestion = keyof AlertingQuestions;

/** An error on its way between threads, which would lose its class and code. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly code: string | undefined;
}

export type ToAlerting =
  | { readonly type: "batch"; readonly source: string; readonly batch: SeriesBatch }
  /** The source is no more. */
  | { readonly type: "gone"; readonly source: string }
  | { readonly type: "declare"; readonly rules: readonly CodedRule[] }
  | {
      readonly type: "ask";
      readonly id: number;
      readonly question: AlertingQuestion;
      readonly given: readonly unknown[];
    }
  | { readonly type: "outcome"; readonly id: number; readonly outcome: InterventionOutcome }
  | { readonly type: "stop"; readonly withinMs: number };

export type FromAlerting =
  | { readonly type: "started"; readonly apiUrl: string | undefined }
  | { readonly type: "refused"; readonly error: PlainError }
  /** A batch was taken in; `again` when the reader has to begin anew. */
  | { readonly type: "taken"; readonly source: string; readonly again: boolean; readonly figures: AlertingFigures }
  | { readonly type: "answer"; readonly id: number; readonly value: unknown }
  | { readonly type: "failed"; readonly id: number; readonly error: PlainError }
  | { readonly type: "intervene"; readonly id: number; readonly request: InterventionRequest }
  | { readonly type: "alert"; readonly change: AlertChange }
  | { readonly type: "problem"; readonly problem: AlertingProblem }
  | { readonly type: "stopped" };

export function plainError(error: unknown): PlainError {
  const { name = "Error", message = String(error), code } = Object(error) as Partial<PlainError>;
  return { name, message, code };
}

export function errorOf({ name, message, code }: PlainError): Error {
  return Object.assign(new Error(message), { name, ...(code !== undefined && { code }) });
}
