import type { Report } from "./configuration-error.ts";

/** A text of a file that had a variable in it, which is read as the variable's own text would be. */
export class SubstitutedText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/**
 * Puts variables in place of `${NAME}`, `${env:NAME}` and `${NAME:-default}` in every text of a file's value; `$$` is a
 * dollar sign. An empty variable counts as unset, as everywhere; one that is unset and has no default is reported.
 * @see https://opentelemetry.io/docs/specs/otel/configuration/data-model/#environment-variable-substitution
 */
export function substitute(
  value: unknown,
  at: { readonly env: NodeJS.ProcessEnv; readonly name: string; readonly report: Report },
): unknown {
  if (typeof value === "string") return value.includes("$") ? substituteText(value, at) : value;
  if (Array.isArray(value))
    return value.map((member, index) => substitute(member, { ...at, name: `${at.name}[${index}]` }));
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  const separator = at.name.endsWith(": ") ? "" : ".";
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      substitute(member, { ...at, name: `${at.name}${separator}${key}` }),
    ]),
  );
}

function substituteText(
  text: string,
  at: { readonly env: NodeJS.ProcessEnv; readonly name: string; readonly report: Report },
): unknown {
  let substituted = false;
  const result = text.replace(/\$\$|\$\{([^}]*)(\}?)/g, (match, reference: string, close: string) => {
    if (match === "$$") return "$";
    substituted = true;
    const [, name, fallback] = /^(?:env:)?([A-Za-z_]\w*)(?::-(.*))?$/s.exec(reference) ?? [];
    if (name === undefined || close === "") {
      at.report(
        at.name,
        `has a reference that cannot be read; write \${NAME} or \${NAME:-default}, and $$ for a dollar sign`,
      );
      return "";
    }
    const value = at.env[name] || fallback;
    if (value === undefined) {
      at.report(
        at.name,
        `needs the variable ${name}, which is not set; set it, or give a default: \${${name}:-default}`,
      );
    }
    return value ?? "";
  });
  return substituted ? new SubstitutedText(result) : result;
}

/** A value in which every substituted text has become what it looks like, for values that no schema gives a type. */
export function untyped(value: unknown): unknown {
  if (value instanceof SubstitutedText) return scalarIn(value.text);
  if (Array.isArray(value)) return value.map(untyped);
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, untyped(member)]));
}

function scalarIn(text: string): unknown {
  if (text === "") return undefined;
  const word = text.toLowerCase();
  if (word === "true" || word === "false") return word === "true";
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
