import { diag, type Span } from "@opentelemetry/api";
import { describeFailure, textOf } from "./failed-operation.ts";

/** Without the message in the event, which may quote values. */
export function recordPgError(span: Span, error: unknown): void {
  const { name, code, message, severity } = error as {
    readonly name?: string;
    readonly code?: string;
    readonly message?: string;
    /** Of what the server answers. */
    readonly severity?: string;
  };
  if (error instanceof Error) {
    span.recordException(
      `PostgreSQL error of type '${name ?? "PostgreSQLError"}' occurred (code: ${code ?? "UNKNOWN"})`,
    );
  }
  describeFailure(span, {
    message: message === undefined ? undefined : String(message),
    statusCode: severity === undefined ? undefined : textOf(code),
    code: textOf(code),
    name: textOf(name),
  });
}

export function guardedPgHook(hook: () => void): void {
  try {
    hook();
  } catch (error) {
    diag.error("A hook of instrumentations.pg failed", error);
  }
}
