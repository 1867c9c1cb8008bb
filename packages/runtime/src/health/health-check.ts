/** How well something is; what is degraded still works. */
export type HealthState = "healthy" | "degraded" | "unhealthy";

/** The answer of a check; a reason says what is wrong, in words for who operates the service. */
export interface HealthAnswer {
  readonly state: HealthState;
  readonly reason?: string;
}

/**
 * Finds out how well something is: a `HealthAnswer`, or nothing or `true` for healthy, or `false` or a throw for unhealthy, at
 * once or as a promise. The signal is aborted at the deadline.
 */
export type HealthCheck = (context: { readonly signal: AbortSignal }) => unknown;

export interface HealthCheckOptions {
  /** Whether the process is not ready while the check is unhealthy; else it is only degraded. @default true */
  readonly critical?: boolean;
  /** Whether the process is to be restarted while the check is unhealthy: `/livez`. @default false */
  readonly liveness?: boolean;
  /** How often it is asked. @default 10000 */
  readonly intervalMs?: number;
  /** After this time without an answer it is unhealthy. @default 5000 */
  readonly timeoutMs?: number;
  /** Names of checks registered before. While one of them is unhealthy this is not asked, and unhealthy for that reason. */
  readonly dependsOn?: readonly string[];
}

/** What is known of a check. */
export interface CheckStatus {
  readonly name: string;
  /** `pending` until it has answered for the first time. */
  readonly state: HealthState | "pending";
  readonly reason: string | undefined;
  /** How long the last answer took; undefined before the first. */
  readonly latencyMs: number | undefined;
  readonly critical: boolean;
  readonly liveness: boolean;
  /** When it answered last, Unix time in milliseconds. */
  readonly checkedAtMs: number | undefined;
  /** Since when it has been in this state, Unix time in milliseconds. */
  readonly sinceMs: number;
}

/** The answer in its one form. */
export function answerOf(answer: unknown): HealthAnswer {
  if (answer === undefined || answer === true) return { state: "healthy" };
  if (answer === false) return { state: "unhealthy", reason: "the check said no" };
  const { state, reason } = Object(answer) as { readonly state?: unknown; readonly reason?: unknown };
  if (state === "healthy" || state === "degraded" || state === "unhealthy")
    return reason ? { state, reason: oneLine(reason) } : { state };
  return { state: "unhealthy", reason: `the check answered with the state ${String(state)}, which there is not` };
}

/** What an error says, and what caused it, on one line. It may be anything, also what cannot be told in words. */
export function reasonOf(error: unknown): string {
  try {
    return wordsOf(error);
  } catch {
    return "the check threw what has no words";
  }
}

function wordsOf(error: unknown): string {
  const { cause } = Object(error) as { readonly cause?: unknown };
  const words = ownWordsOf(error);
  // Of fetch() only the cause says what has failed.
  return cause === undefined ? words : oneLine(`${words}: ${ownWordsOf(cause)}`);
}

function ownWordsOf(error: unknown): string {
  const { message, code, errors } = Object(error) as { message?: unknown; code?: unknown; errors?: unknown };
  // A connection to a name with two addresses fails with the errors of both, and no words of its own.
  if (!message && Array.isArray(errors) && errors.length > 0) return ownWordsOf(errors[0]);
  return oneLine(message || code || error);
}

function oneLine(text: unknown): string {
  return String(text).replace(/\s+/g, " ").slice(0, 500);
}
