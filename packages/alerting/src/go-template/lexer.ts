/** The tokens of a template in Go's text/template language. */

import { goQuote } from "@telltale/promql";

export type TokenKind =
  | "error"
  | "bool"
  | "char"
  | "charConstant"
  | "complex"
  | "assign"
  | "declare"
  | "end of text"
  | "field"
  | "identifier"
  | "leftDelimiter"
  | "leftParenthesis"
  | "number"
  | "pipe"
  | "rawString"
  | "rightDelimiter"
  | "rightParenthesis"
  | "space"
  | "string"
  | "text"
  | "variable"
  | "dot"
  | "nil"
  | "keyword";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** In UTF-16 code units from the start of the template. */
  readonly at: number;
  readonly line: number;
}

const keywords: ReadonlySet<string> = new Set([
  ...["block", "break", "continue", "define", "else", "end", "if", "range", "template", "with"],
]);

/** All tokens up to the end of the text or the first fault, which is the last token then. */
export function tokenize(template: string): readonly Token[] {
  return new Lexer(template).tokens();
}

/** A token as Go quotes it in messages. */
export function describeToken({ kind, text }: Token): string {
  if (kind === "end of text") return "EOF";
  if (kind === "error") return text;
  if (kind === "keyword" || kind === "nil") return `<${text}>`;
  if ([...text].length > 10) return `${goQuote([...text].slice(0, 10).join(""))}...`;
  return goQuote(text);
}

