import { bigintIn, numberIn, type OtlpTree, stringIn, treeIn, treesIn } from "./otlp-tree.ts";

/**
 * Attributes as plain values: string, number, boolean, `Uint8Array`, lists and objects of these, `null` for the empty
 * value, and `bigint` for integers beyond 2^53.
 */
export type ReceivedAttributes = Readonly<Record<string, unknown>>;

export interface ReceivedResource {
  readonly attributes: ReceivedAttributes;
  readonly schemaUrl: string;
}

export interface ReceivedScope {
  readonly name: string;
  readonly version: string;
  readonly attributes: ReceivedAttributes;
  readonly schemaUrl: string;
}

export function attributesOf(tree: OtlpTree, field = "attributes"): ReceivedAttributes {
  return Object.fromEntries(treesIn(tree, field).map((entry) => [stringIn(entry, "key"), anyValueIn(entry, "value")]));
}

/** The plain value of an OTLP `AnyValue`. */
export function anyValueIn(tree: OtlpTree, field: string): unknown {
  const value = treeIn(tree, field);
  if ("stringValue" in value) return value["stringValue"];
  if ("boolValue" in value) return value["boolValue"];
  if ("intValue" in value) return plainInteger(bigintIn(value, "intValue"));
  if ("doubleValue" in value) return numberIn(value, "doubleValue");
  if ("bytesValue" in value) return value["bytesValue"];
  if ("arrayValue" in value) {
    return treesIn(treeIn(value, "arrayValue"), "values").map((inner) => anyValueIn({ inner }, "inner"));
  }
  if ("kvlistValue" in value) return attributesOf(treeIn(value, "kvlistValue"), "values");
  return null;
}

export function resourceOf(tree: OtlpTree): ReceivedResource {
  return { attributes: attributesOf(treeIn(tree, "resource")), schemaUrl: stringIn(tree, "schemaUrl") };
}

export function scopeOf(tree: OtlpTree): ReceivedScope {
  const scope = treeIn(tree, "scope");
  return {
    name: stringIn(scope, "name"),
    version: stringIn(scope, "version"),
    attributes: attributesOf(scope),
    schemaUrl: stringIn(tree, "schemaUrl"),
  };
}

function plainInteger(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
