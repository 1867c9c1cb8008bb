/** The number, if it is one that is not negative. A bigint is one while numbers can hold it. */
export function nonNegative(value: unknown): number | undefined {
  const number = typeof value === "bigint" && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
  return typeof number === "number" && number >= 0 && number < Number.POSITIVE_INFINITY ? number : undefined;
}
