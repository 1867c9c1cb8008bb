import { context } from "@opentelemetry/api";

/**
 * Remembers what is active now, for whatever runs later on behalf of it: an object of a pool, a batch, a resource of
 * another library. The result runs a function with it, like `AsyncResource.runInAsyncScope`, for as long as it is kept.
 */
export function captureContext(): <T>(fn: () => T) => T {
  const captured = context.active();
  return (fn) => context.with(captured, fn);
}
