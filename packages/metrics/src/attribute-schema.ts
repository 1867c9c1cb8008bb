import type { AttributeValue } from "@opentelemetry/api";
import type { AttributeDeclarations, AttributeValues, OpenAttribute } from "./declaration.ts";
import { dropAttribute } from "./drops.ts";

/** The longest text an attribute of a metric keeps, in UTF-16 units; with a longer key it is left out. A label of megabytes serves nobody. */
export const MAX_ATTRIBUTE_LENGTH = 4_096;

/** Where values outside a declared set go. */
export const OTHER = "other";

/** What one call's attributes come down to: known keys in one order, with values that every exporter can write. */
export interface CanonicalAttributes {
  readonly keys: readonly string[];
  readonly values: readonly AttributeValue[];
  /** How many attributes a view takes away; nobody needs to be told of them. */
  readonly hidden?: number;
}

/** Whether a view keeps the attributes of this key. */
export type KeepKey = (key: string) => boolean;

/** Makes attributes canonical by an instrument's declaration. Never throws. */
export interface AttributeSchema {
  canonical(attributes: unknown): CanonicalAttributes;
}

const NONE: CanonicalAttributes = { keys: [], values: [] };

/** `declared` is undefined for an instrument that takes any attributes. */
export function attributeSchema(
  instrument: string,
  declared: AttributeDeclarations<AttributeValues> | undefined,
  keepKey?: KeepKey,
): AttributeSchema {
  if (keepKey !== undefined) return withoutHidden(attributeSchema(instrument, declared), keepKey);
  const rules =
    declared === undefined ? undefined : new Map(Object.entries(declared).map(([k, rule]) => [k, ruleOf(rule)]));
  return {
    canonical(attributes) {
      if (typeof attributes !== "object" || attributes === null) return NONE;
      try {
        return rules === undefined ? sorted(instrument, attributes) : ruled(instrument, attributes, rules);
      } catch {
        dropAttribute(instrument, "threw", "?");
        return NONE;
      }
    },
  };
}

function withoutHidden(schema: AttributeSchema, keepKey: KeepKey): AttributeSchema {
  return {
    canonical(attributes) {
      const all = schema.canonical(attributes);
      const kept = all.keys.map((key) => keepKey(key));
      const hidden = kept.filter((keep) => !keep).length;
      if (hidden === 0) return all;
      return { keys: all.keys.filter((_, i) => kept[i]), values: all.values.filter((_, i) => kept[i]), hidden };
    },
  };
}

/** Maps a value to itself or to `other`. */
type Rule = (value: AttributeValue) => AttributeValue;

function ruleOf(rule: readonly AttributeValue[] | OpenAttribute<AttributeValue>): Rule {
  if ("max" in rule) {
    if (rule.max === Number.POSITIVE_INFINITY) return (value) => value;
    const kept = new Set<unknown>();
    return (value) => {
      if (kept.has(value)) return value;
      if (kept.size >= rule.max) return OTHER;
      kept.add(value);
      return value;
    };
  }
  const allowed = new Set<unknown>(rule);
  return (value) => (allowed.has(value) ? value : OTHER);
}

function ruled(instrument: string, attributes: object, rules: ReadonlyMap<string, Rule>): CanonicalAttributes {
  const keys: string[] = [];
  const values: AttributeValue[] = [];
  for (const [key, rule] of rules) {
    const value = exportable(instrument, key, (attributes as Record<string, unknown>)[key]);
    if (value === undefined) continue;
    keys.push(key);
    values.push(rule(value));
  }
  for (const key of Object.keys(attributes)) if (!rules.has(key)) dropAttribute(instrument, "undeclared", key);
  return { keys, values };
}

function sorted(instrument: string, attributes: object): CanonicalAttributes {
  const keys: string[] = [];
  const values: AttributeValue[] = [];
  for (const key of Object.keys(attributes).sort()) {
    const value = exportable(instrument, key, (attributes as Record<string, unknown>)[key]);
    if (value === undefined) continue;
    keys.push(key);
    values.push(value);
  }
  return { keys, values };
}

function exportable(instrument: string, key: string, value: unknown): AttributeValue | undefined {
  if (value === undefined || value === null) return undefined;
  if (key.length > MAX_ATTRIBUTE_LENGTH) {
    dropAttribute(instrument, "too_long", key);
    return undefined;
  }
  if (typeof value === "string") return short(instrument, key, value);
  // NaN is not equal to itself, so each would be a series of its own.
  if (Number.isNaN(value)) return "NaN";
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) {
    const kind = typeof value.find((item) => item !== undefined && item !== null);
    if (value.every((item) => item === undefined || item === null || typeof item === kind) && listable.has(kind)) {
      return Object.freeze([...value]) as AttributeValue;
    }
  }
  dropAttribute(instrument, "type", key);
  return undefined;
}

const listable: ReadonlySet<string> = new Set(["string", "number", "boolean", "undefined"]);

function short(instrument: string, key: string, value: string): string {
  if (value.length <= MAX_ATTRIBUTE_LENGTH) return value;
  dropAttribute(instrument, "too_long", key);
  return value.slice(0, MAX_ATTRIBUTE_LENGTH);
}
