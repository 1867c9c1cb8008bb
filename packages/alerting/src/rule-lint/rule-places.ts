import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";

/** A place in a file, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Where the parts of a rule are in its file. */
export interface RulePlaces {
  has(field: string): boolean;
  /** Of a field's value, or of the character `offset` of its text; of the rule where there is no such field. */
  of(field: string, offset?: number): Place;
}

/** The places of a rule, by the positions of its group and of itself, in a file that was read without faults. */
export function rulePlaces(text: string): (group: number, rule: number) => RulePlaces {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { schema: "failsafe", lineCounter });
  const resolved = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);
  const field = (node: unknown, name: string): unknown => {
    const map = resolved(node);
    return isMap(map) ? resolved(map.get(name, true)) : undefined;
  };
  const item = (node: unknown, index: number): unknown => (isSeq(node) ? resolved(node.items[index]) : undefined);
  const place = (at: number): Place => {
    const { line, col } = lineCounter.linePos(at);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  return (group, index) => {
    const rule = item(field(item(field(document.contents, "groups"), group), "rules"), index);
    const startOf = (node: unknown): number => (node as Node | undefined)?.range?.[0] ?? 0;
    return {
      has: (name) => field(rule, name) !== undefined,
      of(name, offset = 0) {
        const value = field(rule, name);
        if (!isScalar(value)) return place(startOf(value ?? rule));
        return place(sourceOffset(text, { from: startOf(value), value: String(value.value), offset }));
      },
    };
  };
}

/**
 * Where a character of a scalar's text is in the source. Quotes, folded lines and indents are in the one and not in the other,
 * so both are walked by the characters that are no spaces.
 */
function sourceOffset(
  source: string,
  { from, value, offset }: { readonly from: number; readonly value: string; readonly offset: number },
): number {
  let at = skipOpening(source, from);
  for (let i = 0; i <= offset && i < value.length; i++) {
    if (/\s/.test(value[i]!)) continue;
    // What is not of the text: spaces, and the backslash or quote before an escaped one.
    while (at < source.length && source[at] !== value[i]) at++;
    if (i === offset) return at;
    at++;
  }
  return at;
}

/** Over a quote, or over the head of a block: `|`, `>-`. */
function skipOpening(source: string, from: number): number {
  if (source[from] === '"' || source[from] === "'") return from + 1;
  const head = /[|>][-+0-9]*[^\n]*\n\s*/y;
  head.lastIndex = from;
  return head.test(source) ? head.lastIndex : from;
}
