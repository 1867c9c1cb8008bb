import { goQuote } from "./go-quote.ts";
import { compilePattern } from "./regular-expression.ts";

export type MatchOperator = "=" | "!=" | "=~" | "!~";

/** One condition of a selector on one label. A label that a series lacks has the empty value. */
export class LabelMatcher {
  readonly name: string;
  readonly operator: MatchOperator;
  readonly value: string;
  readonly #matches: (value: string) => boolean;

  /** @throws Error when `value` is not a pattern of RE2 and the operator wants one. */
  constructor(name: string, operator: MatchOperator, value: string) {
    this.name = name;
    this.operator = operator;
    this.value = value;
    this.#matches = test(operator, value);
  }

  matches(value: string): boolean {
    return this.#matches(value);
  }

  toString(): string {
    const name = /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(this.name) ? this.name : goQuote(this.name);
    return `${name}${this.operator}${goQuote(this.value)}`;
  }
}

function test(operator: MatchOperator, wanted: string): (value: string) => boolean {
  switch (operator) {
    case "=":
      return (value) => value === wanted;
    case "!=":
      return (value) => value !== wanted;
    case "=~":
      return compilePattern(wanted);
    case "!~": {
      const matches = compilePattern(wanted);
      return (value) => !matches(value);
    }
  }
}
