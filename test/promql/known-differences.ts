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
    found: /^annotations .*"PromQL warning: sort is ineffective .*instead of/,
  },
  {
    reason: "3.5 names the metric of a missing bucket label even where there is no name.",
    versions: [3],
    query: /histogram_/,
    found: /^annotations .*bucket label \\"le\\" is missing/,
  },
  {
    reason: "3.5 lets the first classic bucket begin at minus infinity, so a fraction that begins within it is NaN.",
    versions: [3],
    query: /histogram_fraction/,
    found: /instead of NaN$/,
  },
  {
    reason: "3.5 extrapolates native histograms to before their counter was zero, and sees no resets of gauges.",
    versions: [3],
    query: /(rate|increase)\(.*(duration_seconds|size_bytes)/,
    found: / instead of |not in their answer|missing/,
  },
  {
    reason: "3.5 places the hint of a histogram that is left out elsewhere when it stands in parentheses.",
    versions: [3],
    query: /[(\s]\(/,
    found: /^annotations .*ignored histogram in/,
  },
  {
    reason: "3.5 refuses two series whose labels are the same once names are dropped, although they never meet.",
    versions: [3],
    query: /-\(.* or /,
    found: /^only they fail: vector cannot contain metrics with the same labelset/,
  },
  {
    reason: "Variances of large numbers differ in their last places, and with them what is compared with them.",
    versions: [3],
    query: /stddev|stdvar/,
    found: / instead of -?[\d.e+-]+$/,
  },
  {
    reason:
      "Prometheus' storage gives histograms buckets without observations, which show once they are multiplied by NaN.",
    versions: [3],
    query: /duration_seconds|size_bytes/,
    found: /"count":null/,
  },
  {
    reason: "Quantiles of histograms with negative counts have no meaning.",
    versions: [3],
    query: /histogram_(quantile|fraction)\(.*(-|delta)/,
    found: / instead of /,
  },
  {
    reason: "3.5 does not warn yet of counter resets that contradict each other.",
    versions: [3],
    query: /sum|avg/,
    found: /^annotations .*conflicting counter resets/,
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
