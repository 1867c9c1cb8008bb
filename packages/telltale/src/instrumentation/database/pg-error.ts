import { diag, type Span, SpanStatusCode } from "@opentelemetry/api";

/** Without the message in the event, which may quote values. */
export function recordPgError(span: Span, error: unknown): void {
  const { name, code, message } = error as {
    readonly name?: string;
    readonly code?: string;
    readonly message?: string;
  };
  if (error instanceof Error) {
    span.recordException(
      `PostgreSQL error of type '${name ?? "PostgreSQLError"}' occurred (code: ${code ?? "UNKNOWN"})`,
    );
  }
  span.setStatus({ code: SpanStatusCode.ERROR, ...(message !== undefined && { message: String(message) }) });
}

export function guardedPgHook(hook: () => void): void {
  try {
    hook();
  } catch (error) {
    diag.error("A hook of instrumentations.pg failed", error);
  }
}
