/** `fetch` loads no module, so its instrumentation waits for the first request of undici, and must not miss that one. */

import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Instrumentation } from "@opentelemetry/instrumentation";
import { isTracingSuppressed } from "./tracing-suppressed.ts";

/**
 * Calls `load` when `fetch` or another client of undici makes its first request; returns what stops waiting.
 * `load` passes `beforeEnable` on, so that the instrumentation sees the request that is already on its way.
 */
export function atFirstRequest(load: (beforeEnable: (instrumentation: Instrumentation) => void) => void): () => void {
  let waiting = true;
  const stop = (): void => {
    waiting = false;
    unsubscribe(CHANNEL, onRequest);
  };
  const onRequest = (message: unknown): void => {
    // An exporter's own request.
    if (!waiting || isTracingSuppressed()) return;
    waiting = false;
    let deliver: (() => void) | undefined;
    load((instrumentation) => {
      deliver = deliveryOf(message as RequestMessage, instrumentation);
    });
    deliver?.();
    // Not now: the channel is going through its subscribers.
    queueMicrotask(stop);
  };
  subscribe(CHANNEL, onRequest);
  return stop;
}

/** https://undici.nodejs.org/#/docs/api/DiagnosticsChannel */
const CHANNEL = "undici:request:create";

interface RequestMessage {
  readonly request: object;
}

/** Whether a subscriber that comes during a message still gets it differs between Node versions: this one gets it once. */
function deliveryOf(message: RequestMessage, instrumentation: Instrumentation): (() => void) | undefined {
  const handler = instrumentation as { onRequestCreated?: (message: RequestMessage) => void };
  const original = handler.onRequestCreated;
  if (typeof original !== "function") return undefined;
  const delivered = new WeakSet<object>();
  handler.onRequestCreated = (one) => {
    if (!delivered.has(one.request)) original.call(instrumentation, one);
  };
  return () => {
    delivered.add(message.request);
    original.call(instrumentation, message);
  };
}
