/** A height as a number, or undefined where it is none: negative, broken, or past 2^53, where numbers skip some of them. */
export function safeHeight(height: number | bigint): number | undefined {
  const value = typeof height === "bigint" ? Number(height) : height;
  return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
