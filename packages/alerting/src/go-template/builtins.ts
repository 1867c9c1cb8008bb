import { printValue, sprintf } from "./printf.ts";
import { GoMap, GoSlice, isTrue, type TemplateFunction, typeName, type Value } from "./value.ts";

/** The functions that Go's text/template has by itself; `and` and `or` are evaluated apart, since they stop early. */
export const builtins: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ["and", { parameters: ["value"], rest: "value", call: (first) => first! }],
  ["or", { parameters: ["value"], rest: "value", call: (first) => first! }],
  ["not", { parameters: ["value"], call: (value) => !isTrue(value!) }],
  ["len", { parameters: ["value"], call: (value) => length(value!) }],
  ["index", { parameters: ["value"], rest: "value", call: (item, ...indexes) => index(item!, indexes) }],
  ["slice", { parameters: ["value"], rest: "value", call: (item, ...indexes) => slice(item!, indexes) }],
  ["call", { parameters: ["value"], rest: "value", call: (value) => fail(`non-function of type ${typeName(value!)}`) }],
  ["print", { parameters: [], rest: "any", call: (...values) => print(values) }],
  ["printf", { parameters: ["string"], rest: "any", call: (format, ...values) => sprintf(format as string, values) }],
  ["println", { parameters: [], rest: "any", call: (...values) => `${values.map(printValue).join(" ")}\n` }],
  ["html", { parameters: [], rest: "any", call: (...values) => escapeHtml(print(values)) }],
  ["js", { parameters: [], rest: "any", call: (...values) => escapeJs(print(values)) }],
  ["urlquery", { parameters: [], rest: "any", call: (...values) => queryEscape(print(values)) }],
  ["eq", { parameters: ["value"], rest: "value", call: (first, ...others) => equalsAny(first!, others) }],
  ["ne", { parameters: ["value", "value"], call: (a, b) => !equalsAny(a!, [b!]) }],
  ["lt", { parameters: ["value", "value"], call: (a, b) => less(a!, b!) }],
  ["le", { parameters: ["value", "value"], call: (a, b) => less(a!, b!) || equalsAny(a!, [b!]) }],
  ["gt", { parameters: ["value", "value"], call: (a, b) => !(less(a!, b!) || equalsAny(a!, [b!])) }],
  ["ge", { parameters: ["value", "value"], call: (a, b) => !less(a!, b!) }],
]);

/** Go's url.QueryEscape. */
export function queryEscape(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+");
}

/** Go's fmt.Sprint: a space between two values of which neither is a string. */
function print(values: readonly Value[]): string {
  return values
    .map((value, i) => {
      const before = values[i - 1];
      const spaced = i > 0 && typeof value !== "string" && typeof before !== "string";
      return (spaced ? " " : "") + printValue(value);
    })
    .join("");
}

function fail(message: string): never {
  throw new Error(message);
}

function length(value: Value): bigint {
  if (typeof value === "string") return BigInt(Buffer.byteLength(value));
  if (value instanceof GoMap) return BigInt(value.entries.size);
  if (value instanceof GoSlice) return BigInt(value.items.length);
  return fail(value === null ? "len of nil pointer" : `len of type ${typeName(value)}`);
}

function index(item: Value, indexes: readonly Value[]): Value {
  if (item === null) return fail("index of untyped nil");
  let found: Value = item;
  for (const one of indexes) {
    if (found === null) return fail("index of nil pointer");
    if (found instanceof GoMap) {
      if (one === null) return fail("value is nil; should be of type string");
      if (typeof one !== "string") return fail(`value has type ${typeName(one)}; should be string`);
      found = found.entries.get(one) ?? found.zero;
    } else if (found instanceof GoSlice) {
      const at = indexOf(one, found.items.length);
      if (at >= found.items.length) return fail(`error calling index: reflect: slice index out of range`);
      found = found.items[at]!;
    } else if (typeof found === "string") {
      const bytes = Buffer.from(found);
      const at = indexOf(one, bytes.length);
      if (at >= bytes.length) return fail("reflect: string index out of range");
      found = BigInt(bytes[at]!);
    } else return fail(`can't index item of type ${typeName(found)}`);
  }
  return found;
}

function slice(item: Value, indexes: readonly Value[]): Value {
  if (item === null) return fail("slice of untyped nil");
  if (indexes.length > 3) return fail(`too many slice indexes: ${indexes.length}`);
  if (typeof item !== "string" && !(item instanceof GoSlice)) return fail(`can't slice item of type ${typeName(item)}`);
  if (typeof item === "string" && indexes.length === 3) return fail("cannot 3-index slice a string");
  const bytes = typeof item === "string" ? Buffer.from(item) : undefined;
  const size = bytes?.length ?? (item as GoSlice).items.length;
  const places = indexes.map((one) => indexOf(one, size));
  const [from = 0, to = size, limit = size] = places;
  if (from > to) return fail(`invalid slice index: ${from} > ${to}`);
  if (to > limit) return fail(`invalid slice index: ${to} > ${limit}`);
  if (bytes !== undefined) return bytes.subarray(from, to).toString();
  return new GoSlice((item as GoSlice).type, (item as GoSlice).items.slice(from, to));
}

function indexOf(value: Value, size: number): number {
  if (value === null) return fail("cannot index slice/array with nil");
  if (typeof value !== "bigint") return fail(`cannot index slice/array with type ${typeName(value)}`);
  if (value < 0n || value > BigInt(size)) return fail(`index out of range: ${value}`);
  return Number(value);
}

function equalsAny(first: Value, others: readonly Value[]): boolean {
  if (others.length === 0) return fail("missing argument for comparison");
  return others.some((other) => {
    if (first !== null && other !== null && typeof first !== typeof other) return incompatible(first, other);
    if (typeof first === "object" && first !== null && other !== null) {
      return fail(`non-comparable type ${printValue(first)}: ${typeName(first)}`);
    }
    return first === other;
  });
}

function less(a: Value, b: Value): boolean {
  for (const one of [a, b]) if (one === null || typeof one === "object") return fail("invalid type for comparison");
  if (typeof a !== typeof b) return incompatible(a, b);
  if (typeof a === "boolean") return fail("invalid type for comparison");
  if (typeof a === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b as string)) < 0;
  return (a as number) < (b as number);
}

function incompatible(a: Value, b: Value): never {
  return fail(`incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`);
}

const htmlEscapes: Readonly<Record<string, string>> = {
  "\0": "\ufffd",
  '"': "&#34;",
  "'": "&#39;",
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
};

function escapeHtml(text: string): string {
  return text.replace(/[\0"'&<>]/g, (char) => htmlEscapes[char]!);
}

function escapeJs(text: string): string {
  return text.replace(/[\\'"<>&=\p{Cc}]/gu, (char) => {
    if (char === "\\" || char === "'" || char === '"') return `\\${char}`;
    return `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
  });
}
