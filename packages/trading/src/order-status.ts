/** The states of an order and what may follow on each, as FIX (OrdStatus, ExecType) and NautilusTrader have it. */

export type OpenStatus = "pending_new" | "new" | "partially_filled" | "pending_cancel" | "pending_replace";

export type EndStatus = "filled" | "canceled" | "rejected" | "expired" | "denied" | "abandoned";

export type OrderStatus = "initialized" | OpenStatus | EndStatus;

export const OPEN_STATUSES: readonly OpenStatus[] = [
  "pending_new",
  "new",
  "partially_filled",
  "pending_cancel",
  "pending_replace",
];

/** What takes an order from one state to another. A fill that completes the order is `filled`. */
export type OrderTransition = Exclude<OrderStatus, "initialized" | "abandoned"> | "replaced" | "triggered";

const allowed: Readonly<Record<OrderStatus, readonly OrderTransition[]>> = {
  // An order that was placed elsewhere is first heard of in any state.
  initialized: ["pending_new", "denied", "rejected", "new", "partially_filled", "filled", "canceled", "expired"],
  pending_new: [
    "new",
    "partially_filled",
    "filled",
    "rejected",
    "canceled",
    "expired",
    "pending_cancel",
    "pending_replace",
  ],
  new: [
    "partially_filled",
    "filled",
    "pending_cancel",
    "pending_replace",
    "replaced",
    "triggered",
    "canceled",
    "expired",
    "rejected",
  ],
  partially_filled: [
    "partially_filled",
    "filled",
    "pending_cancel",
    "pending_replace",
    "replaced",
    "canceled",
    "expired",
  ],
  pending_cancel: ["canceled", "filled", "partially_filled", "expired"],
  pending_replace: ["replaced", "filled", "partially_filled", "pending_cancel", "canceled", "expired"],
  // Late fills, of which the close is not counted twice.
  canceled: ["partially_filled", "filled"],
  filled: [],
  rejected: [],
  expired: [],
  denied: [],
  abandoned: [],
};

export function mayFollow(status: OrderStatus, transition: OrderTransition): boolean {
  return allowed[status].includes(transition);
}

// Hot: benchmarks/trading.ts.
export function isOpen(status: OrderStatus): status is OpenStatus {
  return (
    status === "new" ||
    status === "pending_new" ||
    status === "partially_filled" ||
    status === "pending_cancel" ||
    status === "pending_replace"
  );
}
