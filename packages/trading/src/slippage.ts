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
  const basisPoints = shareOfDifference(filled.notional, atBenchmark) * 10_000;
  // Minus nothing is nothing.
  return side === "sell" && basisPoints !== 0 ? -basisPoints : basisPoints;
}

// Hot: benchmarks/trading.ts. Prices of one symbol mostly have the same digits, so that nothing need be made of them.
function shareOfDifference(paid: Decimal, reference: Decimal): number {
  if (paid.scale === reference.scale && typeof paid.units === "number" && typeof reference.units === "number") {
    return (paid.units - reference.units) / reference.units;
  }
  return decimalNumber(subtract(paid, reference)) / decimalNumber(reference);
}
