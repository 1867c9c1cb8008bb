import type { Attributes, Exception } from "@opentelemetry/api";

/** What an exception's event says, or `undefined` when the exception says nothing of itself. */
export function exceptionAttributes(exception: Exception | undefined): Attributes | undefined {
  try {
    return readException(exception);
  } catch {
    // Anything can be thrown, also what throws when it is read.
    return undefined;
  }
}

function readException(exception: Exception | undefined): Attributes | undefined {
  if (typeof exception === "string") return exception === "" ? undefined : { "exception.message": exception };
  if (!exception) return undefined;
  const { code, name, message, stack } = exception;
  const type = code ? String(code) : name;
  if (!type && !message) return undefined;
  return {
    ...(type && { "exception.type": type }),
    ...(message && { "exception.message": message }),
    ...(stack && { "exception.stacktrace": stack }),
  };
}
