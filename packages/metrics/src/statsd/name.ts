import type { Attributes, AttributeValue } from "@opentelemetry/api";

/** Datadog cuts tags at 200 characters. */
const MAX_TAG_VALUE_LENGTH = 200;

/** A metric name of letters, digits and `_ . -`, which every server takes. */
export function metricName(prefix: string, name: string): string {
  const clean = name.replace(/[^A-Za-z0-9_.-]+/g, "_") || "_";
  return prefix === "" ? clean : `${prefix.replace(/\.+$/, "")}.${clean}`;
}

/**
 * Attributes as DogStatsD tags, `k:v,k2:v2`. What has a meaning in a line becomes `_`; a colon may stay in a value, which
 * begins after the first one. An attribute without a name or a value is left out.
 */
export function tagText(attributes: Attributes): string {
  const tags: string[] = [];
  for (const [key, value] of Object.entries(attributes)) {
    const name = key.replace(/[:|@#,\s\p{Cc}]+/gu, "_");
    const text = valueText(value).replace(/[|@#,\p{Cc}\u2028\u2029]+/gu, "_");
    if (name !== "" && text !== "") tags.push(`${name}:${text}`);
  }
  return tags.join(",");
}

/**
 * Attributes as the end of a plain StatsD name, `.key.value.key2.value2`, sorted by key: the hierarchy that users of
 * Graphite know, as Micrometer writes it.
 */
export function nameSuffix(attributes: Attributes): string {
  let suffix = "";
  for (const key of Object.keys(attributes).sort()) {
    const text = segment(valueText(attributes[key]));
    if (key !== "" && text !== "") suffix += `.${segment(key)}.${text}`;
  }
  return suffix;
}

function segment(text: string): string {
  return text.replace(/[^A-Za-z0-9_-]+/g, "_");
}

function valueText(value: AttributeValue | undefined): string {
  if (value === undefined || value === null) return "";
  const text = Array.isArray(value) ? value.join(";") : String(value);
  return text.slice(0, MAX_TAG_VALUE_LENGTH);
}
