/**
 * Values that a template works on, by their type in Go: string, boolean as they are, float64 as number, int as bigint, nil
 * and invalid as null; maps, structs, slices and functions as follows.
 */
export type Value = string | boolean | number | bigint | null | GoMap | GoStruct | GoSlice;

/** What a parameter takes: `any` of Go, `value` for reflect.Value, else one type by its name. */
export type Parameter = "any" | "value" | "string" | "int" | "float64" | (string & {});

export interface TemplateFunction {
  readonly parameters: readonly Parameter[];
  /** The type of more arguments than that, when there may be more. */
  readonly rest?: Parameter;
  /** @throws Error, which ends the execution */
  call(...values: Value[]): Value;
}

export type Methods = Readonly<Record<string, TemplateFunction>>;

const noMethods: Methods = {};

export class GoMap {
  readonly type: string;
  readonly entries: ReadonlyMap<string, Value>;
  /** The value of a key that is not there. */
  readonly zero: Value;
  readonly methods: Methods;

  constructor(type: string, entries: ReadonlyMap<string, Value>, zero: Value, methods: Methods = noMethods) {
    this.type = type;
    this.entries = entries;
    this.zero = zero;
    this.methods = methods;
  }

  static ofStrings(record: Readonly<Record<string, string>>): GoMap {
    return new GoMap("map[string]string", new Map(Object.entries(record)), "");
  }
}

export class GoStruct {
  readonly type: string;
  readonly fields: ReadonlyMap<string, Value>;
  readonly methods: Methods;
  /** What its method String gives, when it has one. */
  readonly text: (() => string) | undefined;
  /** Its value as a number, for functions that convert. */
  readonly number: number | undefined;

  constructor(
    type: string,
    fields: Readonly<Record<string, Value>>,
    more: { readonly methods?: Methods; readonly text?: () => string; readonly number?: number } = {},
  ) {
    this.type = type;
    this.fields = new Map(Object.entries(fields));
    this.methods = more.methods ?? noMethods;
    this.text = more.text;
    this.number = more.number;
  }
}

export class GoSlice {
  readonly type: string;
  readonly items: readonly Value[];
  readonly methods: Methods;

  constructor(type: string, items: readonly Value[], methods: Methods = noMethods) {
    this.type = type;
    this.items = items;
    this.methods = methods;
  }
}

/** The name of a value's type in Go. */
export function typeName(value: Value): string {
  switch (typeof value) {
    case "string":
      return "string";
    case "boolean":
      return "bool";
    case "number":
      return "float64";
    case "bigint":
      return "int";
    default:
      return value === null ? "<nil>" : value.type;
  }
}

/** Whether `if` takes the first branch. */
export function isTrue(value: Value): boolean {
  if (value instanceof GoMap) return value.entries.size > 0;
  if (value instanceof GoSlice) return value.items.length > 0;
  if (value instanceof GoStruct) return true;
  return typeof value === "number" ? value !== 0 : Boolean(value);
}

/** The keys of a map in Go's order for printing and `range`. */
export function sortedKeys(map: GoMap): readonly string[] {
  return [...map.entries.keys()].sort(compareBytes);
}

/** Strings by the bytes of their UTF-8, as Go compares them. */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [left, right] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (left === right) continue;
    return left >= 0xd800 && right >= 0xd800 ? a.codePointAt(i)! - b.codePointAt(i)! : left - right;
  }
  return a.length - b.length;
}
