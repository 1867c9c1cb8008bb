/** What may follow an expression and binds tighter than any operator: ranges, subqueries, offset, @, anchored, smoothed. */
import { formatFixed } from "./go-float.ts";
import { parseNumberLiteral, parseOffsetDuration, parsePositiveDuration } from "./parse-duration-expression.ts";
import { mergeRanges, type PositionRange } from "./position.ts";
import type { DurationExpression, DurationOperand, Expression, TimeShift, VectorSelector } from "./syntax-tree.ts";
import { rangeOf } from "./token.ts";
import type { TokenStream } from "./token-stream.ts";

export function parsePostfix(tokens: TokenStream, primary: Expression): Expression {
  let expression = primary;
  for (;;) {
    switch (tokens.peek().kind) {
      case "[":
        expression = parseBrackets(tokens, expression);
        break;
      case "offset":
        expression = parseOffset(tokens, expression);
        break;
      case "@":
        expression = parseAt(tokens, expression);
        break;
      case "anchored":
      case "smoothed":
        expression = extend(tokens, expression, tokens.take().kind as "anchored" | "smoothed");
        break;
      default:
        return expression;
    }
  }
}

function parseBrackets(tokens: TokenStream, expression: Expression): Expression {
  const open = tokens.take();
  const range = parsePositiveDuration(tokens, {
    context: "subquery or range selector",
    expected: "number, duration, step(), or range()",
  });
  const close = tokens.accept("]");
  if (close !== undefined) {
    return matrixSelector(tokens, expression, range, mergeRanges(rangeOf(open), rangeOf(close)));
  }
  tokens.expect(":", "subquery or range", '":" or "]"');
  let end = tokens.accept("]");
  let step: DurationOperand | undefined;
  if (end === undefined) {
    step = parsePositiveDuration(tokens, {
      context: "subquery selector",
      expected: 'number, duration, step(), range(), or "]"',
    });
    end = tokens.expect("]", "subquery selector", '"]"');
  }
  return {
    type: "subquery",
    expression,
    rangeMs: milliseconds(range),
    rangeExpression: durationExpression(range),
    stepMs: step === undefined ? 0 : milliseconds(step),
    stepExpression: step && durationExpression(step),
    offsetMs: 0,
    offsetExpression: undefined,
    atMs: undefined,
    atPreprocessor: undefined,
    position: { start: expression.position.start, end: end.end },
  };
}

function matrixSelector(
  tokens: TokenStream,
  expression: Expression,
  range: DurationOperand,
  brackets: PositionRange,
): Expression {
  if (expression.type !== "vectorSelector") {
    return tokens.fail(brackets, "ranges only allowed for vector selectors");
  }
  if (hasOffset(expression)) return tokens.fail(brackets, "no offset modifiers allowed before range");
  if (hasAt(expression)) return tokens.fail(brackets, "no @ modifiers allowed before range");
  return {
    type: "matrixSelector",
    selector: expression,
    rangeMs: milliseconds(range),
    rangeExpression: durationExpression(range),
    position: mergeRanges(expression.position, brackets),
  };
}

function parseOffset(tokens: TokenStream, expression: Expression): Expression {
  tokens.take();
  const offset = parseOffsetDuration(tokens, {
    context: "offset",
    expected: "number, duration, step(), or range()",
  });
  const shifted = shiftedBy(expression);
  if (shifted === undefined) {
    const allowed = "an instant vector selector or range vector selector or a subquery";
    return tokens.fail(expression.position, `offset modifier must be preceded by ${allowed}`);
  }
  if (hasOffset(shifted)) return tokens.fail(expression.position, "offset may not be set multiple times");
  const change = { offsetMs: milliseconds(offset), offsetExpression: durationExpression(offset) };
  return shift(expression, change, offset.position.end);
}

function parseAt(tokens: TokenStream, expression: Expression): Expression {
  tokens.take();
  const preprocessor = tokens.accept("start") ?? tokens.accept("end");
  if (preprocessor !== undefined) {
    tokens.expect("(", "@", "timestamp");
    const close = tokens.expect(")", "@", "timestamp");
    checkAt(tokens, expression);
    return shift(expression, { atPreprocessor: preprocessor.kind as "start" | "end" }, close.end);
  }
  const sign = tokens.accept("+") ?? tokens.accept("-");
  if (!tokens.is("number") && !tokens.is("duration")) return tokens.unexpected("@", "timestamp");
  const literal = parseNumberLiteral(tokens, tokens.take());
  const seconds = sign?.kind === "-" ? -literal.value : literal.value;
  if (!(Math.abs(seconds) < 2 ** 63)) {
    return tokens.fail(expression.position, `timestamp out of bounds for @ modifier: ${formatFixed(seconds)}`);
  }
  checkAt(tokens, expression);
  return shift(expression, { atMs: Math.sign(seconds) * Math.round(Math.abs(seconds) * 1000) }, literal.position.end);
}

function checkAt(tokens: TokenStream, expression: Expression): void {
  const shifted = shiftedBy(expression);
  if (shifted === undefined) {
    const allowed = "an instant vector selector or range vector selector or a subquery";
    tokens.fail(expression.position, `@ modifier must be preceded by ${allowed}`);
  }
  if (hasAt(shifted)) tokens.fail(expression.position, "@ <timestamp> may not be set multiple times");
}

function extend(tokens: TokenStream, expression: Expression, extension: "anchored" | "smoothed"): Expression {
  if (expression.type === "subquery") {
    return tokens.fail(expression.position, `${extension} modifier is not supported for subqueries`);
  }
  const selector = selectorOf(expression);
  if (selector === undefined) return tokens.fail(expression.position, `${extension} modifier not implemented`);
  if (selector.extension !== undefined && selector.extension !== extension) {
    return tokens.fail(expression.position, "anchored and smoothed modifiers cannot be used together");
  }
  const extended: VectorSelector = { ...selector, extension };
  return expression.type === "matrixSelector" ? { ...expression, selector: extended } : extended;
}

/** The part of an expression that offset and @ belong to. */
function shiftedBy(expression: Expression): TimeShift | undefined {
  return expression.type === "subquery" ? expression : selectorOf(expression);
}

function selectorOf(expression: Expression): VectorSelector | undefined {
  if (expression.type === "vectorSelector") return expression;
  return expression.type === "matrixSelector" ? expression.selector : undefined;
}

function shift(expression: Expression, change: Partial<TimeShift>, end: number): Expression {
  const position = { start: expression.position.start, end };
  switch (expression.type) {
    case "vectorSelector":
    case "subquery":
      return { ...expression, ...change, position };
    case "matrixSelector":
      return { ...expression, selector: { ...expression.selector, ...change }, position };
    default:
      return expression;
  }
}

function hasOffset({ offsetMs, offsetExpression }: TimeShift): boolean {
  return offsetMs !== 0 || offsetExpression !== undefined;
}

function hasAt({ atMs, atPreprocessor }: TimeShift): boolean {
  return atMs !== undefined || atPreprocessor !== undefined;
}

function milliseconds(duration: DurationOperand): number {
  return duration.type === "number" ? Math.trunc(Math.round(duration.value * 1e9) / 1e6) : 0;
}

function durationExpression(duration: DurationOperand): DurationExpression | undefined {
  return duration.type === "durationExpression" ? duration : undefined;
}
