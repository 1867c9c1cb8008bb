/** What a template in Go's text/template language is made of. `at` is a place in the text, in UTF-16 code units. */

export type Node = TextNode | ActionNode | BranchNode | TemplateNode | LoopExitNode;

export interface TextNode {
  readonly type: "text";
  readonly at: number;
  readonly text: string;
}

export interface ActionNode {
  readonly type: "action";
  readonly at: number;
  readonly pipe: PipeNode;
}

export interface BranchNode {
  readonly type: "if" | "range" | "with";
  readonly at: number;
  readonly pipe: PipeNode;
  readonly list: readonly Node[];
  readonly elseList: readonly Node[] | undefined;
}

export interface TemplateNode {
  readonly type: "template";
  readonly at: number;
  readonly name: string;
  readonly pipe: PipeNode | undefined;
}

export interface LoopExitNode {
  readonly type: "break" | "continue";
  readonly at: number;
}

export interface PipeNode {
  readonly type: "pipe";
  readonly at: number;
  readonly isAssign: boolean;
  readonly declarations: readonly VariableNode[];
  readonly commands: readonly CommandNode[];
}

export interface CommandNode {
  readonly type: "command";
  readonly at: number;
  readonly operands: readonly Operand[];
}

export type Operand =
  | PipeNode
  | VariableNode
  | ChainNode
  | NumberNode
  | { readonly type: "identifier"; readonly at: number; readonly name: string }
  | { readonly type: "dot"; readonly at: number }
  | { readonly type: "nil"; readonly at: number }
  | { readonly type: "field"; readonly at: number; readonly names: readonly string[] }
  | { readonly type: "bool"; readonly at: number; readonly value: boolean }
  | { readonly type: "string"; readonly at: number; readonly literal: string; readonly value: string };

export interface VariableNode {
  readonly type: "variable";
  readonly at: number;
  /** `$x` and the fields behind it. */
  readonly names: readonly string[];
}

export interface ChainNode {
  readonly type: "chain";
  readonly at: number;
  readonly operand: Operand;
  readonly fields: readonly string[];
}

export interface NumberNode {
  readonly type: "number";
  readonly at: number;
  readonly literal: string;
  readonly int: bigint | undefined;
  readonly float: number;
}

/** A node as Go writes it in messages. */
export function printNode(node: Node | Operand | CommandNode): string {
  switch (node.type) {
    case "text":
      return node.text;
    case "action":
      return `{{${printNode(node.pipe)}}}`;
    case "if":
    case "range":
    case "with": {
      const otherwise = node.elseList === undefined ? "" : `{{else}}${node.elseList.map(printNode).join("")}`;
      return `{{${node.type} ${printNode(node.pipe)}}}${node.list.map(printNode).join("")}${otherwise}{{end}}`;
    }
    case "template":
      return `{{template ${JSON.stringify(node.name)}${node.pipe === undefined ? "" : ` ${printNode(node.pipe)}`}}}`;
    case "break":
    case "continue":
      return `{{${node.type}}}`;
    case "pipe": {
      const declared = node.declarations.map(printNode).join(", ");
      const prefix = declared === "" ? "" : `${declared} ${node.isAssign ? "=" : ":="} `;
      return prefix + node.commands.map(printNode).join(" | ");
    }
    case "command":
      return node.operands.map(printOperand).join(" ");
    case "identifier":
      return node.name;
    case "dot":
      return ".";
    case "nil":
      return "nil";
    case "field":
      return node.names.map((name) => `.${name}`).join("");
    case "variable":
      return node.names.join(".");
    case "chain":
      return printOperand(node.operand) + node.fields.map((name) => `.${name}`).join("");
    case "bool":
      return String(node.value);
    case "number":
    case "string":
      return node.literal;
  }
}

function printOperand(node: Operand): string {
  return node.type === "pipe" ? `(${printNode(node)})` : printNode(node);
}
