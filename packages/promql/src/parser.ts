/** A Pratt parser: each operator knows how tightly it binds. The grammar and its messages are those of Prometheus 3. */
import { checkTypes } from "./check-types.ts";
import { functionSignatures } from "./function-signatures.ts";
import { goQuote } from "./go-quote.ts";
import type { LabelMatcher } from "./label-matcher.ts";
import { aggregationOf, parseAggregationModifier } from "./parse-aggregation.ts";
import { parseBinaryModifiers } from "./parse-binary-modifiers.ts";
import { parseNumberLiteral } from "./parse-duration-expression.ts";
import { parsePostfix } from "./parse-postfix.ts";
import { parseSelector } from "./parse-selector.ts";
import { mergeRanges } from "./position.ts";
import { unquote } from "./string-literal.ts";
import { type Expression, isDeeperThan } from "./syntax-tree.ts";
import {
  type AggregationOperator,
  type BinaryOperator,
  isAggregation,
  isBinaryOperator,
  namesMetric,
  rangeOf,
  startsExpression,
  type Token,
} from "./token.ts";
import { type ErrorContext, MAX_NESTING, noContext, TokenStream, tooDeep } from "./token-stream.ts";

export interface ParseOptions {
  /** Functions and aggregations that Prometheus has behind `promql-experimental-functions`. @default false */
  readonly experimentalFunctions?: boolean;
  /** `fill`, `fill_left` and `fill_right` between vectors, which Prometheus has behind a feature flag. @default false */
  readonly fillModifiers?: boolean;
  /** Letters beyond ASCII and dots in names without quotes. @default false */
  readonly unquotedUtf8Names?: boolean;
}

const defaults: Required<ParseOptions> = {
  experimentalFunctions: false,
  fillModifiers: false,
  unquotedUtf8Names: false,
};

const precedences: Readonly<Record<BinaryOperator, number>> = {
  or: 1,
  and: 2,
  unless: 2,
  "==": 3,
  "!=": 3,
  "<=": 3,
  "<": 3,
  ">=": 3,
  ">": 3,
  "</": 3,
  ">/": 3,
  "+": 4,
  "-": 4,
  "*": 5,
  "/": 5,
  "%": 5,
  atan2: 5,
  "^": 6,
};

/** The syntax tree of a query whose types fit. @throws PromqlParseError */
export function parse(query: string, options: ParseOptions = {}): Expression {
  const parser = new Parser(query, { ...defaults, ...options });
  const expression = checkTypes(query, parser.parseWhole());
  sources.set(expression, query);
  return expression;
}

/** What an expression was parsed from: its positions are places in that text. */
export function sourceOf(expression: Expression): string | undefined {
  return sources.get(expression);
}

const sources = new WeakMap<Expression, string>();

/** The conditions of a selector such as `up{job="api"}`, as APIs take them in `match[]`. @throws PromqlParseError */
export function parseMetricSelector(selector: string, options: ParseOptions = {}): readonly LabelMatcher[] {
  const tokens = new TokenStream(selector, { ...defaults, ...options });
  const parsed = parseSelector(tokens, noContext);
  tokens.expect("end of input", "", "");
  return parsed.matchers;
}

class Parser {
  readonly #tokens: TokenStream;
  readonly #options: Required<ParseOptions>;

  constructor(query: string, options: Required<ParseOptions>) {
    this.#tokens = new TokenStream(query, options);
    this.#options = options;
  }

  parseWhole(): Expression {
    const tokens = this.#tokens;
    if (tokens.is("end of input")) tokens.fail({ start: 0, end: 0 }, "no expression found in input");
    const expression = this.#expression(0, noContext);
    if (!tokens.is("end of input")) tokens.unexpected("", "");
    if (isDeeperThan(expression, MAX_NESTING)) tokens.fail(expression.position, tooDeep);
    return expression;
  }

