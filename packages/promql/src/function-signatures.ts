import type { ValueType } from "./syntax-tree.ts";

export interface FunctionSignature {
  readonly name: string;
  readonly argumentTypes: readonly ValueType[];
  /** How many arguments may be added or, for 1, left out; -1 for any number. */
  readonly variadic: number;
  readonly returns: ValueType;
  /** Refused unless experimental functions are allowed. */
  readonly experimental: boolean;
}

const ofVector = [
  ...["abs", "absent", "acos", "acosh", "asin", "asinh", "atan", "atanh", "ceil", "cos", "cosh", "deg", "exp", "floor"],
  ...[
    "histogram_avg",
    "histogram_count",
    "histogram_stddev",
    "histogram_stdvar",
    "histogram_sum",
    "ln",
    "log10",
    "log2",
  ],
  ...["rad", "sgn", "sin", "sinh", "sort", "sort_desc", "sqrt", "tan", "tanh", "timestamp"],
];

const ofOptionalVector = [
  ...["day_of_month", "day_of_week", "day_of_year", "days_in_month", "hour", "minute", "month", "year"],
];

const ofMatrix = [
  ...["absent_over_time", "avg_over_time", "changes", "count_over_time", "delta", "deriv", "first_over_time", "idelta"],
  ...["increase", "irate", "last_over_time", "max_over_time", "min_over_time", "present_over_time", "rate", "resets"],
  ...["stddev_over_time", "stdvar_over_time", "sum_over_time"],
];

const experimentalOfMatrix = [
  ...["mad_over_time", "ts_of_first_over_time", "ts_of_last_over_time", "ts_of_max_over_time", "ts_of_min_over_time"],
];

const signatures: readonly FunctionSignature[] = [
  ...ofVector.map((name) => signature(name, ["vector"])),
  ...ofOptionalVector.map((name) => signature(name, ["vector"], { variadic: 1 })),
  ...ofMatrix.map((name) => signature(name, ["matrix"])),
  ...experimentalOfMatrix.map((name) => signature(name, ["matrix"], { experimental: true })),
  ...["end", "range", "start", "step"].map((name) => signature(name, [], { returns: "scalar", experimental: true })),
  ...["max_of", "min_of"].map((name) =>
    signature(name, ["scalar", "scalar"], { returns: "scalar", experimental: true }),
  ),
  ...["sort_by_label", "sort_by_label_desc"].map((name) =>
    signature(name, ["vector", "string"], { variadic: -1, experimental: true }),
  ),
  signature("clamp", ["vector", "scalar", "scalar"]),
  signature("clamp_max", ["vector", "scalar"]),
  signature("clamp_min", ["vector", "scalar"]),
  signature("double_exponential_smoothing", ["matrix", "scalar", "scalar"], { experimental: true }),
  signature("histogram_fraction", ["scalar", "scalar", "vector"]),
  signature("histogram_quantile", ["scalar", "vector"]),
  signature("histogram_quantiles", ["vector", "string", "scalar", "scalar"], { variadic: 9, experimental: true }),
  signature("info", ["vector", "vector"], { variadic: 1, experimental: true }),
  signature("integral", ["matrix", "scalar"], { variadic: 1, experimental: true }),
  signature("label_join", ["vector", "string", "string", "string"], { variadic: -1 }),
  signature("label_replace", ["vector", "string", "string", "string", "string"]),
  signature("pi", [], { returns: "scalar" }),
  signature("predict_linear", ["matrix", "scalar"]),
  signature("quantile_over_time", ["scalar", "matrix"]),
  signature("round", ["vector", "scalar"], { variadic: 1 }),
  signature("scalar", ["vector"], { returns: "scalar" }),
  signature("start_timestamp", ["vector"], { experimental: true }),
  signature("time", [], { returns: "scalar" }),
  signature("vector", ["scalar"]),
];

/** Every function of the language by its name. */
export const functionSignatures: ReadonlyMap<string, FunctionSignature> = new Map(
  signatures.map((one) => [one.name, one]),
);

function signature(
  name: string,
  argumentTypes: readonly ValueType[],
  { variadic = 0, returns = "vector" as ValueType, experimental = false } = {},
): FunctionSignature {
  return { name, argumentTypes, variadic, returns, experimental };
}
