import { variableOf } from "../packages/telltale/src/configuration/environment.ts";
import { instrumentationNames } from "../packages/telltale/src/configuration/instrumentation-names.ts";
import type { GroupOption, Option } from "../packages/telltale/src/configuration/option.ts";
import { schema } from "../packages/telltale/src/configuration/schema.ts";

/** `docs/configuration.md`: every option with its type, default and variables, from the schema. */
export function configurationPage(): string {
  return `${introduction}\n${sections(schema, "").join("\n")}\n${instrumentations()}\n${standardVariables()}`;
}

const introduction = `<!-- Generated from packages/telltale/src/configuration/schema.ts by \`npm run generate\`: edit the schema, not this page. -->

# Configuration

Every option can be given in five places. The first that has it wins:

1. code: \`bootstrap({ tracing: { sampling: { ratio: 0.1 } } })\`
2. a \`TELLTALE_*\` variable: \`TELLTALE_TRACING_SAMPLING_RATIO=0.1\`
3. an \`OTEL_*\` variable, where OpenTelemetry has one: \`OTEL_TRACES_SAMPLER=parentbased_traceidratio OTEL_TRACES_SAMPLER_ARG=0.1\`
4. a file: \`telltale.yaml\`, \`telltale.yml\`, \`telltale.toml\` or \`telltale.json\` in the working directory, or the one that
   \`TELLTALE_CONFIG\` names, with the same shape as the options in code
5. the default

Lists are taken whole from the strongest place that has them. Maps (attributes, headers) are merged key by key. Fields that
an exporter of a list leaves out come from the \`OTEL_*\` variables of its type; where a file lists exactly one exporter of a
type, the variables are stronger than its fields. Headers and client certificates of the variables are for the variables'
endpoint: an exporter with an endpoint of its own gets them only when the variables name no endpoint and it is the only one
of its type. An object for \`tracing\`, \`metrics\`, \`logging\` or \`metrics.prometheus\`, or
a \`TELLTALE_*\` variable for something inside, switches it on; \`false\` switches it off.

Anything that cannot be used stops \`bootstrap()\` with a \`ConfigurationError\` (\`code\` \`TELLTALE_BAD_CONFIGURATION\`) whose
\`problems\` name every option, variable or place in a file, what it got and what would work. \`telltale/register\` prints the
same and lets the application run without telemetry, unless \`TELLTALE_STRICT\` is \`1\` or \`true\`. An \`OTEL_*\` name that nobody
knows is somebody else's; one that is nearly a known name gives a warning. With \`OTEL_SDK_DISABLED=true\` nothing throws.

## Variables

An empty variable counts as unset. Booleans are \`true\` and \`false\`, numbers are decimal, durations are milliseconds. Lists are
separated by commas, and \`none\` is the empty list. Maps are \`key=value,key2=value2\` with percent-encoded values. The exporters
and sinks also take JSON, as in a file: \`TELLTALE_TRACING_EXPORTERS='[{"type":"jaeger","endpoint":"http://jaeger:4318"}]'\`.

## Files

In the texts of a file \`\${NAME}\` (or \`\${env:NAME}\`) stands for a variable and \`\${NAME:-default}\` for a variable or, when it is
unset or empty, a default; \`$$\` is a dollar sign. The result is read as a variable's text would be. A variable that is unset
and has no default is an error.

\`\`\`yaml
service:
  name: checkout
  environment: \${STAGE:-development}
tracing:
  exporters:
    - type: jaeger
      endpoint: http://jaeger:4318
  sampling:
    type: rate_limiting
    tracesPerSecond: 100
metrics:
  prometheus: true
\`\`\`

\`OTEL_CONFIG_FILE\` names an OpenTelemetry declarative configuration file. The SDK is then built from it, telltale's options are
read from \`distribution.telltale\` in it instead of \`telltale.yaml\`, and the other \`OTEL_*\` variables are ignored, as
OpenTelemetry asks.

## Options
`;