  #expression(minimum: number, errors: ErrorContext): Expression {
    const tokens = this.#tokens;
    tokens.nest();
    let left = this.#operand(errors);
    for (;;) {
      const operator = tokens.peek();
      const precedence = isBinaryOperator(operator.kind) ? precedences[operator.kind] : -1;
      if (precedence < minimum || !isBinaryOperator(operator.kind)) {
        tokens.nesting--;
        return left;
      }
      tokens.take();
      left = this.#binary(left, operator.kind, precedence, errors);
    }
  }

  #binary(left: Expression, operator: BinaryOperator, precedence: number, errors: ErrorContext): Expression {
    const { returnBool, matching } = parseBinaryModifiers(this.#tokens, this.#options, errors);
    const right = this.#expression(operator === "^" ? precedence : precedence + 1, errors);
    const position = mergeRanges(left.position, right.position);
    if (!this.#options.fillModifiers && (matching.fillLeft !== undefined || matching.fillRight !== undefined)) {
      this.#tokens.fail(position, "binop fill modifiers are experimental and not enabled");
    }
    return { type: "binary", operator, left, right, matching, returnBool, position };
  }

  /** A primary expression with its signs before it and its ranges, offsets and @ after it. */
  #operand(errors: ErrorContext): Expression {
    const sign = this.#tokens.accept("+") ?? this.#tokens.accept("-");
    if (sign === undefined) return parsePostfix(this.#tokens, this.#primary(errors));
    // A sign binds like a product, so only powers bind tighter: -1 ^ 2 is -(1 ^ 2).
    const expression = this.#expression(precedences["^"], errors);
    const position = mergeRanges(rangeOf(sign), expression.position);
    if (expression.type === "number") {
      return { ...expression, value: sign.kind === "-" ? -expression.value : expression.value, position };
    }
    return { type: "unary", operator: sign.kind as "+" | "-", expression, position };
  }

  #primary(errors: ErrorContext): Expression {
    const tokens = this.#tokens;
    const token = tokens.peek();
    if (token.kind === "number" || token.kind === "duration") return parseNumberLiteral(tokens, tokens.take());
    if (token.kind === "string") return this.#string(tokens.take());
    if (token.kind === "(") return this.#parenthesized(tokens.take(), errors);
    if (token.kind === "{") return parseSelector(tokens, errors);
    if (!namesMetric(token.kind)) return tokens.unexpected(errors.context, errors.expected);
    tokens.take();
    if (isAggregation(token.kind)) return this.#aggregationOrMetric(token, token.kind, errors);
    if (isCallable(token) && tokens.is("(")) return this.#call(token, errors);
    return parseSelector(tokens, errors, token);
  }

  #string(token: Token): Expression {
    const value = unquote(token.text);
    if (value === undefined) {
      return this.#tokens.fail(rangeOf(token), `error unquoting string ${goQuote(token.text)}: invalid syntax`);
    }
    return { type: "string", value, position: rangeOf(token) };
  }

  #parenthesized(open: Token, errors: ErrorContext): Expression {
    const expression = this.#expression(0, errors);
    const close = this.#tokens.expect(")", errors.context, errors.expected);
    return { type: "parenthesized", expression, position: mergeRanges(rangeOf(open), rangeOf(close)) };
  }

  #call(name: Token, errors: ErrorContext): Expression {
    const { list, close } = this.#arguments(errors);
    const signature = functionSignatures.get(name.text);
    if (signature === undefined) {
      this.#tokens.fail(rangeOf(name), `unknown function with name ${goQuote(name.text)}`);
    }
    if (signature.experimental && !this.#options.experimentalFunctions) {
      this.#tokens.fail(rangeOf(name), `function ${goQuote(name.text)} is not enabled`);
    }
    return { type: "call", name: name.text, arguments: list, position: mergeRanges(rangeOf(name), rangeOf(close)) };
  }

  #arguments(errors: ErrorContext): { list: readonly Expression[]; close: Token } {
    const tokens = this.#tokens;
    tokens.expect("(", errors.context, errors.expected);
    const list: Expression[] = [];
    const empty = tokens.accept(")");
    if (empty !== undefined) return { list, close: empty };
    for (;;) {
      list.push(this.#expression(0, errors));
      const comma = tokens.accept(",");
      if (comma !== undefined && !startsExpression(tokens.peek())) {
        tokens.fail(rangeOf(comma), "trailing commas not allowed in function call args");
      }
      if (comma === undefined) return { list, close: tokens.expect(")", errors.context, errors.expected) };
    }
  }

  #aggregationOrMetric(token: Token, operator: AggregationOperator, errors: ErrorContext): Expression {
    const tokens = this.#tokens;
    if (tokens.is("by") || tokens.is("without") || tokens.is("(")) return this.#aggregation(token, operator);
    return parseSelector(tokens, errors, token);
  }

  #aggregation(token: Token, operator: AggregationOperator): Expression {
    const errors: ErrorContext = { context: "aggregation", expected: "" };
    let modifier = parseAggregationModifier(this.#tokens, this.#options);
    const { list, close } = this.#arguments(errors);
    let position = mergeRanges(rangeOf(token), rangeOf(close));
    if (modifier === undefined) {
      modifier = parseAggregationModifier(this.#tokens, this.#options);
      if (modifier !== undefined) position = { start: token.start, end: modifier.end };
    }
    return aggregationOf(this.#tokens, this.#options, { operator, list, modifier, position });
  }
}

function isCallable({ kind }: Token): boolean {
  return ["identifier", "start", "end", "step", "range", "max_of", "min_of"].includes(kind);
}
