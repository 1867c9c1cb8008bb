import { diag } from "@opentelemetry/api";

/** A hook of the application's that fails changes nothing but what it would have added. */
export function guardedHook<T>(hook: () => T): T | undefined {
  try {
    return hook();
  } catch (error) {
    diag.error("A hook of instrumentations.http failed", error);
    return undefined;
  }
}
