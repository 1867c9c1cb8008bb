/** When a request is sent again. @see https://opentelemetry.io/docs/specs/otlp/#failures-1 */

const retryableStatus: ReadonlySet<unknown> = new Set([429, 502, 503, 504]);
const retryableCodes: ReadonlySet<unknown> = new Set([
  "ECONNRESET",
  "ECONNREFUSED",
  "EPIPE",
  "ETIMEDOUT",
  "EAI_AGAIN",
  "ENOTFOUND",
  "ENETUNREACH",
  "EHOSTUNREACH",
]);

/** Of an HTTP status, or of the code of a connection's error. */
export function isRetryable(statusOrCode: number | string | undefined): boolean {
  return retryableStatus.has(statusOrCode) || retryableCodes.has(statusOrCode);
}

// As OpenTelemetry's own exporters wait.
const FIRST_MS = 1_000;
const MAX_MS = 5_000;
const FACTOR = 1.5;
const JITTER = 0.2;
export const MAX_RETRIES = 5;

/** How long to wait after the attempt of that number, which counts from 0. */
export function backoffMs(attempt: number): number {
  const jitter = 1 + JITTER * (2 * Math.random() - 1);
  return Math.min(FIRST_MS * FACTOR ** attempt, MAX_MS) * jitter;
}

/** A `Retry-After` in seconds or as a date; `undefined` without one that can be read. */
export function retryAfterMs(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1_000;
  const dateMs = Date.parse(header);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - Date.now());
}
