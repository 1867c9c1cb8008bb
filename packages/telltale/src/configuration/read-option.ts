import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { shown } from "./configuration-error.ts";
import { listed, oneOf } from "./did-you-mean.ts";
import type { LeafOption, NamesOption, NumberOption, NumbersOption } from "./option.ts";
import { type Place, refuse } from "./place.ts";
import { readMap, readMapText } from "./read-map.ts";
import { SubstitutedText } from "./substitution.ts";

/** The value that an option got in code or in a file; `undefined`, and a report, when it cannot be used. */
export function readValue(option: LeafOption, value: unknown, place: Place): unknown {
  if (value instanceof SubstitutedText) return value.text === "" ? undefined : readText(option, value.text, place);
  switch (option.kind) {
    case "text":
      if (isText(value)) return value;
      // A token of digits alone, unquoted in a file, is a number.
      if (option.secret) return void place.report(place.name, "is no text; give one, in quotes");
      return refuse(place, value, `a text, such as "${option.example}"`);
    case "pem-file":
      return isText(value) ? readPemFile(value, place) : refuse(place, value, "the path of a PEM file");
    case "number":
      return inRange(option, value) ? value : refuse(place, value, numberWanted(option));
    case "size":
      return sizeIn(value) ?? refuse(place, value, `a number of bytes or a size, such as ${option.example}`);
    case "flag":
      return typeof value === "boolean" ? value : refuse(place, value, "true or false");
    case "choice":
      if (option.values.includes(value as string)) return value;
      return refuse(place, value, `one of ${oneOf(option.values, value)}`);
    case "names":
      return readNames(option, value, place);
    case "numbers":
      return readNumbers(option, value, place);
    case "map":
      return readMap(option, value, place);
  }
}

/** The value that an option got as the text of a variable; `undefined`, and a report, when it cannot be used. */
export function readText(option: LeafOption, text: string, place: Place): unknown {
  const trimmed = text.trim();
  switch (option.kind) {
    case "text":
    case "pem-file":
    case "size":
      return readValue(option, trimmed, place);
    case "number": {
      const value = numberIn(trimmed);
      return inRange(option, value)
        ? value
        : refuse(place, text, numberWanted(option) + durationMeant(option, trimmed));
    }
    case "flag": {
      const value = trimmed.toLowerCase();
      return value === "true" || value === "false" ? value === "true" : refuse(place, text, "true or false");
    }
    case "choice":
      return readValue(option, option.anyCase ? trimmed.toLowerCase() : trimmed, place);
    case "names":
      if (trimmed === "none") return [];
      if (trimmed === "all" && option.all) return option.values;
      return readNames(option, namesIn(trimmed), place);
    case "numbers":
      return readNumbers(option, namesIn(trimmed).map(numberIn), place);
    case "map":
      return readMapText(option, text, place);
  }
}

/** The names in a text that separates them by commas. */
export function namesIn(text: string): string[] {
  return text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}

/** Decimal numbers only: `Number("")` is 0 and `Number("0x10")` is 16, which nobody means. */
function numberIn(text: string): number | undefined {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

const sizeUnits: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
};

/** As in `100MB`, `1.5 GiB`, `4096`. */
function sizeIn(value: unknown): number | undefined {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string") return undefined;
  const [, amount, unit = ""] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  const factor = sizeUnits[unit.toLowerCase()];
  const bytes = amount === undefined || factor === undefined ? 0 : Math.round(Number(amount) * factor);
  return bytes >= 1 && Number.isSafeInteger(bytes) ? bytes : undefined;
}

function inRange({ whole, min, max, infinite }: NumberOption, value: unknown): boolean {
  if (typeof value !== "number") return false;
  if (infinite && value === Number.POSITIVE_INFINITY) return true;
  return value >= min && value <= max && (!whole || Number.isInteger(value));
}

function numberWanted({ whole, unit, min, max, example }: NumberOption): string {
  const kind = `a ${whole ? "whole " : ""}number${unit === undefined ? "" : ` of ${unit}`}`;
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min} up` : `from ${min} to ${max}`;
  return `${kind} ${range}, such as ${example}`;
}

const unitsInMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  sec: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
};

function durationMeant({ unit }: NumberOption, text: string): string {
  const [, amount, suffix] = /^(\d+(?:\.\d+)?)\s*(ms|sec|s|min|m|h)$/.exec(text) ?? [];
  if (unit !== "milliseconds" || amount === undefined || suffix === undefined) return "";
  return ` (did you mean ${Math.round(Number(amount) * unitsInMs[suffix]!)}?)`;
}

function readNames({ values, example }: NamesOption, value: unknown, place: Place): unknown {
  const any = `a list of names, such as ${example.join(",")}`;
  if (!Array.isArray(value)) return refuse(place, value, values === undefined ? any : `a list of ${listed(values)}`);
  const names = new Set<string>();
  for (const member of value) {
    const name: unknown = member instanceof SubstitutedText ? member.text : member;
    if (isText(name) && (values?.includes(name) ?? true)) names.add(name);
    else if (name === "none") place.report(place.name, 'has "none" in a list; give "none" alone, or an empty list');
    else place.report(place.name, `has ${shown(name)}; give ${values === undefined ? any : oneOf(values, name)}`);
  }
  return [...names];
}

function readNumbers({ example }: NumbersOption, value: unknown, place: Place): unknown {
  const numbers = Array.isArray(value)
    ? value.map((member: unknown) => (member instanceof SubstitutedText ? numberIn(member.text.trim()) : member))
    : undefined;
  if (numbers?.every((member) => Number.isFinite(member))) return numbers;
  return refuse(place, value, `a list of numbers, such as [${example.join(", ")}]`);
}

/** The text of a PEM file; `undefined`, and a report, when there is none. */
function readPemFile(path: string, place: Place): string | undefined {
  try {
    const text = readFileSync(resolve(place.cwd, path), "utf8");
    if (text.includes("-----BEGIN ")) return text;
    return refuse(place, path, "a PEM file, which has a line -----BEGIN …; this file has none");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "there is no such file" : `this one gave ${code}`;
    return refuse(place, path, `the path of a PEM file that this process can read; ${reason}`);
  }
}
