import type { Expression } from "../syntax-tree.ts";
import { infoReference } from "./info-reference.ts";

/** Functions whose result depends on the time of evaluation although their arguments do not. */
export const timeDependent: ReadonlySet<string> = new Set([
  ...["days_in_month", "day_of_month", "day_of_week", "day_of_year", "hour", "minute", "month", "year"],
  ...["predict_linear", "time", "timestamp"],
]);

interface Invariance {
  /** The value does not depend on the step. */
  readonly invariant: boolean;
  /** And it is worth evaluating once only. */
  readonly wrap: boolean;
}

const varying: Invariance = { invariant: false, wrap: false };

/** Marks the largest parts of a tree that have one value for all steps; says of the tree itself whether to mark it. */
export function markInvariant(node: Expression, marked: Set<Expression>): Invariance {
  switch (node.type) {
    case "vectorSelector":
      return { invariant: node.atMs !== undefined, wrap: node.atMs !== undefined };
    case "number":
    case "string":
      return { invariant: true, wrap: false };
    case "matrixSelector":
      return { invariant: node.selector.atMs !== undefined, wrap: false };
    case "aggregation":
    case "parenthesized":
    case "unary":
      return markInvariant(node.expression, marked);
    case "subquery":
      if (markInvariant(node.expression, marked).invariant) marked.add(node.expression);
      return { invariant: node.atMs !== undefined, wrap: false };
    case "binary": {
      const left = markInvariant(node.left, marked);
      const right = markInvariant(node.right, marked);
      if (left.invariant && right.invariant) return { invariant: true, wrap: true };
      if (left.wrap) marked.add(node.left);
      if (right.wrap) marked.add(node.right);
      return varying;
    }
    case "call": {
      const parts = node.arguments.map((argument, i) =>
        // The second argument of info() is a selector that is not evaluated.
        node.name === "info" && i === 1 ? undefined : markInvariant(argument, marked),
      );
      const all = parts.every((part) => part === undefined || part.invariant);
      const ofSelectors = node.arguments.every((argument) => argument.type === "vectorSelector");
      const safe = node.name === "timestamp" ? ofSelectors : !timeDependent.has(node.name);
      const uniform = node.name !== "info" || infoReference(node.arguments[0]!) !== undefined;
      if (all && safe && uniform) return { invariant: true, wrap: true };
      parts.forEach((part, i) => {
        if (part?.wrap) marked.add(node.arguments[i]!);
      });
      return varying;
    }
  }
}