function sections(group: GroupOption, path: string, type?: string): readonly string[] {
  const heading =
    path === "" ? "Top level" : `\`${path}\`${type === undefined || type === "" ? "" : ` of type \`${type}\``}`;
  const leaves = Object.entries(group.options).filter(
    ([, option]) => option.kind !== "group" || option.switchedOn !== undefined,
  );
  const rows = leaves.map(([key, option]) => row(key, path, option, type === undefined));
  const table = ["| Option | Takes | Default | Variables | Meaning |", "|---|---|---|---|---|", ...rows].join("\n");
  const own = `### ${heading}\n\n${path === "" ? "" : `${group.doc}\n\n`}${rows.length === 0 ? "" : `${table}\n`}`;
  const below = Object.entries(group.options).flatMap(([key, option]) => {
    if (option.kind === "group" && Object.keys(option.options).length === 0) return [];
    if (option.kind === "group") return sections(option, join(path, key), type);
    if (option.kind === "list") return sections(option.item, `${join(path, key)}[]`, "");
    if (option.kind !== "variants") return [];
    return Object.entries(option.variants).flatMap(([name, variant]) => sections(variant, join(path, key), name));
  });
  return [own.replace(/\n\n$/, "\n"), ...below];
}

function row(key: string, path: string, option: Option, hasVariable: boolean): string {
  const ours = hasVariable && option.kind !== "instrumentations" ? [variableOf(join(path, key))] : [];
  const variables = [...ours, ...standard(option)].map((name) => `\`${name}\``);
  const preset = option.defaultNote ?? presetOf(option);
  return `| \`${key}\` | ${takes(option)} | ${preset} | ${variables.join(", ")} | ${option.doc} |`.replace(
    / {2,}/g,
    " ",
  );
}

function standard(option: Option): readonly string[] {
  return [...(option.otel ?? []), ...(option.otelToo ?? [])];
}

function takes(option: Option): string {
  switch (option.kind) {
    case "text":
      return "text";
    case "pem-file":
      return "path";
    case "number":
      return `${option.whole ? "whole number" : "number"}${option.unit === undefined ? "" : `, ${option.unit}`}`;
    case "size":
      return "whole number, or a text with a unit";
    case "flag":
      return "boolean";
    case "choice":
      return code(option.values);
    case "names":
      return option.values === undefined ? "list of names" : `list of ${code(option.values)}`;
    case "numbers":
      return "list of numbers";
    case "map":
      return option.values === "text" ? "map of texts" : "map of texts, numbers, booleans";
    case "group":
      return "boolean or object";
    case "variants":
      return `list of objects with \`type\` ${code(Object.keys(option.variants))}`;
    case "list":
      return `list of objects with ${code(Object.keys(option.item.options))}`;
    case "instrumentations":
      return "map of boolean or object";
  }
}

function presetOf(option: Option): string {
  if (option.kind === "group") return `\`${option.switchedOn}\``;
  if (!("default" in option) || option.default === undefined) return "";
  if (option.default === Number.POSITIVE_INFINITY) return "none";
  return Array.isArray(option.default) ? code(option.default) || "empty" : `\`${option.default}\``;
}

function code(values: readonly string[]): string {
  return values.map((value) => `\`${value}\``).join(", ");
}

function instrumentations(): string {
  const rows = instrumentationNames.map((name) => `| \`${name}\` | \`${variableOf(`instrumentations.${name}`)}\` |`);
  return `### \`instrumentations\`

\`true\`, \`false\` or an object for the instrumentation; in a variable \`true\`, \`false\` or JSON.

| Name | Variable |
|---|---|
${rows.join("\n")}
`;
}

function standardVariables(): string {
  const uses = new Map<string, string[]>([["OTEL_CONFIG_FILE", ["the declarative configuration file"]]]);
  collect(schema, "", uses);
  const rows = [...uses]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, paths]) => `| \`${name}\` | ${[...new Set(paths)].join(", ")} |`);
  return `## OpenTelemetry's variables

They mean what [OpenTelemetry says](https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/), and set:

| Variable | Option |
|---|---|
${rows.join("\n")}
`;
}

function collect(group: GroupOption, path: string, uses: Map<string, string[]>): void {
  for (const [key, option] of Object.entries(group.options)) {
    const below = join(path, key);
    for (const name of standard(option)) uses.set(name, [...(uses.get(name) ?? []), `\`${below}\``]);
    if (option.kind === "group") collect(option, below, uses);
    if (option.kind !== "variants") continue;
    for (const [type, variant] of Object.entries(option.variants)) collect(variant, `${below}[${type}]`, uses);
  }
}

function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}
