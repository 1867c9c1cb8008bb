import type { Span } from "@opentelemetry/api";
import { describeFailure, textOf } from "./failed-operation.ts";

export function recordRedisError(span: Span, error: unknown): void {
  const { name, code, message } = Object(error) as { readonly [K in "name" | "code" | "message"]?: unknown };
  span.recordException(error as Error);
  describeFailure(span, {
    message: textOf(message),
    statusCode: firstWord(textOf(message)),
    code: textOf(code),
    name: textOf(name),
  });
}

/** Of what Redis answers, the first word is the kind of error, in capitals: `WRONGTYPE Operation against a key …`. */
function firstWord(message: string | undefined): string | undefined {
  return /^[A-Z]{3,}(?= )/.exec(message ?? "")?.[0];
}
