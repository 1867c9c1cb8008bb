import { instrumentationNames } from "../packages/telltale/src/configuration/instrumentation-names.ts";
import type { GroupOption, Option, VariantsOption } from "../packages/telltale/src/configuration/option.ts";
import { schema } from "../packages/telltale/src/configuration/schema.ts";

/** `packages/telltale/src/options.ts`: the schema as TypeScript interfaces, formatted as biome would. */
export function optionTypes(): string {
  const types = new Map<string, string>();
  addGroup(schema, types);
  const names = instrumentationNames.map((name) => `  | ${JSON.stringify(name)}`);
  types.set(
    "InstrumentationName",
    `/** The instrumentations that telltale has. */\nexport type InstrumentationName =\n${names.join("\n")};\n`,
  );
  types.set("InstrumentationSwitches", switches);
  const head = "/** Generated from schema.ts by `npm run generate`: edit the schema, not this file. */\n";
  return `${head}\n${[...types.values()].join("\n")}`;
}

const switches = `/** By name: on, off, or on with the instrumentation's own configuration. */
export type InstrumentationSwitches = {
  readonly [Name in InstrumentationName]?: boolean | Readonly<Record<string, unknown>>;
};
`;

function addGroup(group: GroupOption, types: Map<string, string>, type?: string): void {
  if (types.has(group.typeName)) return;
  const tag = type === undefined ? [] : [`  readonly type: ${JSON.stringify(type)};`];
  const members = Object.entries(group.options).flatMap(([key, option]) => [
    ...comment(notes(option)),
    memberLine(key, typeOf(option)),
  ]);
  types.set(
    group.typeName,
    [`/** ${group.doc} */`, `export interface ${group.typeName} {`, ...tag, ...members, "}", ""].join("\n"),
  );
  for (const option of Object.values(group.options)) {
    if (option.kind === "group" && !isEmpty(option)) addGroup(option, types);
    else if (option.kind === "variants") addVariants(option, types);
    else if (option.kind === "list") addGroup(option.item, types);
  }
}

function addVariants(option: VariantsOption, types: Map<string, string>): void {
  const members = Object.values(option.variants).map(({ typeName }) => typeName);
  const line = `export type ${option.typeName} = ${members.join(" | ")};`;
  const lines = `export type ${option.typeName} =\n${members.map((name) => `  | ${name}`).join("\n")};`;
  types.set(option.typeName, `/** ${option.doc} */\n${line.length > 120 ? lines : line}\n`);
  for (const [type, variant] of Object.entries(option.variants)) addGroup(variant, types, type);
}

function memberLine(key: string, type: string): string {
  const line = `  readonly ${key}?: ${type};`;
  if (line.length <= 120) return line;
  return `  readonly ${key}?:${type
    .split(" | ")
    .map((member) => `\n    | ${member}`)
    .join("")};`;
}

function notes(option: Option): readonly string[] {
  const unit = "unit" in option && option.unit !== undefined ? ` In ${option.unit}.` : "";
  const preset = option.defaultNote ?? ("default" in option ? written(option.default) : undefined);
  return [`${option.doc}${unit}`, ...(preset === undefined ? [] : [`@default ${preset}`])];
}

function written(preset: unknown): string | undefined {
  return preset === undefined ? undefined : Array.isArray(preset) ? `[${preset.join(", ")}]` : String(preset);
}

function comment(lines: readonly string[]): readonly string[] {
  if (lines.length === 1) return [`  /** ${lines[0]} */`];
  return ["  /**", ...lines.map((line) => `   * ${line}`), "   */"];
}

function typeOf(option: Option): string {
  switch (option.kind) {
    case "text":
    case "pem-file":
      return "string";
    case "number":
      return "number";
    case "size":
      return "number | string";
    case "flag":
      return "boolean";
    case "choice":
      return union(option.values);
    case "names":
      return option.values === undefined ? "readonly string[]" : `readonly (${union(option.values)})[]`;
    case "numbers":
      return "readonly number[]";
    case "map":
      return `Readonly<Record<string, ${option.values === "text" ? "string" : "string | number | boolean"}>>`;
    case "group":
      if (isEmpty(option)) return "boolean | Readonly<Record<string, never>>";
      return option.switchedOn === undefined ? option.typeName : `boolean | ${option.typeName}`;
    case "variants":
      return `readonly ${option.typeName}[]`;
    case "list":
      return `readonly ${option.item.typeName}[]`;
    case "instrumentations":
      return "InstrumentationSwitches";
  }
}

/** A group that only says by being there. */
function isEmpty({ options }: GroupOption): boolean {
  return Object.keys(options).length === 0;
}

function union(values: readonly string[]): string {
  return values.map((value) => JSON.stringify(value)).join(" | ");
}
