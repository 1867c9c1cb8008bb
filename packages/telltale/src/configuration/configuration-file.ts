import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, extname, resolve } from "node:path";
import type { Report } from "./configuration-error.ts";
import { listed } from "./did-you-mean.ts";
import { readGroup } from "./read-group.ts";
import { isObject } from "./read-map.ts";
import { schema } from "./schema.ts";
import type { Settings } from "./setting.ts";
import { substitute, untyped } from "./substitution.ts";

/** What is looked for in the working directory when `TELLTALE_CONFIG` names no file. */
export const fileNames: readonly string[] = ["telltale.yaml", "telltale.yml", "telltale.toml", "telltale.json"];

interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly report: Report;
}

/** Reads telltale's own configuration file, where there is one; variables in it are put in place. */
export function readConfigurationFile(around: Surroundings): Settings {
  const named = around.env["TELLTALE_CONFIG"]?.trim();
  if (named) return read({ path: named, askedBy: "TELLTALE_CONFIG" }, around);
  const found = fileNames.filter((name) => existsSync(resolve(around.cwd, name)));
  if (found.length > 1) {
    around.report(
      found[0]!,
      `is not the only configuration file: ${listed(found).replace(" or ", " and ")} are there; keep one of them`,
    );
  }
  return found[0] === undefined ? new Map() : read({ path: found[0], askedBy: found[0] }, around);
}

/**
 * Reads telltale's part, `distribution.telltale`, of an OpenTelemetry declarative configuration file, and the file's
 * `disabled`. The rest of it is the SDK's.
 */
export function readDeclarativeFile(path: string, around: Surroundings): Settings {
  if (around.env["TELLTALE_CONFIG"]?.trim()) {
    around.report(
      "TELLTALE_CONFIG",
      "is given beside OTEL_CONFIG_FILE; put its content under distribution.telltale there, or unset one",
    );
  }
  const content = parse({ path, askedBy: "OTEL_CONFIG_FILE" }, around);
  if (!isObject(content)) return new Map();
  const distribution = isObject(content["distribution"]) ? content["distribution"]["telltale"] : undefined;
  const settings = settingsOf(distribution ?? {}, `${basename(path)}: distribution.telltale`, around);
  if (content["disabled"] === true) settings.set("enabled", { value: false, name: `${basename(path)}: disabled` });
  return settings;
}

interface Source {
  readonly path: string;
  /** The variable or file name that an error speaks of when the file itself cannot be used. */
  readonly askedBy: string;
}

function read(source: Source, around: Surroundings): Settings {
  const content = parse(source, around);
  return content === undefined ? new Map() : settingsOf(content, `${basename(source.path)}: `, around);
}

function settingsOf(content: unknown, name: string, { env, cwd, report }: Surroundings): Settings {
  const into: Settings = new Map();
  const substituted = substitute(content, { env, name, report });
  const instrumentations = isObject(substituted) ? untyped(substituted["instrumentations"]) : undefined;
  const given = instrumentations === undefined ? substituted : { ...(substituted as object), instrumentations };
  readGroup(schema, given, { path: "", name, cwd, report, into });
  return into;
}

function parse({ path, askedBy }: Source, { cwd, report }: Surroundings): unknown {
  const parser = parsers[extname(path).toLowerCase()];
  if (parser === undefined) {
    report(askedBy, `is "${path}"; give a file that ends with ${listed(Object.keys(parsers))}`);
    return undefined;
  }
  try {
    // A file of nothing but comments is an empty configuration.
    return parser(readFileSync(resolve(cwd, path), "utf8")) ?? {};
  } catch (error) {
    report(askedBy, fault(path, askedBy, error));
    return undefined;
  }
}

function fault(path: string, askedBy: string, error: unknown): string {
  const is = path === askedBy ? "" : `is "${path}", which `;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" && syscall !== undefined) return `${is}does not exist; give the path of a file`;
  if (syscall !== undefined) return `${is}cannot be read (${code}); give a file that this process may read`;
  return `${is}cannot be parsed: ${firstLine(error)}`;
}

/** Parsers quote the text around a mistake, below the first line or (JSON) in it, and it may hold a secret. */
function firstLine(error: unknown): string {
  const { message, line, column } = error as Error & { readonly line?: number; readonly column?: number };
  const where = /position \d+ \(line \d+ column \d+\)/.exec(message)?.[0];
  if (error instanceof SyntaxError) return `it is not valid JSON${where === undefined ? "" : `, at ${where}`}`;
  const place = line === undefined ? "" : ` at line ${line}, column ${column}`;
  return message.split("\n")[0]!.replace(/:$/, "") + place;
}

type Parser = (text: string) => unknown;

const load: NodeJS.Require = createRequire(import.meta.url);

// The libraries are loaded when a file of theirs is there: most applications have none.
const yaml: Parser = (text) => (load("yaml") as { parse: Parser }).parse(text);
const toml: Parser = (text) => (load("smol-toml") as { parse: Parser }).parse(text);

const parsers: Readonly<Record<string, Parser>> = { ".yaml": yaml, ".yml": yaml, ".toml": toml, ".json": JSON.parse };
