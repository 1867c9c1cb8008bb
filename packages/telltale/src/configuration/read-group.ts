import { shown } from "./configuration-error.ts";
import { listed, nearest, oneOf } from "./did-you-mean.ts";
import { instrumentationNames } from "./instrumentation-names.ts";
import type { GroupOption, LeafOption, ListOption, VariantsOption } from "./option.ts";
import type { Place } from "./place.ts";
import { refuse } from "./place.ts";
import { isObject } from "./read-map.ts";
import { namesIn, readText, readValue } from "./read-option.ts";
import type { Entry, Setting, Settings } from "./setting.ts";
import { SubstitutedText } from "./substitution.ts";

/** Reads an object of the shape of a group, from code or a file, into settings by path; all faults are reported. */
export function readGroup(
  group: GroupOption,
  value: unknown,
  at: Place & { readonly path: string; readonly into: Settings },
): void {
  const { path, into, name } = at;
  const given = value instanceof SubstitutedText ? switchIn(value, at) : value;
  if (given === undefined) return;
  if (group.switchedOn !== undefined && typeof given === "boolean") {
    into.set(path, { value: given, name });
    return;
  }
  if (!isObject(given)) {
    refuse(
      whole(at),
      given,
      `an object with ${listed(Object.keys(group.options))}${group.switchedOn === undefined ? "" : ", or true or false"}`,
    );
    return;
  }
  if (group.switchedOn !== undefined) into.set(path, { value: true, name });
  for (const [key, member] of Object.entries(given)) {
    const below = { ...at, path: join(path, key), name: join(name, key) };
    if (!Object.hasOwn(group.options, key))
      reportUnknown(below, key, { owner: path, names: Object.keys(group.options) });
    else if (member !== undefined && member !== null) readMember(group, key, member, below);
  }
}

function readMember(
  group: GroupOption,
  key: string,
  value: unknown,
  at: Place & { readonly path: string; readonly into: Settings },
): void {
  const option = group.options[key]!;
  if (option.kind === "group") readGroup(option, value, at);
  else if (option.kind === "instrumentations") readInstrumentations(value, at);
  else {
    const read = readListed(option, value, at);
    if (read !== undefined) at.into.set(at.path, { value: read, name: at.name });
  }
}

function readListed(option: VariantsOption | ListOption | LeafOption, value: unknown, at: Place): unknown {
  if (option.kind === "variants") return readVariants(option, value, at);
  return option.kind === "list" ? readItems(option, value, at) : readValue(option, value, at);
}

/** Reads a list such as `metrics.views` into plain objects. */
export function readItems({ item }: ListOption, value: unknown, place: Place): readonly object[] | undefined {
  if (!Array.isArray(value)) {
    const shape = Object.keys(item.options).map((key) => `${key}: …`);
    return refuse(place, value, `a list, such as [{ ${shape.join(", ")} }]`);
  }
  return value.map((member: unknown, index) => {
    const into: Settings = new Map<string, Setting>();
    readGroup(item, member, { ...place, name: `${place.name}[${index}]`, path: "", into });
    return nested(into, item);
  });
}

/** What the paths of settings spell; a group that can be switched on is an object when it is. */
function nested(settings: Settings, group: GroupOption, path = ""): object {
  const members = Object.entries(group.options).flatMap(([key, option]): [string, unknown][] => {
    const below = join(path, key);
    const value = settings.get(below)?.value;
    if (option.kind !== "group") return value === undefined ? [] : [[key, value]];
    const inside = nested(settings, option, below);
    const present = option.switchedOn === undefined ? Object.keys(inside).length > 0 : value === true;
    return present ? [[key, inside]] : [];
  });
  return Object.fromEntries(members);
}

/** Reads a list such as `tracing.exporters`; each member is an object whose `type` names its shape. */
export function readVariants(option: VariantsOption, value: unknown, place: Place): readonly Entry[] | undefined {
  const types = Object.keys(option.variants);
  if (value instanceof SubstitutedText) return value.text === "" ? undefined : readTypes(option, value.text, place);
  if (!Array.isArray(value)) return refuse(place, value, `a list, such as [{ type: "${types[0]}" }]`);
  return value.flatMap((member: unknown, index): readonly Entry[] => {
    const at = { ...place, name: `${place.name}[${index}]` };
    if (!isObject(member)) return refuse(at, member, `an object, such as { type: "${types[0]}" }`) ?? [];
    const type = member["type"] instanceof SubstitutedText ? member["type"].text : member["type"];
    if (typeof type !== "string" || !Object.hasOwn(option.variants, type)) {
      at.report(`${at.name}.type`, `is ${shown(type)}; give one of ${oneOf(types, type)}`);
      return [];
    }
    const { type: _, ...rest } = member;
    const fields: Settings = new Map<string, Setting>();
    readGroup(option.variants[type]!, rest, { ...at, path: "", into: fields });
    return [{ type, name: at.name, fields }];
  });
}

/** Reads the text of a variable such as OTEL_TRACES_EXPORTER, `otlp,console`, into members with nothing but a type. */
export function readTypes(option: VariantsOption, text: string, place: Place): readonly Entry[] {
  const types = Object.keys(option.variants);
  if (text.trim() === "none") return [];
  return [...new Set(namesIn(text))].flatMap((type): readonly Entry[] => {
    if (Object.hasOwn(option.variants, type)) return [{ type, name: place.name, fields: new Map<string, Setting>() }];
    if (type === "none") place.report(place.name, 'has "none" beside others; give "none" alone, or only the others');
    else place.report(place.name, `has ${shown(type)}; give ${oneOf([...types, "none"], type)}`);
    return [];
  });
}

function readInstrumentations(value: unknown, at: Place & { readonly path: string; readonly into: Settings }): void {
  if (!isObject(value)) {
    refuse(at, value, "an object, such as { http: true, fs: false }");
    return;
  }
  for (const [key, member] of Object.entries(value)) {
    const below = { ...at, path: join(at.path, key), name: join(at.name, key) };
    if (!instrumentationNames.includes(key)) reportUnknown(below, key, { owner: at.path, names: instrumentationNames });
    else if (member !== undefined && member !== null) readInstrumentation(member, below);
  }
}

function readInstrumentation(value: unknown, at: Place & { readonly path: string; readonly into: Settings }): void {
  if (typeof value === "boolean" || isObject(value)) at.into.set(at.path, { value, name: at.name });
  else refuse(at, value, "true, false or an object with the instrumentation's own configuration");
}

function reportUnknown(
  at: Place,
  key: string,
  { owner, names }: { readonly owner: string; readonly names: readonly string[] },
): void {
  const near = nearest(key, names);
  const meant = near === undefined ? "" : `; did you mean "${near}"?`;
  const allowed =
    names.length === 0 ? "there are none here" : `${owner === "" ? "allowed are" : `${owner} has`} ${listed(names)}`;
  at.report(at.name, `is not an option${meant || ";"} ${meant === "" ? allowed : `(${allowed})`}`);
}

function switchIn({ text }: SubstitutedText, place: Place): unknown {
  return text === "" ? undefined : readText({ kind: "flag", doc: "", default: false }, text, place);
}

/** The whole of the options or of a file has no path to be called by. */
function whole(place: Place): Place {
  return { ...place, name: place.name === "" ? "The options" : place.name.replace(/: $/, "") };
}

function join(path: string, key: string): string {
  return path === "" || path.endsWith(": ") ? `${path}${key}` : `${path}.${key}`;
}
