/** How many orders of one symbol at one venue are in which state, of those that are not closed. */
import { type BoundUpDownCounter, upDownCounter } from "@telltale/metrics";
import { catalogue } from "./catalogue.ts";
import type { OpenStatus } from "./order-status.ts";
import { tradingScope } from "./trading-scope.ts";

const active = upDownCounter({ ...catalogue.ordersActive, scope: tradingScope });

export class ActiveOrders {
  private readonly pendingNew: BoundUpDownCounter;
  private readonly accepted: BoundUpDownCounter;
  private readonly partiallyFilled: BoundUpDownCounter;
  private readonly pendingCancel: BoundUpDownCounter;
  private readonly pendingReplace: BoundUpDownCounter;

  constructor(venue: string, symbol: string) {
    const bind = (status: OpenStatus): BoundUpDownCounter =>
      active.bind({ "trading.venue": venue, "trading.symbol": symbol, "trading.order.status": status });
    this.pendingNew = bind("pending_new");
    this.accepted = bind("new");
    this.partiallyFilled = bind("partially_filled");
    this.pendingCancel = bind("pending_cancel");
    this.pendingReplace = bind("pending_replace");
  }

  // Hot: benchmarks/trading.ts. Fields are found faster than names that are only known when it runs.
  of(status: OpenStatus): BoundUpDownCounter {
    switch (status) {
      case "pending_new":
        return this.pendingNew;
      case "new":
        return this.accepted;
      case "partially_filled":
        return this.partiallyFilled;
      case "pending_cancel":
        return this.pendingCancel;
      case "pending_replace":
        return this.pendingReplace;
    }
  }
}
