import { Lexer, type LexerOptions } from "./lexer.ts";
import { PromqlParseError } from "./parse-error.ts";
import type { PositionRange } from "./position.ts";
import { describeToken, rangeOf, type Token, type TokenKind } from "./token.ts";

/** A chain of operators is nested too: each has all before it for its left side. */
export const MAX_NESTING = 500;

/** Tokens with one of look-ahead, read no earlier than needed, so that faults are found in Prometheus' order. */
export class TokenStream {
  readonly query: string;
  readonly #lexer: Lexer;
  #ahead: Token | undefined;
  /** How deep the parser is nested where it stands. */
  nesting = 0;

  constructor(query: string, options: LexerOptions) {
    this.query = query;
    this.#lexer = new Lexer(query, options);
  }

  peek(): Token {
    if (this.#ahead === undefined) {
      const token = this.#lexer.next();
      if (token.kind === "error") this.fail(rangeOf(token), token.text);
      this.#ahead = token;
    }
    return this.#ahead;
  }

  take(): Token {
    const token = this.peek();
    this.#ahead = undefined;
    return token;
  }

  is(kind: TokenKind): boolean {
    return this.peek().kind === kind;
  }

  accept(kind: TokenKind): Token | undefined {
    return this.is(kind) ? this.take() : undefined;
  }

  /** The token of that kind, or the complaint that something else is there. */
  expect(kind: TokenKind, context: string, expected: string): Token {
    return this.accept(kind) ?? this.unexpected(context, expected);
  }

  unexpected(context: string, expected: string): never {
    const token = this.peek();
    const where = context === "" ? "" : ` in ${context}`;
    const wanted = expected === "" ? "" : `, expected ${expected}`;
    this.fail(rangeOf(token), `unexpected ${describeToken(token)}${where}${wanted}`);
  }

  /** Refuses what would exhaust the stack, here or where the tree is walked. The caller sets `nesting` back. */
  nest(): void {
    this.nesting++;
    if (this.nesting > MAX_NESTING) this.fail(rangeOf(this.peek()), tooDeep);
  }

  fail(position: PositionRange, reason: string): never {
    throw new PromqlParseError(this.query, position, reason);
  }
}

export const tooDeep: string = `nested deeper than ${MAX_NESTING} levels; write it in parts`;

/** What an unexpected token is reported in: the innermost construct that Prometheus has words for. */
export interface ErrorContext {
  readonly context: string;
  readonly expected: string;
}

export const noContext: ErrorContext = { context: "", expected: "" };
