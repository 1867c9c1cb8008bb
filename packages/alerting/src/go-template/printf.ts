import { goQuote } from "@telltale/promql";
import { formatFloat } from "./format-float.ts";
import { GoMap, GoSlice, GoStruct, sortedKeys, typeName, type Value } from "./value.ts";

/** A value as Go's fmt prints it with `%v`. */
export function printValue(value: Value): string {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
      return formatFloat(value, "g", -1);
    case "bigint":
    case "boolean":
      return String(value);
  }
  if (value === null) return "<nil>";
  const text = ownText(value);
  if (text !== undefined) return text;
  if (value instanceof GoMap)
    return `map[${sortedKeys(value)
      .map((key) => `${key}:${printValue(value.entries.get(key)!)}`)
      .join(" ")}]`;
  if (value instanceof GoSlice) return `[${value.items.map(printValue).join(" ")}]`;
  return `{${[...value.fields.values()].map(printValue).join(" ")}}`;
}

/** What the method String of its type gives, where it has one. */
function ownText(value: Value): string | undefined {
  if (value instanceof GoStruct && value.text !== undefined) return value.text();
  if (value instanceof GoMap || value instanceof GoSlice) return value.methods["String"]?.call() as string | undefined;
  return undefined;
}

interface Flags {
  readonly minus: boolean;
  readonly plus: boolean;
  readonly sharp: boolean;
  readonly space: boolean;
  readonly zero: boolean;
  readonly width: number;
  /** -1 for none. */
  readonly precision: number;
}

