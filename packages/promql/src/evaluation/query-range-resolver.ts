import { MAX_DURATION_MS } from "../duration.ts";
import { power } from "../go-math.ts";
import {
  type CallExpression,
  type DurationExpression,
  type DurationOperand,
  type Expression,
  type TimeShift,
  type VectorSelector,
  withoutParentheses,
} from "../syntax-tree.ts";
import { PromqlEvaluationError } from "./evaluation-error.ts";

/** The range of the whole query. */
export interface QueryRange {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

/** Puts numbers in the place of what the range of the query says: `start()`, `step()`, and durations that are computed. */
export class QueryRangeResolver {
  dependsOnRange = false;
  readonly #range: QueryRange;

  constructor(range: QueryRange) {
    this.#range = range;
  }

  resolve(node: Expression): Expression {
    switch (node.type) {
      case "number":
      case "string":
        return node;
      case "parenthesized":
      case "unary":
        return { ...node, expression: this.resolve(node.expression) };
      case "binary":
        return { ...node, left: this.resolve(node.left), right: this.resolve(node.right) };
      case "aggregation": {
        const expression = withoutParentheses(this.resolve(node.expression));
        const parameter = node.parameter && withoutParentheses(this.resolve(node.parameter));
        return { ...node, expression, parameter };
      }
      case "call":
        return this.#call(node);
      case "vectorSelector":
        return this.#selector(node);
      case "matrixSelector": {
        const rangeMs = this.#duration(node.rangeExpression, false) ?? node.rangeMs;
        return { ...node, selector: this.#selector(node.selector), rangeMs, rangeExpression: undefined };
      }
      case "subquery":
        return {
          ...node,
          ...this.#shift(node),
          stepMs: this.#duration(node.stepExpression, false) ?? node.stepMs,
          stepExpression: undefined,
          rangeMs: this.#duration(node.rangeExpression, false) ?? node.rangeMs,
          rangeExpression: undefined,
          expression: this.resolve(node.expression),
        };
    }
  }

  #call(node: CallExpression): Expression {
    const { startMs, endMs, stepMs } = this.#range;
    const constants: Readonly<Record<string, number>> = {
      start: startMs / 1000,
      end: endMs / 1000,
      range: (endMs - startMs) / 1000,
      step: startMs === endMs ? 0 : stepMs / 1000,
    };
    const value = constants[node.name];
    if (value !== undefined) {
      this.dependsOnRange = true;
      return { type: "number", value, duration: false, position: node.position };
    }
    return { ...node, arguments: node.arguments.map((argument) => withoutParentheses(this.resolve(argument))) };
  }

  #selector(node: VectorSelector): VectorSelector {
    return { ...node, ...this.#shift(node) };
  }

  #shift({ offsetMs, offsetExpression, atMs, atPreprocessor }: TimeShift): TimeShift {
    const { startMs, endMs } = this.#range;
    if (atPreprocessor !== undefined) this.dependsOnRange = true;
    const at = atPreprocessor === undefined ? atMs : atPreprocessor === "start" ? startMs : endMs;
    return {
      offsetMs: this.#duration(offsetExpression, true) ?? offsetMs,
      offsetExpression: undefined,
      atMs: at,
      atPreprocessor: undefined,
    };
  }

  #duration(expression: DurationExpression | undefined, mayBeNegative: boolean): number | undefined {
    if (expression === undefined) return undefined;
    const seconds = this.#seconds(expression);
    const { start, end } = expression.position;
    const fail = (reason: string) => new PromqlEvaluationError(`${start}:${end}: ${reason}`);
    if (!Number.isFinite(seconds)) throw fail("duration is NaN or infinite");
    if (seconds <= 0 && !mayBeNegative) throw fail("duration must be greater than 0");
    if (Math.abs(seconds) * 1000 > MAX_DURATION_MS) throw fail("duration is out of range");
    return Math.trunc(seconds * 1000);
  }

  #seconds(operand: DurationOperand): number {
    if (operand.type === "number") return operand.value;
    const { operator } = operand;
    if (operator === "step" || operator === "range") {
      this.dependsOnRange = true;
      const { startMs, endMs, stepMs } = this.#range;
      return (operator === "step" ? stepMs : endMs - startMs) / 1000;
    }
    const right = this.#seconds(operand.right!);
    if (operand.left === undefined) return operator === "-" ? -right : right;
    const left = this.#seconds(operand.left);
    const { start, end } = operand.position;
    switch (operator) {
      case "min_of":
        return Math.min(left, right);
      case "max_of":
        return Math.max(left, right);
      case "+":
        return left + right;
      case "-":
        return left - right;
      case "*":
        return left * right;
      case "/":
        if (right === 0) throw new PromqlEvaluationError(`${start}:${end}: division by zero`);
        return left / right;
      case "%":
        if (right === 0) throw new PromqlEvaluationError(`${start}:${end}: modulo by zero`);
        return left % right;
      case "^":
        return power(left, right);
    }
  }
}
