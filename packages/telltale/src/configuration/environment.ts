import { nearest } from "./did-you-mean.ts";
import { instrumentationNames } from "./instrumentation-names.ts";
import type { GroupOption, Option } from "./option.ts";
import { type Place, refuse } from "./place.ts";
import { readItems, readTypes, readVariants } from "./read-group.ts";
import { isObject } from "./read-map.ts";
import { readText } from "./read-option.ts";
import { schema } from "./schema.ts";
import type { Settings } from "./setting.ts";

/** Variables of telltale that are no options: the path of the configuration file, and how `register` takes errors. */
export const otherVariables: readonly string[] = ["TELLTALE_CONFIG", "TELLTALE_STRICT"];

interface Target {
  readonly path: string;
  readonly option: Option;
  /** Paths of the groups around it that a value inside switches on. */
  readonly switches: readonly string[];
}

/** Reads all `TELLTALE_*` variables; an empty one counts as unset unless it is a secret, an unknown one is reported. */
export function readEnvironment(env: NodeJS.ProcessEnv, place: Omit<Place, "name">): Settings {
  const settings: Settings = new Map();
  const given = Object.keys(env).filter((name) => name.startsWith("TELLTALE_") && !otherVariables.includes(name));
  if (!strictWords.includes(strictWord(env)))
    refuse({ ...place, name: "TELLTALE_STRICT" }, env["TELLTALE_STRICT"], "1 or 0");
  if (given.length === 0) return settings;
  const targets = targetsOf(schema);
  for (const name of given) {
    const text = env[name];
    const target = targets.get(name);
    if (target === undefined) reportUnknown(name, [...targets.keys(), ...otherVariables], place);
    else if (text?.trim() === "" && "secret" in target.option && target.option.secret)
      place.report(name, "is empty, which would leave open what it protects; give the secret, or remove the variable");
    else if (text !== undefined && text.trim() !== "") readVariable(text, target, { ...place, name }, settings);
  }
  return settings;
}

/** Whether `telltale/register` is to end the process when the configuration is wrong: `TELLTALE_STRICT=1` or `true`. */
export function strictIn(env: NodeJS.ProcessEnv): boolean {
  return ["1", "true"].includes(strictWord(env));
}

const strictWords: readonly string[] = ["1", "true", "0", "false", ""];

function strictWord(env: NodeJS.ProcessEnv): string {
  return env["TELLTALE_STRICT"]?.trim().toLowerCase() ?? "";
}

/** Every `TELLTALE_*` variable that is an option, with the option. */
export function targetsOf(
  group: GroupOption,
  path = "",
  switches: readonly string[] = [],
): ReadonlyMap<string, Target> {
  const targets = new Map<string, Target>();
  for (const [key, option] of Object.entries(group.options)) {
    const below = path === "" ? key : `${path}.${key}`;
    if (option.kind === "group") {
      const switched = option.switchedOn === undefined ? switches : [...switches, below];
      if (option.switchedOn !== undefined) targets.set(variableOf(below), { path: below, option, switches });
      for (const [name, target] of targetsOf(option, below, switched)) targets.set(name, target);
    } else if (option.kind === "instrumentations") {
      for (const name of instrumentationNames) {
        targets.set(variableOf(`${below}.${name}`), { path: `${below}.${name}`, option, switches });
      }
    } else {
      targets.set(variableOf(below), { path: below, option, switches });
    }
  }
  return targets;
}

/** `tracing.batch.maxQueueSize` → `TELLTALE_TRACING_BATCH_MAX_QUEUE_SIZE`. */
export function variableOf(path: string): string {
  return `TELLTALE_${path
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .toUpperCase()}`;
}

function readVariable(text: string, { path, option, switches }: Target, place: Place, settings: Settings): void {
  const value = readByKind(option, text, place);
  if (value === undefined) return;
  settings.set(path, { value, name: place.name });
  for (const group of switches) {
    // The group's own variable, whether read before or after this one, overwrites or keeps its word.
    if (!settings.has(group)) settings.set(group, { value: true, name: place.name });
  }
}

function readByKind(option: Option, text: string, place: Place): unknown {
  switch (option.kind) {
    case "group":
      return readText(flag, text, place);
    case "variants": {
      if (!text.trim().startsWith("[")) return readTypes(option, text, place);
      const value = readJson(text, place);
      return value === undefined ? undefined : readVariants(option, value, place);
    }
    case "list": {
      const value = readJson(text, place);
      return value === undefined ? undefined : readItems(option, value, place);
    }
    case "instrumentations": {
      if (!text.trim().startsWith("{")) return readText(flag, text, place);
      const value = readJson(text, place);
      return isObject(value) ? value : undefined;
    }
    default:
      return readText(option, text, place);
  }
}

const flag = { kind: "flag", doc: "", default: false } as const;

function readJson(text: string, place: Place): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The message of JSON.parse quotes the text, which may hold a secret.
    place.report(place.name, "is not valid JSON; check its quotes, commas and brackets");
    return undefined;
  }
}

function reportUnknown(name: string, known: readonly string[], { report }: Omit<Place, "name">): void {
  // The letters that all of them share are no likeness.
  const near = nearest(name, known, { atMost: Math.floor((name.length - "TELLTALE_".length) / 3) });
  report(
    name,
    `is not a variable of telltale; ${near === undefined ? "docs/configuration.md lists them" : `did you mean ${near}?`}`,
  );
}
