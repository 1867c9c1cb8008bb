import type { Clock } from "../clock.ts";
import { GoMap, GoSlice, GoStruct, type TemplateFunction, type Value } from "../go-template/value.ts";
import { goDuration, inZone, timeOf } from "../template/go-time.ts";
import { prometheusFunctions } from "../template/prometheus-functions.ts";
import { matchesPattern, replacePattern } from "../template/replace-pattern.ts";
import { timeZone } from "../template/time-zone.ts";
import { lowerCase, titleCase, upperCase } from "./letter-case.ts";

const text = (call: (text: string) => Value): TemplateFunction => ({
  parameters: ["string"],
  call: (value) => call(value as string),
});

const humanizeDuration = prometheusFunctions({ timeMs: 0, query: () => [], externalUrl: "" }).get("humanizeDuration")!;

/** The type of what `safeHtml` gives. */
export const SAFE_HTML = "template.HTML";

/** The functions that Alertmanager adds to Go's in the templates of receivers. */
export function notificationFunctions(clock: Clock): ReadonlyMap<string, TemplateFunction> {
  const since: TemplateFunction = {
    parameters: ["time.Time"],
    call: (time) => goDuration((clock.now() - timeOf(time!)) / 1000),
  };
  return new Map([...timelessFunctions, ["since", since]]);
}

const timelessFunctions: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ["toUpper", text(upperCase)],
  ["toLower", text(lowerCase)],
  ["title", text(titleCase)],
  ["trimSpace", text((value) => value.replace(/^\p{White_Space}+|\p{White_Space}+$/gu, ""))],
  ["safeHtml", text((value) => new GoStruct(SAFE_HTML, {}, { text: () => value }))],
  ["safeUrl", text((value) => value)],
  ["urlUnescape", text((value) => decodeURIComponent(value.replaceAll("+", " ")))],
  ["base64encode", text((value) => Buffer.from(value).toString("base64").replaceAll("+", "-").replaceAll("/", "_"))],
  ["base64decode", text((value) => Buffer.from(value, "base64url").toString())],
  ["humanizeDuration", humanizeDuration],
  [
    "join",
    {
      parameters: ["string", "[]string"],
      call: (separator, list) => ((list as GoSlice | null)?.items ?? []).join(separator as string),
    },
  ],
  [
    "match",
    { parameters: ["string", "string"], call: (pattern, value) => matchesPattern(pattern as string, value as string) },
  ],
  [
    "reReplaceAll",
    {
      parameters: ["string", "string", "string"],
      call: (...parts) => replacePattern(...(parts as [string, string, string])),
    },
  ],
  ["stringSlice", { parameters: [], rest: "string", call: (...items) => new GoSlice("[]string", items) }],
  [
    "date",
    {
      parameters: ["string", "time.Time"],
      call: (layout, time) => (time as GoStruct).methods["Format"]!.call(layout!),
    },
  ],
  [
    "tz",
    {
      parameters: ["string", "time.Time"],
      call: (place, time) => inZone(time as GoStruct, timeZone(place as string)),
    },
  ],
  [
    "toJson",
    { parameters: ["any"], call: (value) => JSON.stringify(plain(value!)).replace(/[<>&\u2028\u2029]/g, escaped) },
  ],
]);

/** As Go's encoding/json writes it. */
function plain(value: Value): unknown {
  if (value instanceof GoMap)
    return Object.fromEntries([...value.entries].sort().map(([name, one]) => [name, plain(one)]));
  if (value instanceof GoSlice) return value.items.map(plain);
  if (value instanceof GoStruct) {
    if (value.type === "time.Time") return value.methods["Format"]!.call("2006-01-02T15:04:05.999999999Z07:00");
    const isTagged = value.type !== "template.Pair";
    const nameOf = (name: string) => (isTagged ? name[0]!.toLowerCase() + name.slice(1) : name);
    return Object.fromEntries([...value.fields].map(([name, one]) => [nameOf(name), plain(one)]));
  }
  return typeof value === "bigint" ? Number(value) : value;
}

function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
