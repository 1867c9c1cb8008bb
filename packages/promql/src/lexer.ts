import { goQuote, goQuoteRune, goUnicode } from "./go-quote.ts";
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
  readonly #input: string;
  readonly #options: LexerOptions;
  #pos = 0;
  #start = 0;
  #parenDepth = 0;
  #braceOpen = false;
  #bracketOpen = false;
  #gotColon = false;
  #gotDuration = false;
  /** In the duration that a `[` begins, until its first number. */
  #inDuration = false;

  constructor(input: string, options: LexerOptions) {
    this.#input = input;
    this.#options = options;
  }

  next(): Token {
    this.#skipSpaceAndComments();
    this.#start = this.#pos;
    if (this.#inDuration) return this.#durationExpression();
    return this.#braceOpen ? this.#insideBraces() : this.#statement();
  }

  #skipSpaceAndComments(): void {
    for (;;) {
      const char = this.#input[this.#pos];
      if (isSpace(char)) this.#pos++;
      else if (char === "#" && !this.#inDuration) {
        while (this.#pos < this.#input.length && !/[\r\n]/.test(this.#input[this.#pos]!)) this.#pos++;
      } else return;
    }
  }

  #statement(): Token {
    const char = this.#take();
    if (char === "") return this.#endOfInput();
    if (isDigit(char) || (char === "." && isDigit(this.#peek()))) return this.#numberOrDuration();
    if (char === '"' || char === "'") return this.#quoted(char);
    if (char === "`") return this.#rawString();
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
        if (this.#peek() === "~") return this.#error(`unexpected character after '=': ${goQuoteRune("~")}`);
        return this.#accept("=") ? this.#emit("==") : this.#emit("=");
      case "!": {
        const after = this.#take();
        return after === "=" ? this.#emit("!=") : this.#error(`unexpected character after '!': ${quoteOrEnd(after)}`);
      }
      case "<":
        return this.#emit(this.#accept("=") ? "<=" : this.#accept("/") ? "</" : "<");
      case ">":
        return this.#emit(this.#accept("=") ? ">=" : this.#accept("/") ? ">/" : ">");
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
    if (this.#parenDepth < 0) return this.#error("unexpected right parenthesis ')'", this.#pos);
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
    while (this.#isNameContinue(this.#peek()) || this.#peek() === ":") this.#take();
    const word = this.#input.slice(this.#start, this.#pos);
    const keyword = isAscii(word) ? keywords.get(word.toLowerCase()) : undefined;
    if (keyword === undefined) return this.#emit(word.includes(":") ? "metric identifier" : "identifier");
    // `fill + fill` adds a metric of that name to itself.
    if (keyword.startsWith("fill") && !this.#leftParenthesisFollows()) return this.#emit("identifier");
    return this.#emit(keyword);
  }

  #leftParenthesisFollows(): boolean {
    let at = this.#pos;
    while (isSpace(this.#input[at])) at++;
    return this.#input[at] === "(";
  }

  #durationKeyword(first: string): Token | undefined {
    if (!/[srm]/i.test(first) || !isAscii(first)) return undefined;
    while (isAlpha(this.#peek())) this.#take();
    const word = this.#input.slice(this.#start, this.#pos).toLowerCase();
    if (word === "step" || word === "range" || word === "max_of" || word === "min_of") return this.#emit(word);
    return undefined;
  }

  #durationExpression(): Token {
    const char = this.#take();
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
          return this.#error("unexpected colon before duration in duration expression", this.#pos);
        if (this.#gotColon) return this.#error("unexpected repeated colon in duration expression", this.#pos);
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
        if (isDigit(char) || (char === "." && isDigit(this.#peek()))) {
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
    const char = this.#take();
    if (char === "") return this.#error("unexpected end of input inside braces");
    if (this.#isNameStart(char)) {
      while (this.#isNameContinue(this.#peek())) this.#take();
      return this.#emit("identifier");
    }
    switch (char) {
      case ",":
        return this.#emit(",");
      case '"':
      case "'":
        return this.#quoted(char);
      case "`":
        return this.#rawString();
      case "=":
        return this.#emit(this.#accept("~") ? "=~" : "=");
      case "!": {
        const after = this.#take();
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

  #quoted(quote: string): Token {
    for (;;) {
      const char = this.#take();
      if (char === "" || char === "\n") return this.#error("unterminated quoted string");
      if (isReplacement(char)) return this.#error("invalid UTF-8 rune");
      if (char === quote) return this.#emit("string");
      if (char === "\\") {
        const fault = this.#escapeFault(quote);
        if (fault !== undefined) return this.#error(fault);
      }
    }
  }

  #escapeFault(quote: string): string | undefined {
    let char = this.#take();
    if (char === "") return "escape sequence not terminated";
    if ("abfnrtv\\".includes(char) || char === quote) return undefined;
    const octal = /[0-7]/.test(char);
    const length = octal ? 3 : { x: 2, u: 4, U: 8 }[char];
    if (length === undefined) return `unknown escape sequence ${goUnicode(char)}`;
    const base = octal ? 8 : 16;
    let code = 0;
    for (let i = 0; i < length; i++) {
      if (i > 0 || !octal) char = this.#take();
      if (char === "") return "escape sequence not terminated";
      const digit = /^[0-9a-f]$/i.test(char) ? Number.parseInt(char, 16) : 16;
      if (digit >= base) return `illegal character ${goUnicode(char)} in escape sequence`;
      code = code * base + digit;
    }
    const limit = length > 3 ? 0x10ffff : 255;
    if (code > limit || (code >= 0xd800 && code < 0xe000)) return "escape sequence is an invalid Unicode code point";
    return undefined;
  }

  #rawString(): Token {
    for (;;) {
      const char = this.#take();
      if (char === "") return this.#error("unterminated raw string");
      if (isReplacement(char)) return this.#error("invalid UTF-8 rune");
      if (char === "`") return this.#emit("string");
    }
  }

  #numberOrDuration(): Token {
    this.#pos = this.#start;
    if (this.#scanNumber()) return this.#emit("number");
    if (this.#scanDuration()) return this.#emit("duration");
    return this.#error(`bad number or duration syntax: ${goQuote(this.#input.slice(this.#start, this.#pos))}`);
  }

  /** Digits with points, exponents and underscores, as Go allows them; leaves the position after what it has read. */
  #scanNumber(): boolean {
    const hexadecimal = this.#accept("0") && this.#acceptAny("xX");
    if (hexadecimal) this.#accept("_");
    const isNumberDigit = hexadecimal ? isHexDigit : isDigit;
    this.#accept(".");
    if (isNumberDigit(this.#peek())) this.#take();
    let point = false;
    let exponent = false;
    for (;;) {
      const char = this.#peek();
      if (char === ".") {
        this.#take();
        if (point || this.#acceptAny("_.") || hexadecimal) return false;
        point = true;
      } else if (char === "_") {
        this.#take();
        if (this.#acceptAny("._eE") || this.#peek() === "") return false;
      } else if (char === "e" || char === "E") {
        // In hexadecimal Prometheus takes the first e for an exponent too, as it asks for exponents first.
        if (exponent) {
          this.#take();
          return false;
        }
        this.#take();
        exponent = true;
        this.#acceptAny("+-");
        if (this.#acceptAny("._eE") || this.#peek() === "") return false;
      } else if (isNumberDigit(char)) {
        while (isNumberDigit(this.#peek())) this.#take();
      } else break;
    }
    return !isAlphaNumeric(this.#peek());
  }

  /** The rest of a duration whose first number has been read. */
  #scanDuration(): boolean {
    if (!this.#acceptAny("smhdwy")) return false;
    this.#accept("s");
    while (isDigit(this.#peek())) {
      while (isDigit(this.#peek())) this.#take();
      if (!this.#acceptAny("smhdw")) return false;
      this.#accept("s");
    }
    if (!isAlphaNumeric(this.#peek())) return true;
    this.#take();
    return false;
  }

  #take(): string {
    const code = this.#input.codePointAt(this.#pos);
    if (code === undefined) return "";
    const char = String.fromCodePoint(code);
    this.#pos += char.length;
    return char;
  }

  #peek(): string {
    const code = this.#input.codePointAt(this.#pos);
    return code === undefined ? "" : String.fromCodePoint(code);
  }

  #accept(char: string): boolean {
    if (this.#input[this.#pos] !== char) return false;
    this.#pos++;
    return true;
  }

  #acceptAny(chars: string): boolean {
    const char = this.#input[this.#pos];
    if (char === undefined || !chars.includes(char)) return false;
    this.#pos++;
    return true;
  }

  #isNameStart(char: string): boolean {
    return isAlpha(char) || (this.#options.unquotedUtf8Names && char > "\x7f" && /^\p{L}$/u.test(char));
  }

  #isNameContinue(char: string): boolean {
    return this.#isNameStart(char) || isDigit(char) || (this.#options.unquotedUtf8Names && char === ".");
  }

  #emit(kind: TokenKind): Token {
    return { kind, start: this.#start, end: this.#pos, text: this.#input.slice(this.#start, this.#pos) };
  }

  #error(message: string, at: number = this.#start): Token {
    return { kind: "error", start: at, end: this.#input.length, text: message };
  }
}

/** Whether a name can stand without quotes in a selector or a grouping. */
export function isPlainLabelName(name: string, { unquotedUtf8Names }: LexerOptions): boolean {
  return (unquotedUtf8Names ? /^[\p{L}_][\p{L}_0-9.]*$/u : /^[a-zA-Z_][a-zA-Z0-9_]*$/).test(name);
}

function isSpace(char: string | undefined): boolean {
  return char === " " || char === "\t" || char === "\n" || char === "\r";
}

function isDigit(char: string): boolean {
  return char >= "0" && char <= "9" && char.length === 1;
}

function isHexDigit(char: string): boolean {
  return /^[0-9a-fA-F]$/.test(char);
}

function isAlpha(char: string): boolean {
  return char === "_" || (char.length === 1 && ((char >= "a" && char <= "z") || (char >= "A" && char <= "Z")));
}

function isAlphaNumeric(char: string): boolean {
  return isAlpha(char) || isDigit(char);
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

/** Half of a surrogate pair cannot be UTF-8; Go reads it, and the replacement character itself, as an error. */
function isReplacement(char: string): boolean {
  const code = char.codePointAt(0)!;
  return code === 0xfffd || (code >= 0xd800 && code < 0xe000);
}

function quoteOrEnd(char: string): string {
  return char === "" ? "'\ufffd'" : goQuoteRune(char);
}
