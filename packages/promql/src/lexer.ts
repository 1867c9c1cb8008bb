import { isAlpha, isAscii, isDigit, isSpace } from "./character-classes.ts";
import { Cursor } from "./cursor.ts";
import { goQuote, goQuoteRune } from "./go-quote.ts";
import { scanDuration, scanNumber } from "./scan-number.ts";
import { scanQuoted, scanRaw } from "./scan-string.ts";
import { keywords, type Token, type TokenKind } from "./token.ts";

export interface LexerOptions {
  /** Letters beyond ASCII, and dots after the first letter, are part of names. */
  readonly unquotedUtf8Names: boolean;
}

/**
 * Cuts a query into tokens, one a call, in one pass. What cannot be a token is an "error" token with Prometheus' message.
 * The class holds the state of Prometheus' own lexer: whether a brace or bracket is open decides what comes next.
 */
export class Lexer {
  readonly #cursor: Cursor;
  readonly #options: LexerOptions;
  #start = 0;
  #parenDepth = 0;
  #braceOpen = false;
  #bracketOpen = false;
  #gotColon = false;
  #gotDuration = false;
  /** In the duration that a `[` begins, until its first number. */
  #inDuration = false;

  constructor(input: string, options: LexerOptions) {
    this.#cursor = new Cursor(input);
    this.#options = options;
  }