/** Go's fmt.Sprintf. */
export function sprintf(format: string, values: readonly Value[]): string {
  let next = 0;
  let out = "";
  const directive = /%([+\-# 0]*)(\*|\d+)?(?:\.(\*|\d+)?)?(.|$)/gsu;
  let at = 0;
  for (const match of format.matchAll(directive)) {
    if (match.index < at) continue;
    out += format.slice(at, match.index);
    at = match.index + match[0].length;
    const [whole, flagText, widthText, precisionText, verb] = match as unknown as [
      string,
      string,
      string?,
      string?,
      string?,
    ];
    if (verb === "") {
      out += "%!(NOVERB)";
      continue;
    }
    const starred = (text: string | undefined): number | undefined => {
      if (text !== "*") return text === undefined ? undefined : Number(text);
      const value = values[next++];
      return typeof value === "bigint" ? Number(value) : undefined;
    };
    const width = starred(widthText);
    const hasPrecision = whole.slice(1 + flagText.length + (widthText?.length ?? 0)).startsWith(".");
    const precision = hasPrecision ? (starred(precisionText) ?? 0) : -1;
    if (verb === "%") {
      out += "%";
      continue;
    }
    if (next >= values.length) {
      out += `%!${verb}(MISSING)`;
      continue;
    }
    const minus = flagText.includes("-") || (width ?? 0) < 0;
    const flags: Flags = {
      minus,
      plus: flagText.includes("+"),
      sharp: flagText.includes("#"),
      space: flagText.includes(" "),
      zero: flagText.includes("0") && !minus,
      width: Math.abs(width ?? 0),
      precision,
    };
    out += formatVerb(verb!, values[next++]!, flags);
  }
  out += format.slice(at);
  if (next < values.length) {
    out += `%!(EXTRA ${values
      .slice(next)
      .map((one) => (one === null ? "<nil>" : `${typeName(one)}=${printValue(one)}`))
      .join(", ")})`;
  }
  return out;
}

function formatVerb(verb: string, value: Value, flags: Flags): string {
  if (verb === "T") return pad(typeName(value), flags);
  if (value === null && verb !== "v") return `%!${verb}(<nil>)`;
  const text = "vsqxX".includes(verb) ? (ownText(value) ?? value) : value;
  const formatted = formatted1(verb, text, flags);
  return formatted ?? bad(verb, value);
}

function formatted1(verb: string, value: Value, flags: Flags): string | undefined {
  switch (typeof value) {
    case "string":
      return formatString(verb, value, flags);
    case "number":
      return formatNumber(verb, value, flags);
    case "bigint":
      return formatInt(verb, value, flags);
    case "boolean":
      return verb === "t" || verb === "v" ? pad(String(value), flags) : undefined;
  }
  if (value === null) return pad("<nil>", flags);
  if (verb === "v" || verb === "s") return printValue(value);
  // A verb goes to the elements.
  const inner = (one: Value) => formatVerb(verb, one, flags);
  if (value instanceof GoMap) {
    return `map[${sortedKeys(value)
      .map((key) => `${inner(key)}:${inner(value.entries.get(key)!)}`)
      .join(" ")}]`;
  }
  if (value instanceof GoSlice) return `[${value.items.map(inner).join(" ")}]`;
  return `{${[...value.fields.values()].map(inner).join(" ")}}`;
}

function formatString(verb: string, value: string, flags: Flags): string | undefined {
  const text = flags.precision >= 0 ? [...value].slice(0, flags.precision).join("") : value;
  switch (verb) {
    case "v":
      return pad(flags.sharp ? goQuote(text) : text, flags);
    case "s":
      return pad(text, flags);
    case "q":
      return pad(flags.sharp && !text.includes("`") ? `\`${text}\`` : goQuote(text), flags);
    case "x":
    case "X": {
      const hex = Buffer.from(value)
        .subarray(0, flags.precision >= 0 ? flags.precision : undefined)
        .toString("hex");
      return pad(verb === "x" ? hex : hex.toUpperCase(), flags);
    }
    default:
      return undefined;
  }
}

function formatNumber(verb: string, value: number, flags: Flags): string | undefined {
  const lower = verb.toLowerCase();
  if (verb !== "v" && !"efg".includes(lower)) return undefined;
  const kind = verb === "v" ? "g" : (lower as "e" | "f" | "g");
  const precision = flags.precision >= 0 ? flags.precision : kind === "g" ? -1 : 6;
  const text = formatFloat(value, kind, precision);
  return padNumber(
    verb === "E" || verb === "G" ? text.toUpperCase().replace("INF", "Inf").replace("NAN", "NaN") : text,
    {
      ...flags,
      zero: flags.zero && Number.isFinite(value),
    },
  );
}

const radixes: Readonly<Record<string, number>> = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };

function formatInt(verb: string, value: bigint, flags: Flags): string | undefined {
  const radix = radixes[verb];
  if (radix === undefined) {
    if (verb === "c") return pad(character(value), flags);
    if (verb === "q") return pad(`'${character(value)}'`, flags);
    return verb === "U" ? pad(`U+${value.toString(16).toUpperCase().padStart(4, "0")}`, flags) : undefined;
  }
  const magnitude = (value < 0n ? -value : value).toString(radix);
  const digits = (verb === "X" ? magnitude.toUpperCase() : magnitude).padStart(Math.max(flags.precision, 0), "0");
  const prefix = verb === "O" ? "0o" : flags.sharp ? ({ b: "0b", o: "0", x: "0x", X: "0X" }[verb] ?? "") : "";
  return padNumber(`${value < 0n ? "-" : ""}${prefix}${digits}`, { ...flags, zero: flags.zero && flags.precision < 0 });
}

function character(value: bigint): string {
  return value >= 0n && value <= 0x10ffffn ? String.fromCodePoint(Number(value)) : "\ufffd";
}

function padNumber(text: string, flags: Flags): string {
  let signed = text;
  if (!/^[+-]/.test(text)) signed = flags.plus ? `+${text}` : flags.space ? ` ${text}` : text;
  else if (text === "+Inf" && !flags.plus && flags.space) signed = " Inf";
  if (!flags.zero) return pad(signed, flags);
  const sign = /^[+\- ]/.exec(signed)?.[0] ?? "";
  return sign + signed.slice(sign.length).padStart(flags.width - sign.length, "0");
}

function pad(text: string, { minus, zero, width }: Flags): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  return minus ? text + " ".repeat(missing) : (zero ? "0" : " ").repeat(missing) + text;
}

function bad(verb: string, value: Value): string {
  return `%!${verb}(${typeName(value)}=${printValue(value)})`;
}
