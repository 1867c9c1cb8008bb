/**
 * What a template gives: Go's own execution, function by function and with its messages, in one file as there, since every
 * function of it calls the others.
 */

import { goQuote } from "@telltale/promql";
import { builtins } from "./builtins.ts";
import type { DefinedTemplate, Template } from "./parser.ts";
import { printValue } from "./printf.ts";
import {
  type CommandNode,
  type Node,
  type Operand,
  type PipeNode,
  printNode,
  type TemplateNode,
} from "./syntax-tree.ts";
import {
  GoMap,
  GoSlice,
  GoStruct,
  isTrue,
  type Parameter,
  sortedKeys,
  type TemplateFunction,
  typeName,
  type Value,
} from "./value.ts";

/** An execution that Go would end too, with its message. */
export class TemplateExecutionError extends Error {
  override readonly name = "TemplateExecutionError";
  readonly code = "TELLTALE_TEMPLATE_FAILED";
}

export interface ExecuteOptions {
  /** Of the template, among those that are defined. @default the one that was read */
  readonly name?: string;
  /** How a value that an action has is written. */
  readonly print?: (value: Value) => string;
}

function printResult(value: Value): string {
  return value === null ? "<no value>" : printValue(value);
}

/**
 * The text that a template gives for some data; a key that a map lacks has the zero value of its type.
 * @throws TemplateExecutionError
 */
export function executeTemplate(
  template: Template,
  data: Value,
  functions: ReadonlyMap<string, TemplateFunction>,
  { name = template.name, print = printResult }: ExecuteOptions = {},
): string {
  const root = template.templates.get(name);
  if (root === undefined) {
    const message = `template: no template ${goQuote(name)} associated with template ${goQuote(template.name)}`;
    throw new TemplateExecutionError(message);
  }
  const out: string[] = [];
  new Execution({ template, functions, print, out }, root, 0, data).list(data, root.nodes);
  return out.join("");
}

/** No value comes from the stage before. */
const nothing = Symbol("nothing");
type Final = Value | typeof nothing;

/** Go's limit is 100,000; what it calls recursion without end, ours must find before the stack overflows. */
const MAX_DEPTH = 500;

class LoopExit {
  readonly type: "break" | "continue";
  constructor(type: "break" | "continue") {
    this.type = type;
  }
}

interface Surroundings {
  readonly template: Template;
  readonly functions: ReadonlyMap<string, TemplateFunction>;
  readonly print: (value: Value) => string;
  readonly out: string[];
}

class Execution {
  readonly #surroundings: Surroundings;
  readonly #current: DefinedTemplate;
  readonly #depth: number;
  readonly #variables: { readonly name: string; value: Value }[];
  #node: Node | Operand | CommandNode | undefined;

  constructor(surroundings: Surroundings, current: DefinedTemplate, depth: number, data: Value) {
    this.#surroundings = surroundings;
    this.#current = current;
    this.#depth = depth;
    this.#variables = [{ name: "$", value: data }];
  }

  list(dot: Value, nodes: readonly Node[]): void {
    for (const node of nodes) this.#walk(dot, node);
  }

  #fail(message: string): never {
    const name = this.#current.name;
    if (this.#node === undefined) throw new TemplateExecutionError(`template: ${name}: ${message}`);
    const before = this.#current.text.slice(0, this.#node.at);
    const line = before.split("\n").length;
    const column = Buffer.byteLength(before.slice(before.lastIndexOf("\n") + 1));
    const place = `${this.#current.parseName}:${line}:${column}`;
    const context = printNode(this.#node);
    throw new TemplateExecutionError(`template: ${place}: executing ${goQuote(name)} at <${context}>: ${message}`);
  }

  #walk(dot: Value, node: Node): void {
    this.#node = node;
    switch (node.type) {
      case "text":
        this.#surroundings.out.push(node.text);
        return;
      case "action": {
        const value = this.#pipeline(dot, node.pipe);
        if (node.pipe.declarations.length > 0) return;
        this.#surroundings.out.push(this.#surroundings.print(value));
        return;
      }
      case "if":
      case "with": {
        const scope = this.#variables.length;
        const value = this.#pipeline(dot, node.pipe);
        if (isTrue(value)) this.list(node.type === "with" ? value : dot, node.list);
        else this.list(dot, node.elseList ?? []);
        this.#variables.length = scope;
        return;
      }
      case "range":
        this.#range(dot, node.pipe, node.list, node.elseList);
        return;
      case "template":
        this.#call(dot, node);
        return;
      case "break":
      case "continue":
        throw new LoopExit(node.type);
    }
  }

