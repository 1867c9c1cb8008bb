import { ROOT_CONTEXT, SpanStatusCode, trace } from "@opentelemetry/api";
import type { CheckStatus } from "./health-check.ts";

/** A check that changes its state is a span of its own with an event, because it happens in nobody's request. */
export function recordChange(now: CheckStatus, before: CheckStatus): void {
  const attributes = {
    "telltale.check": now.name,
    "telltale.health.state": now.state,
    "telltale.health.previous_state": before.state,
    ...(now.reason !== undefined && { "telltale.health.reason": now.reason }),
  };
  // What is well from the start is no news.
  if (before.state === "pending" && now.state === "healthy") return;
  const span = trace
    .getTracer("@telltale/runtime")
    .startSpan("health change", { attributes: { "telltale.check": now.name } }, ROOT_CONTEXT);
  span.addEvent("telltale.health.change", attributes);
  if (now.state === "unhealthy")
    span.setStatus({ code: SpanStatusCode.ERROR, ...(now.reason && { message: now.reason }) });
  span.end();
}
