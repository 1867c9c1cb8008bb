/** What is measured of an order when it is over: how much of it was filled, and how far from which prices. */
import { decimalNumber } from "./decimal.ts";
import type { OrderFills } from "./order-fills.ts";
import type { OrderSeries } from "./order-series.ts";
import type { OrderTerms } from "./order-terms.ts";
import { slippageBasisPoints } from "./slippage.ts";

export function recordResult(series: OrderSeries, terms: OrderTerms, fills: OrderFills): void {
  const { qty, side } = terms;
  if (qty !== undefined) {
    const isFull = fills.against(qty) >= 0;
    series.ofType.fillRatio.record(isFull ? 1 : decimalNumber(fills.qty) / decimalNumber(qty));
  }
  if (fills.isEmpty || fills.isResumed) return;
  const { decisionPrice, arrivalPrice, limit } = terms;
  if (decisionPrice !== undefined) series.slippage("decision", slippageBasisPoints(fills, decisionPrice, side));
  if (arrivalPrice !== undefined) series.slippage("arrival", slippageBasisPoints(fills, arrivalPrice, side));
  if (limit !== undefined) series.slippage("limit", slippageBasisPoints(fills, limit, side));
}
