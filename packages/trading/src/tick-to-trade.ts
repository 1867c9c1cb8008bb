import { histogram } from "@telltale/metrics";
import { catalogue } from "./catalogue.ts";
import { tradingScope } from "./trading-scope.ts";

const tickToTrade = histogram({ ...catalogue.tickToTrade, scope: tradingScope });

/** A market event on its way to an order. */
export interface Tick {
  /** When it was received, by `performance.now()`; as `decidedAtMs` of an order it times the stage `decide`. */
  readonly receivedAtMs: number;
  /** The strategy wants an order. */
  decided(): this;
  /** The order has been sent: the way is recorded, once. */
  sent(): void;
}

/** Times the ways from ticks of one venue to orders. */
export function tickTimer(attributes: { readonly venue: string; readonly strategy: string }, now: () => number) {
  const bound = tickToTrade.bind({ "trading.venue": attributes.venue, "trading.strategy": attributes.strategy });
  return (receivedAtMs: number = now()): Tick => {
    let wasSent = false;
    return {
      receivedAtMs,
      decided() {
        return this;
      },
      sent() {
        if (!wasSent) bound.record((now() - receivedAtMs) / 1_000);
        wasSent = true;
      },
    };
  };
}
