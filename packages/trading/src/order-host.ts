import type { Fill } from "./fill.ts";
import type { Order } from "./order.ts";
import type { Anomaly, Operation } from "./order-series.ts";
import type { RejectReason } from "./reject-reason.ts";

/** What an order tells of itself, and where it is kept. */
export interface OrderHost {
  readonly venue: string;
  readonly now: () => number;
  anomaly(anomaly: Anomaly, order: Order, detail?: string): void;
  request(operation: Operation, error?: RejectReason): void;
  fee(currency: string, amount: number): void;
  changed(order: Order, event: OrderEventName, detail?: object): void;
  filled(order: Order, fill: Fill, options: { readonly reversed: boolean }): void;
  closed(order: Order): void;
  /** It has other ids than before. */
  renamed(order: Order): void;
}

/** The names of the structured log events of an order. */
export type OrderEventName =
  | "order.placed"
  | "order.accepted"
  | "order.triggered"
  | "order.filled"
  | "order.bust"
  | "order.cancel_requested"
  | "order.cancel_rejected"
  | "order.replace_requested"
  | "order.replace_rejected"
  | "order.replaced"
  | "order.request_failed"
  | "order.closed"
  | "order.anomaly";
