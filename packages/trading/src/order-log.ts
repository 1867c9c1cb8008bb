/** Order events as structured log records, in the trace of their order. */
import { context, trace } from "@opentelemetry/api";
import { event, logger } from "@telltale/logging";
import { decimalText } from "./decimal.ts";
import type { Order, OrderEventName } from "./order.ts";
import type { OrderEventListener } from "./orders.ts";

/** `warnings`: rejections, failed requests, anomalies and changes of the trading state. */
export type OrderLogging = "all" | "warnings" | "none";

const WARNINGS: ReadonlySet<OrderEventName> = new Set<OrderEventName>([
  "order.anomaly",
  "order.request_failed",
  "order.cancel_rejected",
  "order.replace_rejected",
  "order.bust",
]);

/** What writes an event, or nothing at all. */
export function orderLog(logging: OrderLogging): OrderEventListener {
  if (logging === "none") return () => {};
  return (name, venue, order, detail) => {
    const isWarning = WARNINGS.has(name) || isRefusal(name, order);
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

function isRefusal(name: OrderEventName, order: Order | undefined): boolean {
  return name === "order.closed" && (order?.status === "rejected" || order?.status === "denied");
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
