import { type Attributes, type Span, SpanStatusCode, trace } from "@opentelemetry/api";

export interface RecordErrorOptions {
  /** @default the active span */
  readonly span?: Span;
  /** Of the exception's event. */
  readonly attributes?: Attributes;
}

/** What follows is cut, so that a chain that leads back to itself ends. */
const MAX_CAUSES = 8;

/**
 * Records what was thrown as an event of the span, with its causes and the errors that an AggregateError holds in the stack
 * trace, and sets the span's status to error. Any value may have been thrown. Does nothing outside of any span; never throws.
 */
export function recordError(
  error: unknown,
  { span = trace.getActiveSpan(), attributes }: RecordErrorOptions = {},
): void {
  if (span === undefined || !span.isRecording()) return;
  try {
    const message = messageOf(error);
    const stack = stackOf(error);
    span.addEvent("exception", {
      ...attributes,
      "exception.type": typeOf(error),
      "exception.message": message,
      ...(stack !== undefined && { "exception.stacktrace": stack }),
    });
    span.setStatus({ code: SpanStatusCode.ERROR, message });
  } catch {
    // What was thrown cannot even be printed.
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
}

function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  const { message } = (error ?? {}) as { readonly message?: unknown };
  return typeof message === "string" ? message : String(error);
}

/** As OpenTelemetry's own `recordException`: the code says more than the class, where there is one. */
function typeOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return typeof error;
  const {
    code,
    name,
    constructor: made,
  } = error as { code?: unknown; name?: unknown; constructor?: { name?: string } };
  if (typeof code === "string" || typeof code === "number") return String(code);
  return typeof name === "string" && name !== "" ? name : (made?.name ?? "object");
}

function stackOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const lines = [error.stack ?? String(error)];
  const seen = new Set<unknown>([error]);
  addCauses(error, { lines, seen, label: "Caused by" });
  return lines.join("\n");
}

interface Gathering {
  readonly lines: string[];
  readonly seen: Set<unknown>;
  readonly label: string;
}

function addCauses(error: Error, gathering: Gathering): void {
  for (const cause of causesOf(error)) {
    if (gathering.seen.has(cause) || gathering.seen.size > MAX_CAUSES) return;
    gathering.seen.add(cause);
    gathering.lines.push(
      `${gathering.label}: ${cause instanceof Error ? (cause.stack ?? String(cause)) : messageOf(cause)}`,
    );
    if (cause instanceof Error) addCauses(cause, gathering);
  }
}

function causesOf(error: Error): readonly unknown[] {
  const together = error instanceof AggregateError ? error.errors : [];
  return error.cause === undefined || error.cause === null ? together : [error.cause, ...together];
}
