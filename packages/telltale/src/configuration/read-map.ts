import { shown } from "./configuration-error.ts";
import type { MapOption } from "./option.ts";
import type { Place } from "./place.ts";
import { SubstitutedText } from "./substitution.ts";

/** A map given as an object; entries that cannot be used are reported and left out. */
export function readMap(
  option: MapOption,
  value: unknown,
  place: Place,
): Readonly<Record<string, unknown>> | undefined {
  if (!isObject(value)) {
    // A text here may be a header with its secret, so only its kind is told.
    const got = typeof value === "string" ? "a text" : shown(value);
    place.report(place.name, `is ${got}; give an object, such as { "${option.example.split("=")[0]}": "…" }`);
    return undefined;
  }
  const entries: Record<string, unknown> = Object.create(null);
  for (const [key, given] of Object.entries(value)) {
    const member = given instanceof SubstitutedText ? given.text : given;
    if (member === undefined || member === null) continue;
    const fault = option.headers ? headerFault(key, member) : scalarFault(option, member);
    if (fault === undefined) entries[key] = member;
    else place.report(`${place.name}.${key}`, fault);
  }
  return entries;
}

/**
 * A map given as `key=value,key2=value2` with percent-encoded values. Values may be secrets, so a report tells the
 * number of the entry and never its text.
 * @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/#specifying-headers-via-environment-variables
 */
export function readMapText(
  option: MapOption,
  text: string,
  { name, report }: Place,
): Readonly<Record<string, string>> {
  const entries: Record<string, string> = Object.create(null);
  const pairs = `give key=value pairs separated by commas, such as ${option.example}`;
  for (const [index, entry] of text.split(",").entries()) {
    if (entry.trim() === "") continue;
    const separator = entry.indexOf("=");
    const key = decoded(entry.slice(0, Math.max(0, separator)).trim());
    const value = decoded(entry.slice(separator + 1).trim());
    if (separator < 0) report(name, `has no "=" in entry ${index + 1}; ${pairs}`);
    else if (key === "") report(name, `has no key before "=" in entry ${index + 1}; ${pairs}`);
    else if (key === undefined || value === undefined) {
      report(name, `has a broken percent sequence in entry ${index + 1}; write a percent sign as %25, a comma as %2C`);
    } else {
      const fault = option.headers ? headerFault(key, value) : undefined;
      if (fault === undefined) entries[key] = value;
      else report(name, `has entry ${index + 1}, which ${fault}`);
    }
  }
  return entries;
}

/** Whether a value is an object with keys, not a list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What is wrong with an HTTP header, `undefined` when nothing; its value is never part of the answer. */
function headerFault(name: string, value: unknown): string | undefined {
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)) {
    return "is not the name of a header; give letters, digits and dashes, such as x-api-key";
  }
  if (typeof value !== "string") return "is not a text; give the header's value as a text";
  // Tab and the bytes that can be printed: https://www.rfc-editor.org/rfc/rfc9110#name-field-values
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
    return "has a character that a header cannot carry, such as a line break; take it out";
  }
  return undefined;
}

function scalarFault({ values }: MapOption, value: unknown): string | undefined {
  if (typeof value === "string") return undefined;
  if (values === "scalar" && (typeof value === "boolean" || Number.isFinite(value))) return undefined;
  return `is ${shown(value)}; give a text${values === "scalar" ? ", a number, true or false" : ""}`;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
