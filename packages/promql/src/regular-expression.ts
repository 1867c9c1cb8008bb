import { RE2JS } from "re2js";

/** A pattern of RE2 that must match a whole label value, `.` for any character. @throws Error with Go's message */
export function compilePattern(pattern: string): (value: string) => boolean {
  const shortcut = withoutEngine(pattern);
  if (shortcut !== undefined) return shortcut;
  const compiled = compileRe2(pattern);
  return (value) => compiled.matches(value);
}

/** The values that a pattern stands for when it is only an alternation of literals, `a|b|c`. */
export function literalAlternatives(pattern: string): readonly string[] | undefined {
  const inner = /^\(([^()]*)\)$/.exec(pattern)?.[1] ?? pattern;
  const alternatives = inner.split("|").map(literal);
  return alternatives.every((one) => one !== undefined) ? alternatives : undefined;
}

/** @throws Error with Go's message */
export function compileRe2(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern, RE2JS.DOTALL);
  } catch (error) {
    // The flag is written into the pattern, which the message quotes.
    throw new Error((error as Error).message.replace("`(?s)", "`"), { cause: error });
  }
}

/** Literals, alternations of them, and one with `.*` or `.+` around it need no engine. */
function withoutEngine(pattern: string): ((value: string) => boolean) | undefined {
  if (pattern === ".*") return () => true;
  if (pattern === ".+") return (value) => value !== "";
  const alternatives = literalAlternatives(pattern);
  if (alternatives !== undefined) {
    const [only] = alternatives;
    if (alternatives.length === 1) return (value) => value === only;
    const all = new Set(alternatives);
    return (value) => all.has(value);
  }
  const parts = /^(\.[*+])?(.*?)(\.[*+])?$/s.exec(pattern)!;
  const text = literal(parts[2]!);
  if (text === undefined || text === "") return undefined;
  const before = parts[1] === undefined ? undefined : Number(parts[1] === ".+");
  const after = parts[3] === undefined ? undefined : Number(parts[3] === ".+");
  if (before === undefined) {
    return (value) => value.startsWith(text) && value.length >= text.length + after!;
  }
  if (after === undefined) {
    return (value) => value.endsWith(text) && value.length >= text.length + before;
  }
  return (value) => {
    const at = value.indexOf(text, before);
    return at !== -1 && value.length >= at + text.length + after;
  };
}

/** A pattern without any operator, its escapes of punctuation resolved. */
function literal(pattern: string): string | undefined {
  if (!/^(?:[^\\.+*?()|[\]{}^$]|\\[\\.+*?()|[\]{}^$/:-])*$/s.test(pattern)) return undefined;
  return pattern.replace(/\\(.)/gs, "$1");
}
