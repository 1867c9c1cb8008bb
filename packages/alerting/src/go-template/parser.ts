/**
 * Templates in Go's text/template language as trees: Go's own parser, function by function and with its messages, in one file
 * as there, since every function of it calls the others.
 */

import { goQuote, unquote } from "@telltale/promql";
import { describeToken, type Token, type TokenKind, tokenize } from "./lexer.ts";
import { numberNode } from "./number-literal.ts";
import {
  type BranchNode,
  type CommandNode,
  type Node,
  type Operand,
  type PipeNode,
  printNode,
  type VariableNode,
} from "./syntax-tree.ts";

/** A template that Go would refuse too, with its message. */
export class TemplateParseError extends Error {
  override readonly name = "TemplateParseError";
  readonly code = "TELLTALE_TEMPLATE_BAD_SYNTAX";
}

export interface Template {
  readonly name: string;
  readonly text: string;
  readonly nodes: readonly Node[];
  /** Itself and what `define` and `block` define. */
  readonly templates: ReadonlyMap<string, DefinedTemplate>;
}

export interface DefinedTemplate {
  readonly name: string;
  /** The text that the nodes' places are in, and its name. */
  readonly parseName: string;
  readonly text: string;
  readonly nodes: readonly Node[];
}

/** Reads a template; `functions` are the names that it may call. @throws TemplateParseError */
export function parseTemplate(
  name: string,
  text: string,
  functions: { has(name: string): boolean },
  others: ReadonlyMap<string, DefinedTemplate> = new Map(),
): Template {
  const templates = new Map(others);
  const nodes = new Parser(name, text, functions, templates).parse();
  return { name, text, nodes, templates };
}

type End = { readonly type: "end" | "else"; readonly at: number };

const operandKinds: ReadonlySet<TokenKind> = new Set<TokenKind>([
  ...(["bool", "charConstant", "complex", "dot", "field", "identifier"] as const),
  ...(["number", "nil", "rawString", "string", "variable", "leftParenthesis"] as const),
]);

class Parser {
  readonly #name: string;
  readonly #text: string;
  readonly #functions: { has(name: string): boolean };
  readonly #templates: Map<string, DefinedTemplate>;
  readonly #tokens: readonly Token[];
  #next = 0;
  #variables: string[] = ["$"];
  #rangeDepth = 0;
  #depth = 0;

  constructor(
    name: string,
    text: string,
    functions: { has(name: string): boolean },
    templates: Map<string, DefinedTemplate>,
  ) {
    this.#name = name;
    this.#text = text;
    this.#functions = functions;
    this.#templates = templates;
    this.#tokens = tokenize(text);
  }

  parse(): readonly Node[] {
    const nodes: Node[] = [];
    while (this.#peek().kind !== "end of text") {
      if (this.#peek().kind === "leftDelimiter") {
        const mark = this.#next++;
        if (this.#isKeyword(this.#nextNonSpace(), "define")) {
          this.#definition();
          continue;
        }
        this.#next = mark;
      }
      const node = this.#textOrAction();
      if (node.type === "end" || node.type === "else") this.#fail(`unexpected {{${node.type}}}`);
      nodes.push(node as Node);
    }
    this.#add(this.#name, nodes);
    return nodes;
  }

