import { LabelMatcher, type MatchOperator } from "./label-matcher.ts";
import { METRIC_NAME } from "./labels.ts";
import { mergeRanges } from "./position.ts";
import { unquote } from "./string-literal.ts";
import type { VectorSelector } from "./syntax-tree.ts";
import { namesMetric, rangeOf, type Token } from "./token.ts";
import type { ErrorContext, TokenStream } from "./token-stream.ts";

const matchOperators: ReadonlySet<string> = new Set<MatchOperator>(["=", "!=", "=~", "!~"]);

/** `name{…}`, `name` or `{…}`; the name may have been read already. */
export function parseSelector(tokens: TokenStream, errors: ErrorContext, name?: Token): VectorSelector {
  const metric = name ?? (namesMetric(tokens.peek().kind) ? tokens.take() : undefined);
  const matchers: LabelMatcher[] = [];
  let position = metric === undefined ? undefined : rangeOf(metric);
  if (tokens.is("{")) {
    const braces = parseBraces(tokens, matchers);
    position = position === undefined ? braces : mergeRanges(position, braces);
  } else if (metric === undefined) {
    return tokens.unexpected(errors.context, errors.expected);
  }
  if (metric !== undefined) matchers.push(new LabelMatcher(METRIC_NAME, "=", metric.text));
  return {
    type: "vectorSelector",
    name: metric?.text ?? "",
    matchers,
    offsetMs: 0,
    offsetExpression: undefined,
    atMs: undefined,
    atPreprocessor: undefined,
    extension: undefined,
    mayBeEmpty: false,
    position: position!,
  };
}

function parseBraces(tokens: TokenStream, matchers: LabelMatcher[]): VectorSelector["position"] {
  const open = tokens.take();
  for (;;) {
    const close = tokens.accept("}");
    if (close !== undefined) return mergeRanges(rangeOf(open), rangeOf(close));
    matchers.push(parseMatcher(tokens));
    const end = tokens.accept("}");
    if (end !== undefined) return mergeRanges(rangeOf(open), rangeOf(end));
    tokens.expect(",", "label matching", '"," or "}"');
  }
}

/** `job="api"`, `"a name in quotes"=~"x.*"`, or the metric's name in quotes. */
function parseMatcher(tokens: TokenStream): LabelMatcher {
  const label = tokens.peek();
  if (label.kind !== "identifier" && label.kind !== "string") {
    return tokens.unexpected("label matching", 'identifier or "}"');
  }
  tokens.take();
  const name = label.kind === "string" ? unquote(label.text)! : label.text;
  const operator = tokens.peek().kind;
  if (!matchOperators.has(operator)) {
    if (label.kind === "string") return new LabelMatcher(METRIC_NAME, "=", name);
    return tokens.unexpected("label matching", "label matching operator");
  }
  tokens.take();
  const value = tokens.expect("string", "label matching", "string");
  try {
    return new LabelMatcher(name, operator as MatchOperator, unquote(value.text)!);
  } catch (error) {
    return tokens.fail(mergeRanges(rangeOf(label), rangeOf(value)), (error as Error).message);
  }
}
