import type { LexerOptions } from "./lexer.ts";
import { parseGrouping } from "./parse-grouping.ts";
import type { PositionRange } from "./position.ts";
import type { AggregateExpression, Expression } from "./syntax-tree.ts";
import type { AggregationOperator } from "./token.ts";
import type { TokenStream } from "./token-stream.ts";

export interface AggregationModifier {
  readonly labels: readonly string[];
  readonly without: boolean;
  readonly end: number;
}

/** What was read of an aggregation. */
interface AggregationParts {
  readonly operator: AggregationOperator;
  readonly list: readonly Expression[];
  readonly modifier: AggregationModifier | undefined;
  readonly position: PositionRange;
}

const withParameter: ReadonlySet<AggregationOperator> = new Set<AggregationOperator>([
  "topk",
  "bottomk",
  "count_values",
  "quantile",
  "limitk",
  "limit_ratio",
]);

/** The aggregation of these parts, when it has as many arguments as it needs. */
export function aggregationOf(
  tokens: TokenStream,
  options: { readonly experimentalFunctions: boolean },
  { operator, list, modifier, position }: AggregationParts,
): AggregateExpression {
  const takesParameter = withParameter.has(operator);
  if (list.length === 0) tokens.fail(position, "no arguments for aggregate expression provided");
  if ((operator === "limitk" || operator === "limit_ratio") && !options.experimentalFunctions) {
    const flag = "--enable-feature=promql-experimental-functions";
    tokens.fail(position, `${operator}() is experimental and must be enabled with ${flag}`);
  }
  const wanted = takesParameter ? 2 : 1;
  if (list.length !== wanted) {
    const problem = "wrong number of arguments for aggregate expression provided";
    tokens.fail(position, `${problem}, expected ${wanted}, got ${list.length}`);
  }
  const aggregation: AggregateExpression = {
    type: "aggregation",
    operator,
    expression: list[wanted - 1]!,
    parameter: takesParameter ? list[0] : undefined,
    grouping: modifier?.labels ?? [],
    without: modifier?.without ?? false,
    position,
  };
  return aggregation;
}

/** `by (…)` or `without (…)`, before or after the arguments. */
export function parseAggregationModifier(tokens: TokenStream, options: LexerOptions): AggregationModifier | undefined {
  const keyword = tokens.accept("by") ?? tokens.accept("without");
  if (keyword === undefined) return undefined;
  const labels = parseGrouping(tokens, options);
  return { labels, without: keyword.kind === "without", end: keyword.end };
}
