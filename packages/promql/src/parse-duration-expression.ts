import { MAX_DURATION_MS, parseDuration } from "./duration.ts";
import { parseNumber } from "./number-literal.ts";
import { mergeRanges } from "./position.ts";
import { type DurationExpression, type DurationOperand, durationRange, type NumberLiteral } from "./syntax-tree.ts";
import { rangeOf, type Token } from "./token.ts";
import type { ErrorContext, TokenStream } from "./token-stream.ts";

type DurationOperator = DurationExpression["operator"];

const precedences: Readonly<Record<string, number>> = { "+": 1, "-": 1, "*": 2, "/": 2, "%": 2, "^": 3 };

/** A number or a duration: both are numbers of seconds. */
export function parseNumberLiteral(tokens: TokenStream, token: Token): NumberLiteral {
  const position = rangeOf(token);
  const duration = token.kind === "duration";
  try {
    const value = duration ? parseDuration(token.text) / 1000 : parseNumber(token.text);
    return { type: "number", value, duration, position };
  } catch (error) {
    const message = (error as Error).message;
    return tokens.fail(position, duration ? message : `error parsing number: ${message}`);
  }
}

/** What stands in brackets: a duration or an expression of durations, greater than 0 where that is known already. */
export function parsePositiveDuration(tokens: TokenStream, errors: ErrorContext): DurationOperand {
  const { nesting } = tokens;
  const duration = parseDurationExpression(tokens, errors);
  tokens.nesting = nesting;
  if (duration.type === "number" && duration.value <= 0) {
    tokens.fail(duration.position, "duration must be greater than 0");
  }
  return duration;
}

/**
 * What follows `offset`. A sign binds to the literal, and operators after a literal or a call belong to the expression around:
 * `foo offset 5m + 3` adds 3 to `foo offset 5m`.
 */
export function parseOffsetDuration(tokens: TokenStream, errors: ErrorContext): DurationOperand {
  const { nesting } = tokens;
  const duration = offsetDuration(tokens, errors);
  tokens.nesting = nesting;
  return duration;
}

function offsetDuration(tokens: TokenStream, errors: ErrorContext): DurationOperand {
  const first = tokens.peek();
  if (first.kind !== "+" && first.kind !== "-") {
    const operand = durationPrimary(tokens, errors);
    return first.kind === "(" ? durationOperators(tokens, operand, 0, errors) : operand;
  }
  const sign = tokens.take();
  const next = tokens.peek();
  if (next.kind === "+" || next.kind === "-") {
    const operand = signed(tokens, sign, durationOperand(tokens, 3, errors));
    return durationOperators(tokens, operand, 0, errors);
  }
  if (next.kind === "number" || next.kind === "duration") {
    const literal = parseNumberLiteral(tokens, tokens.take());
    const value = sign.kind === "-" ? -literal.value : literal.value;
    if (isOutOfRange(value)) tokens.fail(rangeOf(sign), "duration out of range");
    return { ...literal, value, position: mergeRanges(rangeOf(sign), literal.position) };
  }
  const operand = durationPrimary(tokens, errors);
  if (next.kind === "(") return signed(tokens, sign, operand);
  const operator = sign.kind as "+" | "-";
  const position = mergeRanges(rangeOf(sign), operand.position);
  return { type: "durationExpression", operator, left: undefined, right: operand, parenthesized: false, position };
}

function parseDurationExpression(tokens: TokenStream, errors: ErrorContext): DurationOperand {
  return durationOperators(tokens, durationOperand(tokens, 0, errors), 0, errors);
}

/** An operand and the operators that bind tighter than `minimum`. */
function durationOperand(tokens: TokenStream, minimum: number, errors: ErrorContext): DurationOperand {
  // Operands count whether they stand in each other or in a row.
  tokens.nest();
  const first = tokens.peek();
  if (first.kind === "+" || first.kind === "-") {
    tokens.take();
    // A sign binds like a product: -2 ^ 2 is -(2 ^ 2).
    const operand = signed(tokens, first, durationOperand(tokens, 3, errors));
    return durationOperators(tokens, operand, minimum, errors);
  }
  return durationOperators(tokens, durationPrimary(tokens, errors), minimum, errors);
}

function durationOperators(
  tokens: TokenStream,
  operand: DurationOperand,
  minimum: number,
  errors: ErrorContext,
): DurationOperand {
  let left = operand;
  for (;;) {
    const operator = tokens.peek();
    const precedence = precedences[operator.kind];
    if (precedence === undefined || precedence < minimum) return left;
    tokens.take();
    const right = durationOperand(tokens, operator.kind === "^" ? precedence : precedence + 1, errors);
    if ((operator.kind === "/" || operator.kind === "%") && right.type === "number" && right.value === 0) {
      tokens.fail(rangeOf(operator), `${operator.kind === "/" ? "division" : "modulo"} by zero`);
    }
    left = {
      type: "durationExpression",
      operator: operator.kind as DurationOperator,
      left,
      right,
      parenthesized: false,
      position: durationRange(left, right),
    };
  }
}

function durationPrimary(tokens: TokenStream, errors: ErrorContext): DurationOperand {
  const token = tokens.peek();
  switch (token.kind) {
    case "number":
    case "duration": {
      const literal = parseNumberLiteral(tokens, tokens.take());
      if (isOutOfRange(literal.value)) tokens.fail(literal.position, "duration out of range");
      return literal;
    }
    case "(": {
      tokens.take();
      const inner = parseDurationExpression(tokens, errors);
      const end = expect(tokens, ")", errors);
      return parenthesized(inner, mergeRanges(rangeOf(token), rangeOf(end)));
    }
    case "step":
    case "range":
    case "min_of":
    case "max_of": {
      tokens.take();
      expect(tokens, "(", errors);
      let left: DurationOperand | undefined;
      let right: DurationOperand | undefined;
      if (token.kind === "min_of" || token.kind === "max_of") {
        left = parseDurationExpression(tokens, errors);
        expect(tokens, ",", errors);
        right = parseDurationExpression(tokens, errors);
      }
      const end = expect(tokens, ")", errors);
      const position = mergeRanges(rangeOf(token), rangeOf(end));
      return { type: "durationExpression", operator: token.kind, left, right, parenthesized: false, position };
    }
    default:
      return tokens.unexpected(errors.context, errors.expected);
  }
}

function signed(tokens: TokenStream, sign: Token, operand: DurationOperand): DurationOperand {
  if (operand.type === "number") {
    const value = sign.kind === "-" ? -operand.value : operand.value;
    if (isOutOfRange(value)) tokens.fail(rangeOf(sign), "duration out of range");
    return { ...operand, value, position: mergeRanges(rangeOf(sign), operand.position) };
  }
  if (sign.kind === "+") return operand;
  const position = mergeRanges(rangeOf(sign), operand.position);
  return { type: "durationExpression", operator: "-", left: undefined, right: operand, parenthesized: false, position };
}

/** A number has no mark for its parentheses, so it becomes an expression: they are printed again. */
function parenthesized(inner: DurationOperand, position: DurationExpression["position"]): DurationExpression {
  if (inner.type === "durationExpression") return { ...inner, parenthesized: true };
  return { type: "durationExpression", operator: "+", left: undefined, right: inner, parenthesized: true, position };
}

function expect(tokens: TokenStream, kind: "(" | ")" | ",", errors: ErrorContext): Token {
  return tokens.expect(kind, errors.context, errors.expected);
}

function isOutOfRange(seconds: number): boolean {
  return Math.abs(seconds) * 1000 > MAX_DURATION_MS;
}