  #range(dot: Value, pipe: PipeNode, list: readonly Node[], elseList: readonly Node[] | undefined): void {
    const scope = this.#variables.length;
    const value = this.#pipeline(dot, pipe);
    const inner = this.#variables.length;
    const entries = this.#entries(value, pipe.declarations.length);
    for (const [key, element] of entries) {
      this.#bind(pipe, key, element);
      try {
        this.list(element, list);
      } catch (error) {
        if (!(error instanceof LoopExit)) throw error;
        if (error.type === "break") break;
      } finally {
        this.#variables.length = inner;
      }
    }
    this.#variables.length = scope;
    if (entries.length === 0) this.list(dot, elseList ?? []);
  }

  #entries(value: Value, declared: number): readonly (readonly [Value, Value])[] {
    if (value === null) return [];
    if (value instanceof GoSlice) return value.items.map((item, i) => [BigInt(i), item]);
    if (value instanceof GoMap) return sortedKeys(value).map((key) => [key, value.entries.get(key)!]);
    if (typeof value !== "bigint") return this.#fail(`range can't iterate over ${printValue(value)}`);
    if (declared > 1) return this.#fail(`can't use ${value} to iterate over more than one variable`);
    return Array.from({ length: Math.max(0, Number(value)) }, (_, i) => [null, BigInt(i)]);
  }

  #bind({ declarations, isAssign }: PipeNode, key: Value, element: Value): void {
    const [first, second] = declarations;
    if (first === undefined) return;
    if (isAssign) {
      this.#assign(first.names[0]!, second === undefined ? element : key);
      if (second !== undefined) this.#assign(second.names[0]!, element);
      return;
    }
    this.#variables.at(-1)!.value = element;
    if (second !== undefined) this.#variables.at(-2)!.value = key;
  }

  #call(dot: Value, node: TemplateNode): void {
    const template =
      this.#surroundings.template.templates.get(node.name) ?? this.#fail(`template ${goQuote(node.name)} not defined`);
    if (this.#depth === MAX_DEPTH) this.#fail(`exceeded maximum template depth (${MAX_DEPTH})`);
    const data = node.pipe === undefined ? null : this.#pipeline(dot, node.pipe);
    const inner = new Execution(this.#surroundings, template, this.#depth + 1, data);
    inner.list(data, template.nodes);
  }

  #pipeline(dot: Value, pipe: PipeNode): Value {
    this.#node = pipe;
    let value: Final = nothing;
    for (const command of pipe.commands) value = this.#command(dot, command, value);
    const result = value as Value;
    for (const { names } of pipe.declarations) {
      if (pipe.isAssign) this.#assign(names[0]!, result);
      else this.#variables.push({ name: names[0]!, value: result });
    }
    return result;
  }

  #assign(name: string, value: Value): void {
    const variable = this.#variables.findLast((one) => one.name === name);
    if (variable === undefined) this.#fail(`undefined variable: ${name}`);
    else variable.value = value;
  }

  #variable(name: string): Value {
    const variable = this.#variables.findLast((one) => one.name === name);
    return variable === undefined ? this.#fail(`undefined variable: ${name}`) : variable.value;
  }

  #command(dot: Value, { operands }: CommandNode, final: Final): Value {
    const first = operands[0]!;
    switch (first.type) {
      case "field":
        this.#node = first;
        return this.#fields(dot, dot, first, first.names, operands, final);
      case "chain":
        return this.#chain(dot, first, operands, final);
      case "identifier":
        this.#node = first;
        return this.#function(dot, first, first.name, operands, final);
      case "pipe":
        this.#notAFunction(operands, final);
        return this.#pipeline(dot, first);
      case "variable":
        return this.#variableFields(dot, first, operands, final);
    }
    this.#node = first;
    this.#notAFunction(operands, final);
    if (first.type === "nil") return this.#fail("nil is not a command");
    return this.#constant(dot, first);
  }

  #constant(
    dot: Value,
    node: Exclude<Operand, { type: "field" | "chain" | "identifier" | "pipe" | "variable" | "nil" }>,
  ): Value {
    switch (node.type) {
      case "bool":
      case "string":
        return node.value;
      case "dot":
        return dot;
      case "number": {
        const isFloat =
          !/^0[xX][^pP]*$/.test(node.literal) && !node.literal.startsWith("'") && /[.eEpP]/.test(node.literal);
        return isFloat || node.int === undefined ? node.float : node.int;
      }
    }
  }

  #notAFunction(operands: readonly Operand[], final: Final): void {
    if (operands.length > 1 || final !== nothing) {
      this.#fail(`can't give argument to non-function ${printNode(operands[0]!)}`);
    }
  }

  #chain(dot: Value, node: Operand & { type: "chain" }, operands: readonly Operand[], final: Final): Value {
    this.#node = node;
    if (node.operand.type === "nil") return this.#fail(`indirection through explicit nil in ${printNode(node)}`);
    return this.#fields(dot, this.#argument(dot, "value", node.operand), node, node.fields, operands, final);
  }

  #variableFields(dot: Value, node: Operand & { type: "variable" }, operands: readonly Operand[], final: Final): Value {
    this.#node = node;
    const value = this.#variable(node.names[0]!);
    if (node.names.length > 1) return this.#fields(dot, value, node, node.names.slice(1), operands, final);
    this.#notAFunction(operands, final);
    return value;
  }

  #fields(
    dot: Value,
    receiver: Value,
    node: Operand,
    names: readonly string[],
    operands: readonly Operand[],
    final: Final,
  ): Value {
    let value = receiver;
    for (const [i, name] of names.entries()) {
      const last = i === names.length - 1;
      value = this.#field(dot, value, node, name, last ? operands : [], last ? final : nothing);
    }
    return value;
  }

  #field(dot: Value, receiver: Value, node: Operand, name: string, operands: readonly Operand[], final: Final): Value {
    if (receiver === null) return null;
    if (typeof receiver === "object") {
      const method = Object.hasOwn(receiver.methods, name) ? receiver.methods[name] : undefined;
      if (method !== undefined) return this.#invoke(dot, node, name, method, operands, final);
      const hasArguments = operands.length > 1 || final !== nothing;
      if (receiver instanceof GoStruct) {
        const field = receiver.fields.get(name);
        if (field !== undefined && hasArguments) this.#fail(`${name} has arguments but cannot be invoked as function`);
        if (field !== undefined) return field;
      } else if (receiver instanceof GoMap) {
        if (hasArguments) this.#fail(`${name} is not a method but has arguments`);
        return receiver.entries.get(name) ?? receiver.zero;
      }
    }
    return this.#fail(`can't evaluate field ${name} in type ${typeName(receiver)}`);
  }

  #function(dot: Value, node: Operand, name: string, operands: readonly Operand[], final: Final): Value {
    const own = this.#surroundings.functions.get(name);
    const called = own ?? builtins.get(name);
    if (called === undefined) return this.#fail(`${goQuote(name)} is not a defined function`);
    if (own !== undefined || (name !== "and" && name !== "or")) {
      return this.#invoke(dot, node, name, called, operands, final);
    }
    const inputs = operands.length - 1 + (final === nothing ? 0 : 1);
    if (inputs < 1) this.#fail(`wrong number of args for ${name}: want at least 1 got ${inputs}`);
    let value: Value = null;
    for (const operand of operands.slice(1)) {
      value = this.#argument(dot, "value", operand);
      if (isTrue(value) === (name === "or")) return value;
    }
    return final === nothing ? value : final;
  }

  #invoke(
    dot: Value,
    node: Operand,
    name: string,
    called: TemplateFunction,
    operands: readonly Operand[],
    final: Final,
  ): Value {
    const given = operands.slice(1);
    const { parameters, rest } = called;
    const inputs = given.length + (final === nothing ? 0 : 1);
    if (rest !== undefined && inputs < parameters.length) {
      this.#fail(`wrong number of args for ${name}: want at least ${parameters.length} got ${given.length}`);
    }
    if (rest === undefined && inputs !== parameters.length) {
      this.#fail(`wrong number of args for ${name}: want ${parameters.length} got ${inputs}`);
    }
    const values = given.map((operand, i) => this.#argument(dot, parameters[i] ?? rest!, operand));
    if (final !== nothing) values.push(this.#checked(final, parameters[inputs - 1] ?? rest!));
    try {
      return called.call(...values);
    } catch (error) {
      if (error instanceof TemplateExecutionError) throw error;
      // Go shows the whole command.
      this.#node =
        node.type === "identifier"
          ? { type: "command", at: node.at, operands: operands.length > 0 ? operands : [node] }
          : node;
      return this.#fail(`error calling ${name}: ${(error as Error).message}`);
    }
  }

  #checked(value: Value, parameter: Parameter): Value {
    if (parameter === "any" || parameter === "value") return value;
    if (value === null) {
      if (/^[a-z0-9]+$/.test(parameter)) return this.#fail(`invalid value; expected ${parameter}`);
      return null;
    }
    if (typeName(value) !== parameter) {
      this.#fail(`wrong type for value; expected ${parameter}; got ${typeName(value)}`);
    }
    return value;
  }

  #argument(dot: Value, parameter: Parameter, node: Operand): Value {
    this.#node = node;
    switch (node.type) {
      case "dot":
        return this.#checked(dot, parameter);
      case "nil":
        if (/^(string|int|float64|bool)$/.test(parameter)) this.#fail(`cannot assign nil to ${parameter}`);
        return null;
      case "field":
        return this.#checked(this.#fields(dot, dot, node, node.names, [], nothing), parameter);
      case "variable":
        return this.#checked(this.#variableFields(dot, node, [], nothing), parameter);
      case "pipe":
        return this.#checked(this.#pipeline(dot, node), parameter);
      case "identifier":
        return this.#checked(this.#function(dot, node, node.name, [], nothing), parameter);
      case "chain":
        return this.#checked(this.#chain(dot, node, [], nothing), parameter);
    }
    return this.#literal(dot, parameter, node);
  }

  #literal(dot: Value, parameter: Parameter, node: Operand & { type: "bool" | "number" | "string" }): Value {
    switch (parameter) {
      case "any":
      case "value":
        return this.#constant(dot, node);
      case "string":
        return node.type === "string" ? node.value : this.#fail(`expected string; found ${printNode(node)}`);
      case "int":
        if (node.type === "number" && node.int !== undefined) return node.int;
        return this.#fail(`expected integer; found ${printNode(node)}`);
      case "float64":
        return node.type === "number" ? node.float : this.#fail(`expected float; found ${printNode(node)}`);
      default:
        return this.#fail(`can't handle ${printNode(node)} for arg of type ${parameter}`);
    }
  }
}
