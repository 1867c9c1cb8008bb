/** Where the Prometheus that is asked answers otherwise than the version whose semantics the package has, and why. */

export interface KnownDifference {
  readonly reason: string;
  /** The major versions that differ. */
  readonly versions: readonly (2 | 3)[];
  /** A query in which this can show. */
  readonly query: RegExp;
  /** What the difference looks like then; anything when it is left out. */
  readonly found?: RegExp;
}

export const knownDifferences: readonly KnownDifference[] = [
  {
    reason: "Of samples with equal values, any may be the first k: Go's maps give them in another order each time.",
    versions: [2, 3],
    query: /topk|bottomk/,
  },
  {
    reason: "Powers and remainders of large numbers make a difference in the last place large.",
    versions: [2, 3],
    query: /[%^]|count_values|exp\(|sin\(|cos\(|tan/,
    found: / is -?[\d.e+-]+ instead of -?[\d.e+-]+$|value=/,
  },
  {
    reason: "2.42 and 3.5 interpolate between equal infinities, which gives NaN.",
    versions: [2, 3],
    query: /quantile|mad_over_time/,
    found: /NaN/,
  },
  {
    reason: "3.5 takes the median absolute deviation of NaN and infinities otherwise.",
    versions: [3],
    query: /mad_over_time/,
  },
  {
    reason: "2.42 and 3.5 look for several matches of a comparison only among the pairs that it keeps.",
    versions: [2, 3],
    query: /[<>]|[!=]=/,
    found: /^only we fail: (found duplicate series|multiple matches)/,
  },
  {
    reason: "3.5 does not warn yet that to sort is of no effect in a range.",
    versions: [3],
    query: /sort/,
    found: /^annotations \["PromQL warning: sort is ineffective .*instead of/,
  },
  {
    reason: "2.42 takes the variance of NaN and infinities otherwise.",
    versions: [2],
    query: /stddev|stdvar/,
  },
  {
    reason: "2.42 keeps the metric's name in atan2.",
    versions: [2],
    query: /atan2/,
    found: /missing|not in their answer|only (we|they) fail/,
  },
  {
    reason: "2.42 loses samples of a range with @ after the first step.",
    versions: [2],
    query: /predict_linear.*@/,
  },
  {
    reason: "2.42 asks whether a counter was zero before it asks whether the range starts far from the first sample.",
    versions: [2],
    query: /rate|increase/,
    found: / instead of /,
  },
];

export function isKnown(version: 2 | 3, query: string, found: string): boolean {
  return knownDifferences.some(
    (known) => known.versions.includes(version) && known.query.test(query) && (known.found?.test(found) ?? true),
  );
}