const WORD = /[\p{L}\p{Nd}_]*/uy;
const NUMBER =
  /[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?/y;

class Lexer {
  readonly #input: string;
  readonly #tokens: Token[] = [];
  #at = 0;
  #start = 0;
  #line = 1;
  #parentheses = 0;
  #done = false;

  constructor(input: string) {
    this.#input = input;
  }

  tokens(): readonly Token[] {
    while (!this.#done) this.#text();
    return this.#tokens;
  }

  #emit(kind: TokenKind): void {
    const text = this.#input.slice(this.#start, this.#at);
    this.#tokens.push({ kind, text, at: this.#start, line: this.#line });
    this.#skip();
  }

  /** The next token starts here. */
  #skip(): void {
    this.#line += this.#input.slice(this.#start, this.#at).split("\n").length - 1;
    this.#start = this.#at;
  }

  #fail(text: string): void {
    this.#tokens.push({ kind: "error", text, at: this.#start, line: this.#line });
    this.#done = true;
  }

  #text() {
    const delimiter = this.#input.indexOf("{{", this.#at);
    if (delimiter === -1) {
      this.#at = this.#input.length;
      if (this.#at > this.#start) this.#emit("text");
      this.#emit("end of text");
      this.#done = true;
      return;
    }
    const text = this.#input.slice(this.#start, delimiter);
    const kept = /^-\s/.test(this.#input.slice(delimiter + 2)) ? text.replace(/[ \t\r\n]+$/, "") : text;
    this.#at = this.#start + kept.length;
    if (kept !== "") this.#emit("text");
    this.#at = delimiter;
    this.#skip();
    this.#leftDelimiter();
  }

  #leftDelimiter() {
    const marker = /^-[ \t\r\n]/.test(this.#input.slice(this.#at + 2, this.#at + 4)) ? 2 : 0;
    if (this.#input.startsWith("/*", this.#at + 2 + marker)) {
      this.#at += 2 + marker;
      this.#skip();
      this.#comment();
      return;
    }
    this.#at += 2;
    this.#emit("leftDelimiter");
    this.#at += marker;
    this.#skip();
    this.#parentheses = 0;
    let inside = true;
    while (inside && !this.#done) inside = this.#insideAction();
  }

  #comment() {
    const end = this.#input.indexOf("*/", this.#at + 2);
    if (end === -1) return this.#fail("unclosed comment");
    this.#at = end + 2;
    const close = /^(?:[ \t\r\n]-(?=\}\}))?\}\}/.exec(this.#input.slice(this.#at, this.#at + 4));
    if (close === null) return this.#fail("comment ends before closing delimiter");
    this.#at += close[0].length;
    if (close[0].length > 2) this.#trimLeft();
    this.#skip();
  }

  /** One token within an action; false at its end. */
  #insideAction(): boolean {
    const input = this.#input;
    if (/^(?:[ \t\r\n]-)?\}\}/.test(input.slice(this.#at, this.#at + 4))) {
      if (this.#parentheses > 0) this.#fail("unclosed left paren");
      else this.#rightDelimiter();
      return false;
    }
    const char = input[this.#at];
    if (char === undefined) {
      this.#fail("unclosed action");
      return false;
    }
    if (/[ \t\r\n]/.test(char)) this.#space();
    else if (char === "=") this.#take(1, "assign");
    else if (char === ":") {
      if (input[this.#at + 1] === "=") this.#take(2, "declare");
      else this.#fail("expected :=");
    } else if (char === "|") this.#take(1, "pipe");
    else if (char === '"') this.#quoted('"', "string", "unterminated quoted string");
    else if (char === "'") this.#quoted("'", "charConstant", "unterminated character constant");
    else if (char === "`") this.#rawString();
    else if (char === "$" || (char === "." && !/[0-9]/.test(input[this.#at + 1] ?? "0"))) this.#fieldOrVariable(char);
    else if (/[.+\-0-9]/.test(char)) this.#number();
    else if (char === "(") {
      this.#parentheses++;
      this.#take(1, "leftParenthesis");
    } else if (char === ")") {
      this.#parentheses--;
      if (this.#parentheses < 0) this.#fail("unexpected right paren");
      else this.#take(1, "rightParenthesis");
    } else if (/[\p{L}\p{Nd}_]/u.test(this.#codePoint())) this.#identifier();
    else if (char > " " && char <= "~") this.#take(1, "char");
    else this.#fail(`unrecognized character in action: ${unicode(this.#codePoint())}`);
    return !this.#done;
  }

  #codePoint(): string {
    const code = this.#input.codePointAt(this.#at);
    return code === undefined ? "" : String.fromCodePoint(code);
  }

  #take(length: number, kind: TokenKind): void {
    this.#at += length;
    this.#emit(kind);
  }

  #rightDelimiter(): void {
    const trim = this.#input[this.#at] !== "}";
    if (trim) {
      this.#at += 2;
      this.#skip();
    }
    this.#take(2, "rightDelimiter");
    if (trim) this.#trimLeft();
    this.#skip();
  }

  #trimLeft(): void {
    while (/^[ \t\r\n]/.test(this.#input[this.#at] ?? "")) this.#at++;
  }

  #space(): void {
    let end = this.#at;
    while (/^[ \t\r\n]/.test(this.#input[end] ?? "")) end++;
    // The last space may belong to a marker that trims, ` -}}`.
    if (this.#input.startsWith("-}}", end)) end--;
    if (end > this.#at) this.#take(end - this.#at, "space");
  }

  #identifier() {
    const word = this.#word();
    if (!this.#atTerminator()) return this.#fail(`bad character ${unicode(this.#codePoint())}`);
    if (word === "nil") this.#emit("nil");
    else if (keywords.has(word)) this.#emit("keyword");
    else if (word === "true" || word === "false") this.#emit("bool");
    else this.#emit("identifier");
  }

  #word(): string {
    WORD.lastIndex = this.#at;
    const word = WORD.exec(this.#input)![0];
    this.#at += word.length;
    return word;
  }

  #fieldOrVariable(first: string) {
    this.#at++;
    if (this.#atTerminator()) return this.#emit(first === "$" ? "variable" : "dot");
    this.#word();
    if (!this.#atTerminator()) return this.#fail(`bad character ${unicode(this.#codePoint())}`);
    this.#emit(first === "$" ? "variable" : "field");
  }

  #atTerminator(): boolean {
    const char = this.#input[this.#at];
    return char === undefined || /[ \t\r\n.,|:)(]/.test(char) || this.#input.startsWith("}}", this.#at);
  }

  #quoted(quote: string, kind: TokenKind, unterminated: string) {
    let end = this.#at + 1;
    for (; ; end++) {
      let char = this.#input[end];
      if (char === "\\") char = this.#input[++end] === "\n" ? "\n" : this.#input[end] === undefined ? undefined : "";
      if (char === undefined || char === "\n") return this.#fail(unterminated);
      if (char === quote) break;
    }
    this.#take(end + 1 - this.#at, kind);
  }

  #rawString() {
    const end = this.#input.indexOf("`", this.#at + 1);
    if (end === -1) return this.#fail("unterminated raw quoted string");
    this.#take(end + 1 - this.#at, "rawString");
  }

  #number() {
    const scan = (): boolean => {
      NUMBER.lastIndex = this.#at;
      this.#at += NUMBER.exec(this.#input)![0].length;
      if (!/[\p{L}\p{Nd}_]/u.test(this.#codePoint())) return true;
      this.#at++;
      return false;
    };
    const bad = () => this.#fail(`bad number syntax: ${goQuote(this.#input.slice(this.#start, this.#at))}`);
    if (!scan()) return bad();
    if (!/[+-]/.test(this.#input[this.#at] ?? "")) return this.#emit("number");
    if (!scan() || this.#input[this.#at - 1] !== "i") return bad();
    this.#emit("complex");
  }
}

/** `%#U`. */
function unicode(char: string): string {
  const code = char.codePointAt(0) ?? 0xffff_ffff;
  const hex = code.toString(16).toUpperCase().padStart(4, "0");
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(char) ? `U+${hex} '${char}'` : `U+${hex}`;
}
