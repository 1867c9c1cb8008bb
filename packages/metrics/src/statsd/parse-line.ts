import type { Attributes } from "@opentelemetry/api";

/** Counter, gauge, timing in milliseconds, histogram, distribution, set. */
export type StatsdType = "c" | "g" | "ms" | "h" | "d" | "s";

/** One line of StatsD or DogStatsD. */
export interface StatsdLine {
  readonly name: string;
  readonly type: StatsdType;
  /** As they were written: one, or several of DogStatsD 1.1; a gauge's sign matters. */
  readonly values: readonly string[];
  /** The share of the values that was sent, above 0 and at most 1. */
  readonly rate: number;
  /** `k:v,k2:v2` as they were written. */
  readonly tags: string;
}

/** What is no metric: an event or a service check of DogStatsD, or nothing that could be read. */
export type NoMetric = "event" | "service_check" | "malformed";

/**
 * Reads `name:value|type|@rate|#tags`. What else stands between bars, a container id or a timestamp, is passed over, as
 * DogStatsD asks of servers for what newer clients may add.
 */
export function parseLine(line: string): StatsdLine | NoMetric {
  if (line.startsWith("_e{")) return "event";
  if (line.startsWith("_sc|")) return "service_check";
  const colon = line.indexOf(":");
  if (colon < 1) return "malformed";
  const name = line.slice(0, colon);
  const [text = "", type = "", ...fields] = line.slice(colon + 1).split("|");
  if (name.includes("|") || !isType(type)) return "malformed";
  // A set counts texts, which may hold colons; DogStatsD allows sets one value only.
  const values = type === "s" ? [text] : text.split(":");
  if (!values.every((value) => (type === "s" ? value !== "" : NUMBER.test(value)))) return "malformed";
  let rate = 1;
  let tags = "";
  for (const field of fields) {
    if (field.startsWith("@")) rate = NUMBER.test(field.slice(1)) ? Number(field.slice(1)) : 0;
    else if (field.startsWith("#")) tags = field.slice(1);
  }
  if (!(rate > 0 && rate <= 1)) return "malformed";
  return { name, type, values, rate, tags };
}

/** Tags as attributes; one without a value is `true`. The last of a name counts. */
export function tagAttributes(tags: string): Attributes {
  const attributes: [string, string | boolean][] = [];
  for (const tag of tags.split(",")) {
    const colon = tag.indexOf(":");
    if (colon === -1 && tag !== "") attributes.push([tag, true]);
    else if (colon > 0 && colon < tag.length - 1) attributes.push([tag.slice(0, colon), tag.slice(colon + 1)]);
  }
  return Object.fromEntries(attributes);
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

function isType(type: string): type is StatsdType {
  return type === "c" || type === "g" || type === "ms" || type === "h" || type === "d" || type === "s";
}