  #peek(): Token {
    return this.#tokens[Math.min(this.#next, this.#tokens.length - 1)]!;
  }

  #peekNonSpace(): Token {
    while (this.#peek().kind === "space") this.#next++;
    return this.#peek();
  }

  #nextNonSpace(): Token {
    const token = this.#peekNonSpace();
    this.#next++;
    return token;
  }

  #isKeyword({ kind, text }: Token, word: string): boolean {
    return kind === "keyword" && text === word;
  }

  #fail(message: string): never {
    const { line } = this.#tokens[Math.min(Math.max(this.#next - 1, 0), this.#tokens.length - 1)]!;
    throw new TemplateParseError(`template: ${this.#name}:${line}: ${message}`);
  }

  #unexpected(token: Token, context: string): never {
    this.#next = this.#tokens.indexOf(token) + 1;
    if (token.kind === "error") this.#fail(token.text);
    this.#fail(`unexpected ${describeToken(token)} in ${context}`);
  }

  #expect(kinds: readonly TokenKind[], context: string): Token {
    const token = this.#nextNonSpace();
    if (!kinds.includes(token.kind)) this.#unexpected(token, context);
    return token;
  }

  #add(name: string, nodes: readonly Node[]): void {
    const known = this.#templates.get(name);
    if (known !== undefined && !isEmpty(known.nodes)) {
      if (!isEmpty(nodes)) this.#fail(`template: multiple definition of template ${goQuote(name)}`);
      return;
    }
    this.#templates.set(name, { name, parseName: this.#name, text: this.#text, nodes });
  }

  #definition(): void {
    const context = "define clause";
    const name = this.#unquoted(this.#expect(["string", "rawString"], context));
    this.#expect(["rightDelimiter"], context);
    this.#apart(name, context);
  }

  /** A list with variables of its own, to its end, as a template. */
  #apart(name: string, context: string): void {
    const [variables, rangeDepth] = [this.#variables, this.#rangeDepth];
    this.#variables = ["$"];
    this.#rangeDepth = 0;
    const { nodes, end } = this.#list();
    if (end.type !== "end") this.#fail(`unexpected {{${end.type}}} in ${context}`);
    this.#add(name, nodes);
    this.#variables = variables;
    this.#rangeDepth = rangeDepth;
  }

  #list(): { nodes: readonly Node[]; end: End } {
    const nodes: Node[] = [];
    while (this.#peekNonSpace().kind !== "end of text") {
      const node = this.#textOrAction();
      if (node.type === "end" || node.type === "else") return { nodes, end: node as End };
      nodes.push(node as Node);
    }
    this.#next++;
    return this.#fail("unexpected EOF");
  }

  #textOrAction(): Node | End {
    const token = this.#nextNonSpace();
    if (token.kind === "text") return { type: "text", at: token.at, text: token.text };
    if (token.kind === "leftDelimiter") return this.#action();
    return this.#unexpected(token, "input");
  }

  #action(): Node | End {
    const token = this.#nextNonSpace();
    const { at } = token;
    if (token.kind === "keyword") {
      switch (token.text) {
        case "block":
          return this.#block();
        case "break":
        case "continue":
          this.#loopExit(token.text);
          return { type: token.text, at };
        case "else":
          return this.#else();
        case "end":
          return { type: "end", at: this.#expect(["rightDelimiter"], "end").at };
        case "if":
        case "range":
        case "with":
          return this.#control(token.text);
        case "template":
          return this.#template();
      }
    }
    this.#next--;
    return { type: "action", at, pipe: this.#pipeline("command", "rightDelimiter") };
  }

  #loopExit(word: string): void {
    const token = this.#nextNonSpace();
    if (token.kind !== "rightDelimiter") this.#unexpected(token, `{{${word}}}`);
    if (this.#rangeDepth === 0) this.#fail(`{{${word}}} outside {{range}}`);
  }

  #else(): End {
    const token = this.#peekNonSpace();
    if (this.#isKeyword(token, "if") || this.#isKeyword(token, "with")) return { type: "else", at: token.at };
    return { type: "else", at: this.#expect(["rightDelimiter"], "else").at };
  }

  #control(type: BranchNode["type"]): BranchNode {
    const scope = this.#variables.length;
    const pipe = this.#pipeline(type, "rightDelimiter");
    if (type === "range") this.#rangeDepth++;
    const { nodes: list, end } = this.#list();
    if (type === "range") this.#rangeDepth--;
    let elseList: readonly Node[] | undefined;
    if (end.type === "else") {
      if (type !== "range" && this.#isKeyword(this.#peek(), type)) {
        this.#next++;
        elseList = [this.#control(type)];
      } else {
        const otherwise = this.#list();
        elseList = otherwise.nodes;
        if (otherwise.end.type !== "end") this.#fail(`expected end; found {{${otherwise.end.type}}}`);
      }
    }
    this.#variables.length = scope;
    return { type, at: pipe.at, pipe, list, elseList };
  }

  #block(): Node {
    const token = this.#nextNonSpace();
    const name = this.#templateName(token, "block clause");
    const pipe = this.#pipeline("block clause", "rightDelimiter");
    this.#apart(name, "block clause");
    return { type: "template", at: token.at, name, pipe };
  }

  #template(): Node {
    const context = "template clause";
    const token = this.#nextNonSpace();
    const name = this.#templateName(token, context);
    let pipe: PipeNode | undefined;
    if (this.#nextNonSpace().kind !== "rightDelimiter") {
      this.#next--;
      pipe = this.#pipeline(context, "rightDelimiter");
    }
    return { type: "template", at: token.at, name, pipe };
  }

  #templateName(token: Token, context: string): string {
    if (token.kind !== "string" && token.kind !== "rawString") this.#unexpected(token, context);
    return this.#unquoted(token);
  }

  #unquoted({ text }: Token): string {
    return unquote(text) ?? this.#fail("invalid syntax");
  }

  #pipeline(context: string, end: "rightDelimiter" | "rightParenthesis"): PipeNode {
    const { at } = this.#peekNonSpace();
    const declarations: VariableNode[] = [];
    const isAssign = this.#declarations(context, declarations);
    const commands: CommandNode[] = [];
    for (;;) {
      const token = this.#nextNonSpace();
      if (token.kind === end) break;
      if (!operandKinds.has(token.kind)) this.#unexpected(token, context);
      this.#next--;
      commands.push(this.#command());
    }
    if (commands.length === 0) this.#fail(`missing value for ${context}`);
    for (const [i, { operands }] of commands.entries()) {
      const { type } = operands[0]!;
      if (i === 0 || !["bool", "dot", "nil", "number", "string"].includes(type)) continue;
      this.#fail(`non executable command in pipeline stage ${i + 1}`);
    }
    return { type: "pipe", at, isAssign, declarations, commands };
  }

  /** `$x :=`, `$x =` and `$i, $x :=`; whether it is `=`. */
  #declarations(context: string, into: VariableNode[]): boolean {
    for (;;) {
      const token = this.#peekNonSpace();
      if (token.kind !== "variable") return false;
      const mark = this.#next++;
      const after = this.#peekNonSpace();
      const declare = () => {
        this.#next++;
        into.push({ type: "variable", at: token.at, names: token.text.split(".") });
        this.#variables.push(token.text);
      };
      if (after.kind === "assign" || after.kind === "declare") {
        declare();
        return after.kind === "assign";
      }
      if (after.kind !== "char" || after.text !== ",") {
        this.#next = mark;
        return false;
      }
      declare();
      if (context === "range" && into.length < 2) {
        if (["variable", "rightDelimiter", "rightParenthesis"].includes(this.#peekNonSpace().kind)) continue;
        this.#fail("range can only initialize variables");
      }
      this.#fail(`too many declarations in ${context}`);
    }
  }

  #command(): CommandNode {
    const { at } = this.#peekNonSpace();
    const operands: Operand[] = [];
    for (;;) {
      this.#peekNonSpace();
      const operand = this.#operand();
      if (operand !== undefined) operands.push(operand);
      const token = this.#peek();
      if (token.kind === "rightDelimiter" || token.kind === "rightParenthesis") break;
      this.#next++;
      if (token.kind === "pipe") break;
      if (token.kind !== "space") this.#unexpected(token, "operand");
    }
    if (operands.length === 0) this.#fail("empty command");
    return { type: "command", at, operands };
  }

  #operand(): Operand | undefined {
    const operand = this.#term();
    if (operand === undefined || this.#peek().kind !== "field") return operand;
    const { at } = this.#peek();
    const fields: string[] = [];
    while (this.#peek().kind === "field") fields.push(this.#tokens[this.#next++]!.text.slice(1));
    switch (operand.type) {
      case "field":
        return { type: "field", at, names: [...operand.names, ...fields] };
      case "variable":
        return { type: "variable", at, names: [...operand.names, ...fields] };
      case "bool":
      case "string":
      case "number":
      case "nil":
      case "dot":
        return this.#fail(`unexpected . after term ${goQuote(printNode(operand))}`);
      default:
        return { type: "chain", at, operand, fields };
    }
  }

  #term(): Operand | undefined {
    const token = this.#nextNonSpace();
    const { at, text } = token;
    switch (token.kind) {
      case "identifier":
        if (!this.#functions.has(text)) this.#fail(`function ${goQuote(text)} not defined`);
        return { type: "identifier", at, name: text };
      case "dot":
      case "nil":
        return { type: token.kind, at };
      case "variable":
        if (!this.#variables.includes(text)) this.#fail(`undefined variable ${goQuote(text)}`);
        return { type: "variable", at, names: [text] };
      case "field":
        return { type: "field", at, names: [text.slice(1)] };
      case "bool":
        return { type: "bool", at, value: text === "true" };
      case "charConstant":
      case "number":
        return this.#number(token);
      case "complex":
        return this.#fail(`complex number ${goQuote(text)} is not supported`);
      case "leftParenthesis": {
        if (this.#depth >= MAX_DEPTH) this.#fail("max expression depth exceeded");
        this.#depth++;
        const pipe = this.#pipeline("parenthesized pipeline", "rightParenthesis");
        this.#depth--;
        return pipe;
      }
      case "string":
      case "rawString":
        return { type: "string", at, literal: text, value: this.#unquoted(token) };
      default:
        this.#next--;
        return undefined;
    }
  }

  #number({ at, text }: Token): Operand {
    try {
      return numberNode(at, text);
    } catch (error) {
      return this.#fail((error as Error).message);
    }
  }
}

/** Deeper parentheses than anybody writes would overflow the stack. Go has 10,000. */
const MAX_DEPTH = 500;

function isEmpty(nodes: readonly Node[]): boolean {
  return nodes.every((node) => node.type === "text" && node.text.trim() === "");
}
