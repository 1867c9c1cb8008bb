import { type Expression, parse, typeOf } from "@telltale/promql";
import type { BaselinesOptions } from "../baseline/baselines.ts";
import type { YamlValue } from "../yaml-reader.ts";
import { readCount, readDuration } from "./definition-fields.ts";

/** Series that baselines are learned of. */
export interface BaselineChoice {
  readonly query: string;
  readonly expression: Expression;
  /** The name that what it gives goes by; undefined for a selector, whose series have names. */
  readonly metric: string | undefined;
  /** What the file says; the rest is for `Baselines` to know. */
  readonly options: BaselinesOptions;
}

const durations = { warm_up: "warmUpMs", adapt_after: "adaptAfterMs", cool_down: "coolDownMs" } as const;
const counts = { warm_up_samples: "warmUpSamples", max_series: "maxSeries" } as const;

/** Reads an item of `baselines`; faults are problems of the document. */
export function readBaselineChoice(value: YamlValue): BaselineChoice | undefined {
  const fields = value.fields(["expr", "metric", "least_deviation", ...Object.keys(durations), ...Object.keys(counts)]);
  const query = fields.get("expr")?.text() ?? "";
  if (query === "") {
    value.problem(
      'expr is missing; give a selector, such as http_server_active_requests{job="desk"}, or an expression',
    );
  }
  const expression = query === "" ? undefined : fields.get("expr")!.read(readVector);
  const metric = fields.get("metric")?.text();
  if (expression !== undefined && expression.type !== "vectorSelector" && metric === undefined) {
    value.problem("metric is missing; what an expression gives needs a name, such as desk:orders:rate5m");
  }
  if (metric !== undefined && !/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(metric)) {
    fields.get("metric")!.problem(`metric is "${metric}"; give a name of letters, digits, _ and :`);
  }
  const options: Record<string, number> = {};
  for (const [name, option] of Object.entries(durations)) {
    const durationMs = readDuration(fields, name, { otherwise: Number.NaN });
    if (!Number.isNaN(durationMs)) options[option] = durationMs;
  }
  for (const [name, option] of Object.entries(counts)) {
    const count = readCount(fields, name, { least: 1, otherwise: Number.NaN });
    if (!Number.isNaN(count)) options[option] = count;
  }
  const leastDeviation = fields.get("least_deviation")?.read(readPositive);
  if (leastDeviation !== undefined) options["leastDeviation"] = leastDeviation;
  return expression === undefined ? undefined : { query, expression, metric, options };
}

/** @throws Error */
function readVector(text: string): Expression {
  let expression: Expression;
  try {
    expression = parse(text);
  } catch (error) {
    throw new Error(`could not parse expression: ${(error as Error).message}`);
  }
  if (typeOf(expression) !== "vector") throw new Error(`"${text}" gives no series; give a selector without a range`);
  return expression;
}

/** @throws Error */
function readPositive(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value > 0 && Number.isFinite(value)) return value;
  throw new Error(`expected a number above 0, got "${text}"`);
}
