/** Queries by chance from the grammar, with types that fit. */

import type { Random } from "./random.ts";
import { bounds, instances, jobs } from "./random-series.ts";

export interface QueryFeatures {
  /** Functions of a range that only some versions have, or only with a flag. */
  readonly rangeFunctions?: readonly string[];
  readonly limitRatio?: boolean;
  /** Metrics that are native histograms, of which more is asked then. */
  readonly nativeMetrics?: readonly string[];
}

/** A query that evaluates to an instant vector or a scalar. */
export function randomQuery(chance: Random, features: QueryFeatures): string {
  const generator = new QueryGenerator(chance, features);
  return chance.chance(0.05) ? generator.scalar(2) : generator.vector(1 + chance.below(4));
}

const metrics = ["requests_total", "errors_total", "temperature", "limit", "latency_seconds_bucket", "build_info"];

const labels = ["job", "instance", "le", "version", "missing"];

const floatFunctions = [
  ...["abs", "ceil", "floor", "exp", "sqrt", "ln", "log2", "log10", "sin", "cos", "atan", "tanh", "sgn", "deg", "rad"],
  ...["minute", "hour", "day_of_week", "day_of_month", "days_in_month", "month", "year", "day_of_year", "timestamp"],
];

const rangeFunctions = [
  ...["rate", "increase", "delta", "irate", "idelta", "changes", "resets", "deriv", "count_over_time", "sum_over_time"],
  ...["avg_over_time", "min_over_time", "max_over_time", "stddev_over_time", "stdvar_over_time", "last_over_time"],
  ...["present_over_time", "absent_over_time"],
];

class QueryGenerator {
  readonly #chance: Random;
  readonly #features: QueryFeatures;

  constructor(chance: Random, features: QueryFeatures) {
    this.#chance = chance;
    this.#features = features;
  }

  vector(depth: number): string {
    if (depth <= 0) return this.#selector();
    const next = depth - 1;
    if (this.#features.nativeMetrics !== undefined && this.#chance.chance(0.25)) return this.#ofHistograms(next);
    const options: (() => string)[] = [
      () => this.#selector(),
      () => this.#rangeCall(next),
      () => this.#rangeCall(next),
      () => this.#aggregation(next),
      () => this.#aggregation(next),
      () => this.#binary(next),
      () => this.#binary(next),
      () => this.#withScalar(next),
      () => `${this.#chance.pick(floatFunctions)}(${this.vector(next)})`,
      () => `-${this.#factor(next)}`,
      () => `(${this.vector(next)})`,
      () => this.#special(next),
    ];
    return this.#chance.pick(options)();
  }

  scalar(depth: number): string {
    const { pick } = this.#chance;
    if (depth <= 0) return pick(["0", "1", "2", "0.5", "-1", "10", "1e3", "NaN", "Inf", "time()", "pi()", "100"]);
    return pick([
      () => this.scalar(0),
      () => `scalar(${this.vector(depth - 1)})`,
      () => `(${this.scalar(depth - 1)} ${pick(["+", "-", "*", "/", "%", "^"])} ${this.scalar(depth - 1)})`,
      () => `(${this.scalar(depth - 1)} ${pick(["==", "!=", ">", "<", ">=", "<="])} bool ${this.scalar(depth - 1)})`,
    ])();
  }

  /** A vector that binds tighter than any operator. */
  #factor(depth: number): string {
    return `(${this.vector(depth)})`;
  }

