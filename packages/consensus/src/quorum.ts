/** Whether the voting power that was gathered is a quorum. */
export type QuorumRule = (power: number, total: number) => boolean;

/**
 * A share of all voting power, which has to be exceeded unless `strict` is false; or a function.
 * CometBFT needs strictly more than 2/3, Raft a majority: strictly more than 1/2.
 */
export type Quorum = number | { readonly ratio: number; readonly strict?: boolean } | QuorumRule;

/** More than a multiplication by a ratio such as 2/3 can be wrong by, less than one vote in 10^9. */
const ROUNDING = 1e-12;

/** The rule that a quorum stands for; undefined where it stands for none. */
export function quorumRule(quorum: Quorum): QuorumRule | undefined {
  if (typeof quorum === "function") return quorum;
  const { ratio, strict = true } = typeof quorum === "number" ? { ratio: quorum } : (quorum ?? {});
  if (typeof ratio !== "number" || !(ratio > 0 && ratio <= 1) || (strict && ratio === 1)) return undefined;
  if (strict) return (power, total) => total > 0 && power - total * ratio > total * ROUNDING;
  return (power, total) => total > 0 && power - total * ratio >= -total * ROUNDING;
}
