import type { LexerOptions } from "./lexer.ts";
import { parseNumberLiteral } from "./parse-duration-expression.ts";
import { parseGrouping } from "./parse-grouping.ts";
import type { VectorMatching } from "./syntax-tree.ts";
import { startsExpression } from "./token.ts";
import type { ErrorContext, TokenStream } from "./token-stream.ts";

/** `bool`, `on` or `ignoring`, `group_left` or `group_right`, and fill values, after an operator. */
export function parseBinaryModifiers(
  tokens: TokenStream,
  options: LexerOptions,
  errors: ErrorContext,
): { readonly returnBool: boolean; readonly matching: VectorMatching } {
  const returnBool = tokens.accept("bool") !== undefined;
  const matchingKind = tokens.accept("on") ?? tokens.accept("ignoring");
  const labels = matchingKind === undefined ? [] : parseGrouping(tokens, options);
  const group = matchingKind === undefined ? undefined : (tokens.accept("group_left") ?? tokens.accept("group_right"));
  const isBare = group === undefined || (startsExpression(tokens.peek()) && !tokens.is("("));
  const include = isBare ? [] : parseGrouping(tokens, options);
  const cardinality = group === undefined ? "one-to-one" : group.kind === "group_left" ? "many-to-one" : "one-to-many";
  const on = matchingKind?.kind === "on";
  return { returnBool, matching: { cardinality, labels, on, include, ...parseFill(tokens, errors) } };
}

function parseFill(tokens: TokenStream, errors: ErrorContext): Pick<VectorMatching, "fillLeft" | "fillRight"> {
  if (tokens.accept("fill") !== undefined) {
    const value = parseFillValue(tokens, errors);
    return { fillLeft: value, fillRight: value };
  }
  let fillLeft = tokens.accept("fill_left") && parseFillValue(tokens, errors);
  const fillRight = tokens.accept("fill_right") && parseFillValue(tokens, errors);
  if (fillLeft === undefined && fillRight !== undefined) {
    fillLeft = tokens.accept("fill_left") && parseFillValue(tokens, errors);
  }
  return { fillLeft, fillRight };
}

function parseFillValue(tokens: TokenStream, errors: ErrorContext): number {
  tokens.expect("(", errors.context, errors.expected);
  const sign = tokens.accept("+") ?? tokens.accept("-");
  if (!tokens.is("number") && !tokens.is("duration")) tokens.unexpected(errors.context, errors.expected);
  const { value } = parseNumberLiteral(tokens, tokens.take());
  tokens.expect(")", errors.context, errors.expected);
  return sign?.kind === "-" ? -value : value;
}
