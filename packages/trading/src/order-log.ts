/** Order events as structured log records, in the trace of their order. */
import { context, trace } from "@opentelemetry/api";
import { event, logger } from "@telltale/logging";
import { decimalText } from "./decimal.ts";
import type { Order } from "./order.ts";
import type { OrderEventName } from "./order-host.ts";
import type { OrderEventListener } from "./orders.ts";

/** `warnings`: rejections, failed requests, anomalies and changes of the trading state. */
export type OrderLogging = "all" | "warnings" | "none";

/** What writes an event, or nothing at all. */
export function orderLog(logging: OrderLogging): OrderEventListener {
  if (logging === "none") return () => {};
  return (name, venue, order, detail) => {
    const isWarning = isWarningOf(name, order);
    if (!isWarning && logging !== "all") return;
    inTraceOf(order, () => {
      logger("trading")[isWarning ? "warn" : "info"](event(name, fieldsOf(venue, order, detail)), name);
    });
  };
}

/** The trading state has changed, or would have. */
export function logState(
  name: "trading.state" | "trading.intervention",
  fields: Readonly<Record<string, unknown>>,
): void {
  logger("trading").warn(event(name, fields), name);
}

// Hot: benchmarks/trading.ts. Asked at each event of each order.
function isWarningOf(name: OrderEventName, order: Order | undefined): boolean {
  switch (name) {
    case "order.anomaly":
    case "order.request_failed":
    case "order.cancel_rejected":
    case "order.replace_rejected":
    case "order.bust":
      return true;
    case "order.closed":
      return order?.status === "rejected" || order?.status === "denied";
    default:
      return false;
  }
}

function fieldsOf(
  venue: string,
  order: Order | undefined,
  detail: object | undefined,
): Readonly<Record<string, unknown>> {
  if (order === undefined) return { venue, ...detail };
  return {
    venue,
    client_id: order.clientId,
    ...(order.venueId !== undefined && { order_id: order.venueId }),
    symbol: order.symbol,
    side: order.side,
    order_type: order.type,
    status: order.status,
    ...(order.qty !== undefined && { qty: decimalText(order.qty) }),
    ...(order.limit !== undefined && { limit: decimalText(order.limit) }),
    cum_qty: decimalText(order.cumQty),
    ...Object.fromEntries(Object.entries(detail ?? {}).map(([key, value]) => [key, plain(value)])),
  };
}

function plain(value: unknown): unknown {
  if (value instanceof Error) return value.message;
  return typeof value === "object" && value !== null ? String(value) : value;
}

function inTraceOf(order: Order | undefined, write: () => void): void {
  const spanContext = order?.spanContext;
  if (spanContext === undefined) write();
  else context.with(trace.setSpanContext(context.active(), spanContext), write);
}
