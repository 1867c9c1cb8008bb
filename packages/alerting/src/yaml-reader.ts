/**
 * YAML as Go's decoder reads it into structs: scalars by the type that is wanted, unknown and repeated fields refused, and
 * every fault with its place. One reading tells all faults, not the first only.
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseAllDocuments, Scalar } from "yaml";
import { didYouMean } from "./near-name.ts";

/** A fault of a file: both from 1. */
export interface YamlProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A node of the document together with what is needed to read it. */
export interface YamlValue {
  readonly line: number;
  readonly column: number;
  /** The text of a scalar; undefined for null, and with a problem for everything else. */
  text(): string | undefined;
  /** The items of a sequence, none for null. */
  items(): readonly YamlValue[];
  /** The fields of a mapping, none for null; names other than these are problems, all names are welcome without a list. */
  fields(known?: readonly string[]): ReadonlyMap<string, YamlValue>;
  /** A scalar as something else. What `read` throws is a problem. */
  read<T>(read: (text: string) => T): T | undefined;
  /** A mapping of names to texts. */
  record(): Readonly<Record<string, string>>;
  isNull(): boolean;
  problem(message: string): void;
}

export interface YamlReading {
  /** Undefined for an empty file, and for one that is no YAML. */
  readonly root: YamlValue | undefined;
  /** Filled while the values are read. */
  readonly problems: YamlProblem[];
  /** Only the first is read. */
  readonly documents: number;
}

export function readYaml(text: string): YamlReading {
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, { schema: "failsafe", lineCounter, prettyErrors: false, uniqueKeys: true });
  const problems: YamlProblem[] = [];
  const place = (at: number): { line: number; column: number } => {
    const { line, col } = lineCounter.linePos(at);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  if (!Array.isArray(documents) || documents.length === 0) return { root: undefined, problems, documents: 0 };
  const document = documents[0]!;
  for (const { pos, message } of document.errors) problems.push({ ...place(pos[0]), message: `yaml: ${message}` });
  const { contents } = document;
  if (problems.length > 0 || contents === null) return { root: undefined, problems, documents: documents.length };

  const yamlValue = (given: Node | null, at: number): YamlValue => {
    const node = isAlias(given) ? ((given.resolve(document) as Node | undefined) ?? null) : given;
    const { line, column } = place(given?.range?.[0] ?? at);
    const problem = (message: string) => void problems.push({ line, column, message });
    const isNull = () => node === null || (isScalar(node) && isNullText(node));
    const wrong = (wanted: string): undefined => {
      const got = isMap(node) ? "a mapping" : isSeq(node) ? "a list" : `"${(node as Scalar).value}"`;
      problem(`expected ${wanted}, got ${got}`);
      return undefined;
    };
    const scalar = (): string | undefined => {
      if (isNull()) return undefined;
      return isScalar(node) ? String(node.value) : wrong("a text");
    };
    const fields = (known?: readonly string[]): ReadonlyMap<string, YamlValue> => {
      const found = new Map<string, YamlValue>();
      if (isNull()) return found;
      if (!isMap(node)) {
        wrong("a mapping");
        return found;
      }
      for (const { key, value } of node.items as Pair<Node, Node | null>[]) {
        const name = isScalar(key) ? String(key.value) : "";
        const at = key.range?.[0] ?? 0;
        const field = yamlValue(value, key.range?.[1] ?? at);
        if (name === "<<" && isScalar(key) && key.type === Scalar.PLAIN) merge(field, found, known);
        else if (known !== undefined && !known.includes(name)) {
          const fields = known.length > 12 ? "" : `; its fields are ${known.join(", ")}`;
          const hint = didYouMean(name, known) || fields;
          problems.push({ ...place(at), message: `field ${name} not found${hint}` });
        } else found.set(name, field);
      }
      return found;
    };
    const items = (): readonly YamlValue[] => {
      if (isNull()) return [];
      if (isSeq(node)) return node.items.map((item) => yamlValue(item as Node | null, given?.range?.[0] ?? at));
      wrong("a list");
      return [];
    };
    return {
      line,
      column,
      text: scalar,
      items,
      fields,
      isNull,
      problem,
      read: (read) => {
        const text = scalar();
        if (text === undefined) return undefined;
        try {
          return read(text);
        } catch (error) {
          problem((error as Error).message);
          return undefined;
        }
      },
      record: () => {
        const record: Record<string, string> = Object.create(null);
        for (const [name, field] of fields()) record[name] = field.text() ?? "";
        return record;
      },
    };
  };
  return { root: yamlValue(contents as Node, 0), problems, documents: documents.length };
}

/** Fields that are there already win over those of `<<`. */
function merge(from: YamlValue, into: Map<string, YamlValue>, known: readonly string[] | undefined): void {
  for (const [name, field] of from.fields(known)) if (!into.has(name)) into.set(name, field);
}

function isNullText({ type, value }: Scalar): boolean {
  return (type === undefined || type === Scalar.PLAIN) && /^(?:~|null|Null|NULL)?$/.test(String(value ?? ""));
}

/** A whole number. @throws Error */
export function readInteger(text: string): number {
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  throw new Error(`expected a whole number, got "${text}"`);
}

/** @throws Error */
export function readBoolean(text: string): boolean {
  if (/^(?:true|True|TRUE)$/.test(text)) return true;
  if (/^(?:false|False|FALSE)$/.test(text)) return false;
  throw new Error(`expected true or false, got "${text}"`);
}