  #selector(): string {
    const { pick, chance } = this.#chance;
    const matchers: string[] = [];
    if (chance(0.4)) matchers.push(`job${pick(["=", "!="])}"${pick(jobs)}"`);
    if (chance(0.2))
      matchers.push(`job${pick(["=~", "!~"])}"${pick(["a.*", "api|db", ".+b", "", ".*", "w[aeiou]b"])}"`);
    if (chance(0.2)) matchers.push(`instance${pick(["=", "!=", "=~"])}"${pick(instances)}"`);
    if (chance(0.05)) matchers.push(`missing${pick(["=", "!="])}""`);
    const { nativeMetrics } = this.#features;
    const metric = nativeMetrics !== undefined && chance(0.4) ? pick(nativeMetrics) : pick(metrics);
    if (metric.endsWith("_bucket") && chance(0.5)) matchers.push(`le="${pick(bounds)}"`);
    const braces = matchers.length > 0 ? `{${matchers.join(",")}}` : "";
    return metric + braces + this.#shift();
  }

  #shift(): string {
    const { pick, chance } = this.#chance;
    let shift = "";
    if (chance(0.1)) shift += ` offset ${pick(["1m", "5m", "-1m", "37s", "90s"])}`;
    if (chance(0.07)) shift += ` @ ${pick(["start()", "end()", "1700001200", "1700000000.5", "1700003000"])}`;
    return shift;
  }

  /** A range without its shift, so that the shift comes after the brackets. */
  #range(depth: number): string {
    const { pick, chance } = this.#chance;
    if (depth > 0 && chance(0.3)) {
      const step = pick(["", "15s", "30s", "1m", "45s"]);
      return `(${this.vector(depth - 1)})[${pick(["1m", "2m", "5m", "7m"])}:${step}]${this.#shift()}`;
    }
    const selector = this.#selector().replace(/ (offset|@) .*/, "");
    return `${selector}[${pick(["30s", "1m", "1m30s", "2m", "5m", "10m"])}]${this.#shift()}`;
  }

  #rangeCall(depth: number): string {
    const { pick, chance } = this.#chance;
    const functions = [...rangeFunctions, ...(this.#features.rangeFunctions ?? [])];
    if (chance(0.1)) return `quantile_over_time(${this.scalar(0)}, ${this.#range(depth)})`;
    if (chance(0.1)) return `predict_linear(${this.#range(depth)}, ${this.scalar(0)})`;
    return `${pick(functions)}(${this.#range(depth)})`;
  }

  #aggregation(depth: number): string {
    const { pick, chance } = this.#chance;
    const grouping = chance(0.7) ? ` ${pick(["by", "without"])} (${this.#labelList()}) ` : "";
    const inner = this.vector(depth);
    if (chance(0.15)) return `${pick(["topk", "bottomk"])}${grouping}(${pick(["1", "2", "3", "5"])}, ${inner})`;
    if (chance(0.1)) return `quantile${grouping}(${this.scalar(0)}, ${inner})`;
    if (chance(0.07)) return `count_values${grouping}("value", ${inner})`;
    if (this.#features.limitRatio && chance(0.07)) {
      return `limit_ratio${grouping}(${pick(["0.5", "-0.5", "0.2", "1"])}, ${inner})`;
    }
    return `${pick(["sum", "avg", "count", "min", "max", "group", "stddev", "stdvar"])}${grouping}(${inner})`;
  }

  #labelList(): string {
    const { pick, below } = this.#chance;
    return Array.from({ length: below(3) }, () => pick(labels)).join(", ");
  }

  #binary(depth: number): string {
    const { pick, chance } = this.#chance;
    const left = this.#factor(depth);
    const right = chance(0.5) ? left : this.#factor(depth);
    const matching = chance(0.5) ? ` ${pick(["on", "ignoring"])} (${this.#labelList()})` : "";
    if (chance(0.3)) return `${left} ${pick(["and", "or", "unless"])}${matching} ${right}`;
    const group =
      matching !== "" && chance(0.4) ? ` ${pick(["group_left", "group_right"])}${pick([" ()", " (version)"])}` : "";
    if (chance(0.4)) {
      const bool = chance(0.5) ? " bool" : "";
      return `${left} ${pick(["==", "!=", ">", "<", ">=", "<="])}${bool}${matching}${group} ${right}`;
    }
    return `${left} ${pick(["+", "-", "*", "/", "%", "^", "atan2"])}${matching}${group} ${right}`;
  }

  #withScalar(depth: number): string {
    const { pick, chance } = this.#chance;
    const operands = [this.#factor(depth), this.scalar(chance(0.2) ? 1 : 0)];
    if (chance(0.5)) operands.reverse();
    if (chance(0.5)) return `${operands[0]} ${pick(["+", "-", "*", "/", "%", "^"])} ${operands[1]}`;
    const bool = chance(0.5) ? " bool" : "";
    return `${operands[0]} ${pick(["==", "!=", ">", "<", ">=", "<="])}${bool} ${operands[1]}`;
  }

  /** What only native histograms have, or have too. */
  #ofHistograms(depth: number): string {
    const { pick, chance } = this.#chance;
    const of = ["histogram_count", "histogram_sum", "histogram_avg", "histogram_stddev", "histogram_stdvar"];
    const inner = chance(0.5) ? this.vector(depth) : this.#nativeRate();
    return pick([
      () => `${pick(of)}(${inner})`,
      () => `histogram_quantile(${pick(["0.1", "0.5", "0.99", "0", "1"])}, ${inner})`,
      () => `histogram_fraction(${pick(["0", "-1", "0.3"])}, ${pick(["1", "2.5", "+Inf"])}, ${inner})`,
      () => `${pick(["sum", "avg", "count"])} by (${this.#labelList()}) (${inner})`,
      () => this.#nativeRate(),
    ])();
  }

  #nativeRate(): string {
    const { pick } = this.#chance;
    const calls = ["rate", "increase", "irate", "delta", "idelta", "sum_over_time", "avg_over_time", "last_over_time"];
    return `${pick(calls)}(${pick(this.#features.nativeMetrics!)}[${pick(["1m", "2m", "5m"])}]${this.#shift()})`;
  }

  #special(depth: number): string {
    const { pick, chance } = this.#chance;
    return pick([
      () => `histogram_quantile(${pick(["0.5", "0.9", "0", "1", "1.5"])}, ${this.#buckets()})`,
      () => `clamp(${this.vector(depth)}, ${pick(["0", "-1", "10"])}, ${pick(["1", "50", "100"])})`,
      () => `clamp_min(${this.vector(depth)}, ${this.scalar(0)})`,
      () => `clamp_max(${this.vector(depth)}, ${this.scalar(0)})`,
      () => `round(${this.vector(depth)}${chance(0.5) ? `, ${pick(["0.1", "5", "10"])}` : ""})`,
      () => `absent(${this.vector(depth)})`,
      () => `vector(${this.scalar(1)})`,
      () => `label_replace(${this.vector(depth)}, "${pick(["dst", "job"])}", "x-$1", "job", "(a|w)(.*)")`,
      () => `label_join(${this.vector(depth)}, "${pick(["dst", "job"])}", "-", "job", "instance")`,
      () => `sort(${this.vector(depth)})`,
      () => `sort_desc(${this.vector(depth)})`,
    ])();
  }

  #buckets(): string {
    const { pick, chance } = this.#chance;
    const rate = `rate(latency_seconds_bucket[${pick(["1m", "5m"])}])`;
    if (chance(0.2)) return "latency_seconds_bucket";
    return chance(0.6) ? `sum by (${pick(["le", "le, job"])}) (${rate})` : rate;
  }
}
