import type { Attributes } from "@opentelemetry/api";
import { escapeText, labelNameText, type Naming, translatedNames } from "./naming.ts";

/** Labels of the exposition format itself: an attribute of that name is told apart as Prometheus does for targets. */
const RESERVED: ReadonlySet<string> = new Set(["le", "quantile"]);

/** Attributes as `a="1",b="2"`, without braces. Never throws. */
export function labelText(attributes: Attributes, naming?: Naming): string {
  return pairsText(labelPairs(attributes, naming));
}

/** Labels as they stand between the braces. */
export function pairsText(labels: ReadonlyMap<string, string>): string {
  let text = "";
  for (const [name, value] of labels) {
    text += `${text === "" ? "" : ","}${labelNameText(name)}="${escapeText(value)}"`;
  }
  return text;
}

/**
 * Attributes as labels. Keys that fall together (`a.b` and `a_b`) are one label whose values are joined by `;` in the order
 * of the keys, as the OpenTelemetry specification says. Never throws.
 */
export function labelPairs(attributes: Attributes, naming: Naming = translatedNames): Map<string, string> {
  const labels = new Map<string, string>();
  const keys = Object.keys(attributes);
  const plain = keys.every((key) => PLAIN_LABEL.test(key) && !RESERVED.has(key));
  if (plain) for (const key of keys) labels.set(key, valueText(attributes[key]));
  else for (const key of keys.sort()) put(labels, labelOf(key, naming), valueText(attributes[key]));
  return labels;
}

/** The label that an attribute becomes; undefined when nothing of its key can be used. */
export function labelOf(key: string, naming: Naming = translatedNames): string | undefined {
  const name = naming.label(key);
  return name !== undefined && RESERVED.has(name) ? `exported_${name}` : name;
}

/** Needs no translation and cannot fall together with another one that needs none. */
const PLAIN_LABEL = /^[A-Za-z](?!.*__)[A-Za-z0-9_]*$/;

function put(labels: Map<string, string>, name: string | undefined, value: string): void {
  if (name === undefined) return;
  const before = labels.get(name);
  labels.set(name, before === undefined ? value : `${before};${value}`);
}

function valueText(value: unknown): string {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
    case "boolean":
    case "bigint":
      return String(value);
    case "undefined":
      return "";
    default:
      return json(value);
  }
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    // Circular, holds a bigint, or throws when read: the label is empty rather than the page.
    return "";
  }
}
