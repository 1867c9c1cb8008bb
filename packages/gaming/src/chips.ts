/** An amount of money: a number, a bigint, or a decimal text such as "10.50". */
export type Chips = number | bigint | string;

/** The amount as a number, or undefined where it is none: negative, not finite, or more than numbers can tell apart. */
export function chips(amount: Chips): number | undefined {
  // Hot: benchmarks/domains.ts; most amounts are numbers.
  const value = typeof amount === "number" ? amount : parsed(amount);
  return value >= 0 && value < Number.POSITIVE_INFINITY ? value : undefined;
}

function parsed(amount: unknown): number {
  if (typeof amount === "bigint") return amount <= Number.MAX_SAFE_INTEGER ? Number(amount) : Number.NaN;
  return typeof amount === "string" && /^\d+(\.\d+)?$/.test(amount) ? Number(amount) : Number.NaN;
}
