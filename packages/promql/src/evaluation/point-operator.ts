/** One operator between two points: floats, native histograms, or one of each. */
import {
  type Annotation,
  boundsReconciled,
  incompatibleBuckets,
  incompatibleTypes,
  resetCollision,
} from "../annotations.ts";
import { power } from "../go-math.ts";
import { addHistograms, IncompatibleSchemas, subtractHistograms } from "../histogram/add-histograms.ts";
import { compact, divide, equalHistograms, type FloatHistogram, multiply } from "../histogram/float-histogram.ts";
import { trimHistogram } from "../histogram/trim-buckets.ts";
import type { PositionRange } from "../position.ts";
import type { BinaryOperator } from "../token.ts";

/** The operators that make a number of two numbers. */
export const arithmetic: ReadonlyMap<BinaryOperator, (a: number, b: number) => number> = new Map<
  BinaryOperator,
  (a: number, b: number) => number
>([
  ["+", (a, b) => a + b],
  ["-", (a, b) => a - b],
  ["*", (a, b) => a * b],
  ["/", (a, b) => a / b],
  ["%", (a, b) => a % b],
  ["^", power],
  ["atan2", Math.atan2],
]);

/** The operators that compare two numbers. */
export const comparisons: ReadonlyMap<BinaryOperator, (a: number, b: number) => boolean> = new Map<
  BinaryOperator,
  (a: number, b: number) => boolean
>([
  ["==", (a, b) => a === b],
  ["!=", (a, b) => a !== b],
  [">", (a, b) => a > b],
  ["<", (a, b) => a < b],
  [">=", (a, b) => a >= b],
  ["<=", (a, b) => a <= b],
]);

/** What an operator makes of two points of which one is a histogram, or that it cannot combine. */
export interface PointResult {
  readonly histogram: FloatHistogram | undefined;
  /** A comparison holds, or an operation has a result. */
  readonly keep: boolean;
  readonly annotation: Annotation | undefined;
  /** The two do not fit together, so there is no result, and no match either. */
  readonly failed: boolean;
}

export function combineHistograms(
  operator: BinaryOperator,
  left: number | FloatHistogram,
  right: number | FloatHistogram,
  position: PositionRange,
): PointResult {
  if (typeof left === "number") {
    if (typeof right !== "number" && operator === "*") return kept(compact(multiply(right, left)));
  } else if (typeof right === "number") {
    switch (operator) {
      case "*":
        return kept(compact(multiply(left, right)));
      case "/":
        return kept(compact(divide(left, right)));
      case "</":
        return kept(trimHistogram(left, right, "below"));
      case ">/":
        return kept(trimHistogram(left, right, "above"));
    }
  } else {
    switch (operator) {
      case "+":
      case "-":
        return sumOf(operator, left, right, position);
      case "==":
        return { ...kept(left), keep: equalHistograms(left, right) };
      case "!=":
        return { ...kept(left), keep: !equalHistograms(left, right) };
    }
  }
  return failed(incompatibleTypes(kindOf(left), operator, kindOf(right), position));
}

function sumOf(operator: "+" | "-", left: FloatHistogram, right: FloatHistogram, position: PositionRange): PointResult {
  const operation = operator === "+" ? "addition" : "subtraction";
  try {
    const result = (operator === "+" ? addHistograms : subtractHistograms)(left, right);
    const { histogram, collision, reconciled } = result;
    const signed: FloatHistogram = operator === "-" ? { ...histogram, counterResetHint: "gauge" } : histogram;
    // Prometheus takes a collision for a fault of the operation, and leaves out the result.
    if (collision) return failed(resetCollision(operation, position));
    return { ...kept(compact(signed)), annotation: reconciled ? boundsReconciled(operation, position) : undefined };
  } catch (error) {
    if (!(error instanceof IncompatibleSchemas)) throw error;
    return failed(incompatibleBuckets(operator, position));
  }
}

function kept(histogram: FloatHistogram): PointResult {
  return { histogram, keep: true, annotation: undefined, failed: false };
}

function failed(annotation: Annotation): PointResult {
  return { histogram: undefined, keep: false, annotation, failed: true };
}

function kindOf(value: number | FloatHistogram): string {
  return typeof value === "number" ? "float" : "histogram";
}
