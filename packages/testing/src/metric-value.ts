/** The kinds of metric data of OTLP. */
export type MetricType = "sum" | "gauge" | "histogram" | "exponential_histogram" | "summary";

export interface HistogramValue {
  readonly count: number;
  readonly sum: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** Inclusive upper limits, ascending; `counts` has one more entry, for what is above the last. */
  readonly boundaries: readonly number[];
  readonly counts: readonly number[];
}

export interface ExponentialHistogramValue {
  readonly count: number;
  readonly sum: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly scale: number;
  readonly zeroCount: number;
  readonly positive: { readonly offset: number; readonly counts: readonly number[] };
  readonly negative: { readonly offset: number; readonly counts: readonly number[] };
}

export interface SummaryValue {
  readonly count: number;
  readonly sum: number;
  readonly quantiles: readonly { readonly quantile: number; readonly value: number }[];
}

/** What a data point holds: a number for `sum` and `gauge`, else the value of its type. */
export type MetricValue = number | HistogramValue | ExponentialHistogramValue | SummaryValue;