  next(): Token {
    this.#skipSpaceAndComments();
    this.#start = this.#cursor.position;
    if (this.#inDuration) return this.#durationExpression();
    return this.#braceOpen ? this.#insideBraces() : this.#statement();
  }

  #skipSpaceAndComments(): void {
    for (;;) {
      const char = this.#cursor.input[this.#cursor.position];
      if (isSpace(char)) this.#cursor.position++;
      else if (char === "#" && !this.#inDuration) {
        while (
          this.#cursor.position < this.#cursor.input.length &&
          !/[\r\n]/.test(this.#cursor.input[this.#cursor.position]!)
        )
          this.#cursor.position++;
      } else return;
    }
  }

  #statement(): Token {
    const char = this.#cursor.take();
    if (char === "") return this.#endOfInput();
    if (isDigit(char) || (char === "." && isDigit(this.#cursor.peek()))) return this.#numberOrDuration();
    if (char === '"' || char === "'") return this.#string(scanQuoted(this.#cursor, char));
    if (char === "`") return this.#string(scanRaw(this.#cursor));
    if (this.#isNameStart(char) || char === ":") return this.#word(char);
    switch (char) {
      case ",":
      case "*":
      case "/":
      case "%":
      case "+":
      case "-":
      case "^":
      case "@":
        return this.#emit(char);
      case "=":
        if (this.#cursor.peek() === "~") return this.#error(`unexpected character after '=': ${goQuoteRune("~")}`);
        return this.#cursor.accept("=") ? this.#emit("==") : this.#emit("=");
      case "!": {
        const after = this.#cursor.take();
        return after === "=" ? this.#emit("!=") : this.#error(`unexpected character after '!': ${quoteOrEnd(after)}`);
      }
      case "<":
        return this.#emit(this.#cursor.accept("=") ? "<=" : this.#cursor.accept("/") ? "</" : "<");
      case ">":
        return this.#emit(this.#cursor.accept("=") ? ">=" : this.#cursor.accept("/") ? ">/" : ">");
      case "(":
        this.#parenDepth++;
        return this.#emit("(");
      case ")":
        return this.#rightParenthesis();
      case "{":
        this.#braceOpen = true;
        return this.#emit("{");
      case "[":
        if (this.#bracketOpen) return this.#error(`unexpected left bracket ${goQuoteRune(char)}`);
        this.#gotColon = false;
        this.#gotDuration = false;
        this.#bracketOpen = true;
        this.#inDuration = true;
        return this.#emit("[");
      case "]":
        if (!this.#bracketOpen) return this.#error(`unexpected right bracket ${goQuoteRune(char)}`);
        this.#bracketOpen = false;
        return this.#emit("]");
      default:
        return this.#error(`unexpected character: ${goQuoteRune(char)}`);
    }
  }

  #endOfInput(): Token {
    if (this.#parenDepth !== 0) return this.#error("unclosed left parenthesis");
    if (this.#bracketOpen) return this.#error("unclosed left bracket");
    return this.#emit("end of input");
  }

  #rightParenthesis(): Token {
    this.#parenDepth--;
    if (this.#parenDepth < 0) return this.#error("unexpected right parenthesis ')'", this.#cursor.position);
    return this.#emit(")");
  }

  /** A name or keyword, or, inside brackets, the colon of a subquery. */
  #word(first: string): Token {
    if (!this.#bracketOpen) return this.#keywordOrIdentifier();
    if (first === ":") {
      if (this.#gotColon) return this.#error(`unexpected colon ${goQuoteRune(":")}`);
      this.#gotColon = true;
      return this.#emit(":");
    }
    return this.#durationKeyword(first) ?? this.#error(`unexpected character: ${goQuoteRune(first)}, expected ':'`);
  }

  #keywordOrIdentifier(): Token {
    while (this.#isNameContinue(this.#cursor.peek()) || this.#cursor.peek() === ":") this.#cursor.take();
    const word = this.#cursor.input.slice(this.#start, this.#cursor.position);
    const keyword = isAscii(word) ? keywords.get(word.toLowerCase()) : undefined;
    if (keyword === undefined) return this.#emit(word.includes(":") ? "metric identifier" : "identifier");
    // `fill + fill` adds a metric of that name to itself.
    if (keyword.startsWith("fill") && !this.#leftParenthesisFollows()) return this.#emit("identifier");
    return this.#emit(keyword);
  }

  #leftParenthesisFollows(): boolean {
    let at = this.#cursor.position;
    while (isSpace(this.#cursor.input[at])) at++;
    return this.#cursor.input[at] === "(";
  }

  #durationKeyword(first: string): Token | undefined {
    if (!/[srm]/i.test(first) || !isAscii(first)) return undefined;
    while (isAlpha(this.#cursor.peek())) this.#cursor.take();
    const word = this.#cursor.input.slice(this.#start, this.#cursor.position).toLowerCase();
    if (word === "step" || word === "range" || word === "max_of" || word === "min_of") return this.#emit(word);
    return undefined;
  }

  #durationExpression(): Token {
    const char = this.#cursor.take();
    switch (char) {
      case "":
        return this.#error("unexpected end of input in duration expression");
      case "]":
        this.#bracketOpen = false;
        this.#gotColon = false;
        this.#inDuration = false;
        return this.#emit("]");
      case ":":
        if (!this.#gotDuration)
          return this.#error("unexpected colon before duration in duration expression", this.#cursor.position);
        if (this.#gotColon)
          return this.#error("unexpected repeated colon in duration expression", this.#cursor.position);
        this.#gotColon = true;
        return this.#emit(":");
      case "(":
        this.#parenDepth++;
        return this.#emit("(");
      case ")":
        return this.#rightParenthesis();
      case "+":
      case "-":
      case "*":
      case "/":
      case "%":
      case "^":
      case ",":
        return this.#emit(char);
      default: {
        if (isDigit(char) || (char === "." && isDigit(this.#cursor.peek()))) {
          this.#gotDuration = true;
          this.#inDuration = false;
          return this.#numberOrDuration();
        }
        const keyword = this.#durationKeyword(char);
        if (keyword !== undefined) this.#gotDuration = true;
        return keyword ?? this.#error(`unexpected character in duration expression: ${goQuoteRune(char)}`);
      }
    }
  }

  #insideBraces(): Token {
    const char = this.#cursor.take();
    if (char === "") return this.#error("unexpected end of input inside braces");
    if (this.#isNameStart(char)) {
      while (this.#isNameContinue(this.#cursor.peek())) this.#cursor.take();
      return this.#emit("identifier");
    }
    switch (char) {
      case ",":
        return this.#emit(",");
      case '"':
      case "'":
        return this.#string(scanQuoted(this.#cursor, char));
      case "`":
        return this.#string(scanRaw(this.#cursor));
      case "=":
        return this.#emit(this.#cursor.accept("~") ? "=~" : "=");
      case "!": {
        const after = this.#cursor.take();
        if (after === "~") return this.#emit("!~");
        if (after === "=") return this.#emit("!=");
        return this.#error(`unexpected character after '!' inside braces: ${quoteOrEnd(after)}`);
      }
      case "{":
        return this.#error(`unexpected left brace ${goQuoteRune(char)}`);
      case "}":
        this.#braceOpen = false;
        return this.#emit("}");
      default:
        return this.#error(`unexpected character inside braces: ${goQuoteRune(char)}`);
    }
  }

  #string(fault: string | undefined): Token {
    return fault === undefined ? this.#emit("string") : this.#error(fault);
  }

  #numberOrDuration(): Token {
    const cursor = this.#cursor;
    cursor.position = this.#start;
    if (scanNumber(cursor)) return this.#emit("number");
    if (scanDuration(cursor)) return this.#emit("duration");
    return this.#error(`bad number or duration syntax: ${goQuote(cursor.input.slice(this.#start, cursor.position))}`);
  }

  #isNameStart(char: string): boolean {
    return isAlpha(char) || (this.#options.unquotedUtf8Names && char > "\x7f" && /^\p{L}$/u.test(char));
  }

  #isNameContinue(char: string): boolean {
    return this.#isNameStart(char) || isDigit(char) || (this.#options.unquotedUtf8Names && char === ".");
  }

  #emit(kind: TokenKind): Token {
    return {
      kind,
      start: this.#start,
      end: this.#cursor.position,
      text: this.#cursor.input.slice(this.#start, this.#cursor.position),
    };
  }

  #error(message: string, at: number = this.#start): Token {
    return { kind: "error", start: at, end: this.#cursor.input.length, text: message };
  }
}

/** Whether a name can stand without quotes in a selector or a grouping. */
export function isPlainLabelName(name: string, { unquotedUtf8Names }: LexerOptions): boolean {
  return (unquotedUtf8Names ? /^[\p{L}_][\p{L}_0-9.]*$/u : /^[a-zA-Z_][a-zA-Z0-9_]*$/).test(name);
}

function quoteOrEnd(char: string): string {
  return char === "" ? "'\ufffd'" : goQuoteRune(char);
}
