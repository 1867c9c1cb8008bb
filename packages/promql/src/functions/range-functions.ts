import { changes, resets } from "./changes.ts";
import { instantChange } from "./instant-change.ts";
import {
  averageOverTime,
  edgeOverTime,
  extremeOverTime,
  integral,
  medianDeviationOverTime,
  quantileOverTime,
  sumOverTime,
  variance,
} from "./over-time.ts";
import type { RangeFunction } from "./range-window.ts";
import { rateFunction } from "./rate.ts";
import { deriv, doubleExponentialSmoothing, predictLinear } from "./regression.ts";

/** The functions over ranges by name. */
export const rangeFunctions: ReadonlyMap<string, RangeFunction> = new Map<string, RangeFunction>([
  ["absent_over_time", (window) => window.float(1)],
  ["avg_over_time", averageOverTime],
  ["changes", changes],
  ["count_over_time", (window) => window.float(window.floats + window.histograms)],
  ["delta", rateFunction({ counter: false, perSecond: false })],
  ["deriv", deriv],
  ["double_exponential_smoothing", doubleExponentialSmoothing],
  ["first_over_time", edgeOverTime("first", { time: false })],
  ["idelta", instantChange({ counter: false })],
  ["increase", rateFunction({ counter: true, perSecond: false })],
  ["integral", integral],
  ["irate", instantChange({ counter: true })],
  ["last_over_time", edgeOverTime("last", { time: false })],
  ["mad_over_time", medianDeviationOverTime],
  ["max_over_time", extremeOverTime((value, best) => value > best, { time: false })],
  ["min_over_time", extremeOverTime((value, best) => value < best, { time: false })],
  ["predict_linear", predictLinear],
  ["present_over_time", (window) => window.float(1)],
  ["quantile_over_time", quantileOverTime],
  ["rate", rateFunction({ counter: true, perSecond: true })],
  ["resets", resets],
  ["stddev_over_time", variance(Math.sqrt)],
  ["stdvar_over_time", variance((value) => value)],
  ["sum_over_time", sumOverTime],
  ["ts_of_first_over_time", edgeOverTime("first", { time: true })],
  ["ts_of_last_over_time", edgeOverTime("last", { time: true })],
  ["ts_of_max_over_time", extremeOverTime((value, best) => value >= best, { time: true })],
  ["ts_of_min_over_time", extremeOverTime((value, best) => value <= best, { time: true })],
]);
