import { type Span, SpanStatusCode } from "@opentelemetry/api";

export interface OperationFailure {
  /** Of the error, as its sender words it. */
  readonly message: string | undefined;
  /** What the database answered: an SQLSTATE, an error number, the first word of an error of Redis. */
  readonly statusCode: string | undefined;
  /** What else is known of it, such as `ECONNREFUSED`. */
  readonly code: string | undefined;
  /** Of the error's class. */
  readonly name: string | undefined;
}

/**
 * States and types of failure as the stable conventions have them; contrib's instrumentations write neither.
 * @see https://opentelemetry.io/docs/specs/semconv/db/database-spans/
 */
export function describeFailure(span: Span, { message, statusCode, code, name }: OperationFailure): void {
  if (statusCode !== undefined) span.setAttribute("db.response.status_code", statusCode);
  span.setAttribute("error.type", statusCode ?? code ?? (name || "_OTHER"));
  span.setStatus({ code: SpanStatusCode.ERROR, ...(message !== undefined && { message }) });
}

/** A text as it is; what is anything else says nothing. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
