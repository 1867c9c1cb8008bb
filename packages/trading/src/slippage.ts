import { type Decimal, decimalNumber, multiply, signOf, subtract } from "./decimal.ts";
import type { Side } from "./order-series.ts";

/** A quantity and what was paid for all of it. */
export interface Filled {
  readonly qty: Decimal;
  readonly notional: Decimal;
}

/**
 * How far the average price of what was filled is from a benchmark price, in basis points: above zero it is worse for the
 * side that traded. `undefined` when nothing was filled, or against a benchmark that is not above zero.
 */
export function slippageBasisPoints(filled: Filled, benchmark: Decimal, side: Side): number | undefined {
  if (signOf(filled.qty) <= 0 || signOf(benchmark) <= 0) return undefined;
  const atBenchmark = multiply(benchmark, filled.qty);
  const paidMore = decimalNumber(subtract(filled.notional, atBenchmark));
  if (paidMore === 0) return 0;
  const basisPoints = (paidMore / decimalNumber(atBenchmark)) * 10_000;
  return side === "sell" ? -basisPoints : basisPoints;
}
