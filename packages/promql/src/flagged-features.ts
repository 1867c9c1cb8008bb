import { functionSignatures } from "./function-signatures.ts";
import type { PositionRange } from "./position.ts";
import { children, type Expression } from "./syntax-tree.ts";

/** A part of an expression that a Prometheus server refuses unless it is started with `--enable-feature=<flag>`. */
export interface FlaggedFeature {
  /** As it is written: `info()`, `anchored`, `arithmetic on durations`. */
  readonly feature: string;
  readonly flag: string;
  readonly position: PositionRange;
}

const FUNCTIONS = "promql-experimental-functions";
const DURATIONS = "promql-duration-expr";
const EXTENSIONS = "promql-extended-range-selectors";
const FILL = "promql-binop-fill-modifiers";

/**
 * What in an expression works only on servers with feature flags, in the order of the text. It has to be parsed with all that
 * `ParseOptions` allow.
 * @see https://prometheus.io/docs/prometheus/latest/feature_flags/
 */
export function flaggedFeatures(expression: Expression): readonly FlaggedFeature[] {
  const { position } = expression;
  const own = ownFeatures(expression).map(([feature, flag]) => ({ feature, flag, position }));
  const inner = children(expression).flatMap(flaggedFeatures);
  return [...own, ...inner].toSorted((a, b) => a.position.start - b.position.start);
}

function ownFeatures(expression: Expression): readonly (readonly [feature: string, flag: string])[] {
  switch (expression.type) {
    case "aggregation": {
      const { operator } = expression;
      return operator === "limitk" || operator === "limit_ratio" ? [[operator, FUNCTIONS]] : [];
    }
    case "call": {
      const { name } = expression;
      return functionSignatures.get(name)?.experimental ? [[`${name}()`, FUNCTIONS]] : [];
    }
    case "binary": {
      const { fillLeft, fillRight } = expression.matching ?? {};
      return fillLeft === undefined && fillRight === undefined ? [] : [["fill", FILL]];
    }
    case "matrixSelector":
      return arithmetic(expression.rangeExpression);
    case "subquery":
      return arithmetic(expression.rangeExpression ?? expression.stepExpression ?? expression.offsetExpression);
    case "vectorSelector": {
      const { extension, offsetExpression } = expression;
      return [...(extension === undefined ? [] : [[extension, EXTENSIONS] as const]), ...arithmetic(offsetExpression)];
    }
    case "number":
    case "parenthesized":
    case "string":
    case "unary":
      return [];
  }
}

function arithmetic(duration: object | undefined): readonly (readonly [string, string])[] {
  return duration === undefined ? [] : [["arithmetic on durations", DURATIONS]];
}
