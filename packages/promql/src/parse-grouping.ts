import { goQuote } from "./go-quote.ts";
import { isLabelName } from "./labels.ts";
import { isPlainLabelName, type LexerOptions } from "./lexer.ts";
import { unquote } from "./string-literal.ts";
import { namesLabel, rangeOf } from "./token.ts";
import type { TokenStream } from "./token-stream.ts";

/** The labels of `by (…)` and its relatives: names, keywords among them, or strings. */
export function parseGrouping(tokens: TokenStream, options: LexerOptions): readonly string[] {
  tokens.expect("(", "grouping opts", '"("');
  const labels: string[] = [];
  if (tokens.accept(")") !== undefined) return labels;
  for (;;) {
    labels.push(groupingLabel(tokens, options));
    if (tokens.accept(")") !== undefined) return labels;
    tokens.expect(",", "grouping opts", '"," or ")"');
    if (tokens.accept(")") !== undefined) return labels;
  }
}

function groupingLabel(tokens: TokenStream, options: LexerOptions): string {
  const token = tokens.peek();
  if (token.kind !== "string" && !namesLabel(token.kind)) return tokens.unexpected("grouping opts", "label");
  tokens.take();
  const name = token.kind === "string" ? unquote(token.text)! : token.text;
  const needsQuotes = token.kind !== "string" && options.unquotedUtf8Names && !isPlainLabelName(name, options);
  if (!isLabelName(name) || needsQuotes) {
    tokens.fail(rangeOf(token), `invalid label name for grouping: ${goQuote(name)}`);
  }
  return name;
}
