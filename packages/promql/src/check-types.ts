import { functionSignatures } from "./function-signatures.ts";
import { goQuote } from "./go-quote.ts";
import { METRIC_NAME } from "./labels.ts";
import { PromqlParseError } from "./parse-error.ts";
import type { PositionRange } from "./position.ts";
import type {
  AggregateExpression,
  BinaryExpression,
  CallExpression,
  Expression,
  ValueType,
  VectorSelector,
} from "./syntax-tree.ts";

/** What an expression evaluates to, taking its parts to be right. */
export function typeOf(expression: Expression): ValueType {
  switch (expression.type) {
    case "aggregation":
    case "vectorSelector":
      return "vector";
    case "matrixSelector":
    case "subquery":
      return "matrix";
    case "number":
      return "scalar";
    case "string":
      return "string";
    case "call":
      return functionSignatures.get(expression.name)!.returns;
    case "parenthesized":
    case "unary":
      return typeOf(expression.expression);
    case "binary":
      return typeOf(expression.left) === "scalar" && typeOf(expression.right) === "scalar" ? "scalar" : "vector";
  }
}

/** A type in the words of Prometheus' documentation. */
export function documentedType(type: ValueType): string {
  if (type === "vector") return "instant vector";
  return type === "matrix" ? "range vector" : type;
}

/** The tree with each vector matching as it holds, when all types fit. @throws PromqlParseError */
export function checkTypes(query: string, expression: Expression): Expression {
  return check(expression);

  function check(node: Expression): Expression {
    switch (node.type) {
      case "aggregation":
        return checkAggregation(node);
      case "binary":
        return checkBinary(node);
      case "call":
        return checkCall(node);
      case "parenthesized":
        return { ...node, expression: check(node.expression) };
      case "unary": {
        const inner = check(node.expression);
        const type = typeOf(inner);
        if (type !== "scalar" && type !== "vector") {
          const problem = "unary expression only allowed on expressions of type scalar or instant vector";
          fail(node.position, `${problem}, got ${goQuote(documentedType(type))}`);
        }
        return { ...node, expression: inner };
      }
      case "subquery": {
        const inner = check(node.expression);
        const type = typeOf(inner);
        if (type !== "vector") {
          fail(node.position, `subquery is only allowed on instant vector, got ${type} instead`);
        }
        return { ...node, expression: inner };
      }
      case "matrixSelector":
        checkSelector(node.selector);
        return node;
      case "vectorSelector":
        checkSelector(node);
        return node;
      case "number":
      case "string":
        return node;
    }
  }

  function checkAggregation(node: AggregateExpression): Expression {
    const expression = expect(node.expression, "vector", "aggregation expression");
    if (node.parameter === undefined) return { ...node, expression };
    const wanted = node.operator === "count_values" ? "string" : "scalar";
    return { ...node, expression, parameter: expect(node.parameter, wanted, "aggregation parameter") };
  }

  function expect(node: Expression, wanted: ValueType, context: string): Expression {
    const checked = check(node);
    const type = typeOf(checked);
    if (type !== wanted) {
      fail(node.position, `expected type ${documentedType(wanted)} in ${context}, got ${documentedType(type)}`);
    }
    return checked;
  }

  function checkBinary(node: BinaryExpression): Expression {
    const left = check(node.left);
    const right = check(node.right);
    const types: readonly [ValueType, ValueType] = [typeOf(left), typeOf(right)];
    const matching = node.matching!;
    const comparison = isComparison(node.operator);
    if (node.returnBool && !comparison) {
      fail(operatorPosition(node), "bool modifier can only be used on comparison operators");
    }
    if (comparison && !node.returnBool && types[0] === "scalar" && types[1] === "scalar") {
      fail(operatorPosition(node), "comparisons between scalars must use BOOL modifier");
    }
    const twice = matching.on ? matching.labels.find((label) => matching.include.includes(label)) : undefined;
    if (twice !== undefined) {
      fail(operatorPosition(node), `label ${goQuote(twice)} must not occur in ON and GROUP clause at once`);
    }
    for (const side of [left, right]) {
      if (typeOf(side) !== "scalar" && typeOf(side) !== "vector") {
        fail(side.position, "binary expression must contain only scalar and instant vector types");
      }
    }
    const setOperator = isSetOperator(node.operator);
    const filled = matching.fillLeft !== undefined || matching.fillRight !== undefined;
    if (types[0] !== "vector" || types[1] !== "vector") {
      if (matching.labels.length > 0) fail(node.position, "vector matching only allowed between instant vectors");
      if (filled) fail(node.position, "filling in missing series only allowed between instant vectors");
      if (setOperator) {
        fail(node.position, `set operator ${goQuote(node.operator)} not allowed in binary scalar expression`);
      }
      return { ...node, left, right, matching: undefined };
    }
    if (!setOperator) return { ...node, left, right };
    if (matching.cardinality !== "one-to-one") {
      fail(node.position, `no grouping allowed for ${goQuote(node.operator)} operation`);
    }
    if (filled) fail(node.position, "filling in missing series not allowed for set operators");
    return { ...node, left, right, matching: { ...matching, cardinality: "many-to-many" } };
  }

  /** Where the operator and its modifiers stand: between the operands, without the spaces. */
  function operatorPosition({ left, right }: BinaryExpression): PositionRange {
    let start = left.position.end;
    while (/\s/.test(query[start] ?? "x")) start++;
    let end = right.position.start - 1;
    while (/\s/.test(query[end] ?? "x")) end--;
    return { start, end };
  }

  function checkCall(node: CallExpression): Expression {
    const signature = functionSignatures.get(node.name)!;
    const { argumentTypes, variadic } = signature;
    checkCount(node, argumentTypes.length, variadic);
    const given = node.name === "info" ? infoArguments(node) : node.arguments;
    const list = given.map((argument, i) => {
      const wanted = argumentTypes[Math.min(i, argumentTypes.length - 1)]!;
      return expect(argument, wanted, `call to function ${goQuote(node.name)}`);
    });
    return { ...node, arguments: list };
  }

  function checkCount(node: CallExpression, declared: number, variadic: number): void {
    const given = node.arguments.length;
    const call = `argument(s) in call to ${goQuote(node.name)}, got ${given}`;
    if (variadic === 0) {
      if (given !== declared) fail(node.position, `expected ${declared} ${call}`);
      return;
    }
    const least = declared - 1;
    if (given < least) fail(node.position, `expected at least ${least} ${call}`);
    if (variadic > 0 && given > least + variadic) fail(node.position, `expected at most ${least + variadic} ${call}`);
  }

  /** The second argument of info() is a selector without a name, and may select everything. */
  function infoArguments(node: CallExpression): readonly Expression[] {
    const [first, selector] = node.arguments;
    if (selector === undefined) return node.arguments;
    if (typeOf(selector) !== "vector") {
      const got = documentedType(typeOf(selector));
      fail(node.position, `expected type instant vector in call to function "info", got ${got}`);
    }
    if (selector.type !== "vectorSelector") fail(selector.position, "expected label selectors only");
    if (selector.name !== "") fail(selector.position, "expected label selectors only, got vector selector instead");
    return [first!, { ...selector, mayBeEmpty: true }];
  }

  function checkSelector({ name, matchers, mayBeEmpty, position }: VectorSelector): void {
    if (name !== "") {
      const second = matchers.slice(0, -1).find((matcher) => matcher.name === METRIC_NAME);
      if (second === undefined) return;
      fail(position, `metric name must not be set twice: ${goQuote(name)} or ${goQuote(second.value)}`);
    }
    if (!mayBeEmpty && matchers.every((matcher) => matcher.matches(""))) {
      fail(position, "vector selector must contain at least one non-empty matcher");
    }
  }

  function fail(position: PositionRange, reason: string): never {
    throw new PromqlParseError(query, position, reason);
  }
}

export function isComparison(operator: BinaryExpression["operator"]): boolean {
  return ["==", "!=", "<=", "<", ">=", ">"].includes(operator);
}

export function isSetOperator(operator: BinaryExpression["operator"]): operator is "and" | "or" | "unless" {
  return operator === "and" || operator === "or" || operator === "unless";
}
