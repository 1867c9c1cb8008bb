import { shown } from "./configuration-error.ts";
import { oneOf } from "./did-you-mean.ts";
import { instrumentationNames } from "./instrumentation-names.ts";
import type { GroupOption, LeafOption, NumberOption, VariantsOption } from "./option.ts";
import { type Place, refuse } from "./place.ts";
import { readTypes } from "./read-group.ts";
import { namesIn, readText } from "./read-option.ts";
import { schema } from "./schema.ts";
import type { Entry, Settings } from "./setting.ts";

type Surroundings = Omit<Place, "name">;

/**
 * Reads the `OTEL_*` variables; an empty one counts as unset. Fields of exporters come under paths such as
 * `tracing.exporters.otlp.headers`, because they hold for an exporter wherever it was asked for.
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function readOpentelemetryEnvironment(env: NodeJS.ProcessEnv, around: Surroundings): Settings {
  const settings: Settings = new Map();
  readMapped(schema, "", { env, around, settings });
  readDisabled(env, around, settings);
  readSampler(env, around, settings);
  readMetricsExporter(env, around, settings);
  readLogsExporter(env, around, settings);
  readInstrumentationSwitches(env, around, settings);
  return settings;
}

interface Reading {
  readonly env: NodeJS.ProcessEnv;
  readonly around: Surroundings;
  readonly settings: Settings;
}

function readMapped(group: GroupOption, path: string, reading: Reading): void {
  for (const [key, option] of Object.entries(group.options)) {
    const below = path === "" ? key : `${path}.${key}`;
    if (option.kind === "group") readMapped(option, below, reading);
    else if (option.kind === "variants") {
      for (const [type, variant] of Object.entries(option.variants)) readMapped(variant, `${below}.${type}`, reading);
      readList(option, below, reading);
    } else if (option.kind !== "instrumentations" && option.kind !== "list") readLeaf(option, below, reading);
  }
}

function readLeaf(option: LeafOption, path: string, { env, around, settings }: Reading): void {
  // From the weakest to the strongest, so that the strongest stays; headers of all are kept, as the stock SDK does.
  for (const name of (option.otel ?? []).toReversed()) {
    const text = textOf(env, name);
    const value = text === undefined ? undefined : readText(option, text, { ...around, name });
    if (value === undefined) continue;
    const merged = option.kind === "map" ? Object.assign(Object.create(null), settings.get(path)?.value, value) : value;
    settings.set(path, { value: merged, name });
  }
}

function readList(option: VariantsOption, path: string, { env, around, settings }: Reading): void {
  for (const name of option.otel ?? []) {
    const text = textOf(env, name);
    if (text !== undefined) settings.set(path, { value: readTypes(option, text, { ...around, name }), name });
  }
}

function readDisabled(env: NodeJS.ProcessEnv, around: Surroundings, settings: Settings): void {
  const name = "OTEL_SDK_DISABLED";
  const text = textOf(env, name);
  const disabled =
    text === undefined ? undefined : readText({ kind: "flag", doc: "", default: false }, text, { ...around, name });
  if (disabled !== undefined) settings.set("enabled", { value: !disabled, name });
}

const samplers = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
  "jaeger_remote",
  "parentbased_jaeger_remote",
];

function readSampler(env: NodeJS.ProcessEnv, around: Surroundings, settings: Settings): void {
  const name = "OTEL_TRACES_SAMPLER";
  const sampler = textOf(env, name)?.trim();
  if (sampler === undefined) return;
  if (!samplers.includes(sampler)) {
    refuse({ ...around, name }, sampler, `one of ${oneOf(samplers, sampler)}`);
    return;
  }
  const root = sampler.replace("parentbased_", "");
  settings.set("tracing.sampling.type", { value: root === "traceidratio" ? "ratio" : root, name });
  settings.set("tracing.sampling.parentBased", { value: root !== sampler, name });
  const argument = "OTEL_TRACES_SAMPLER_ARG";
  const text = textOf(env, argument);
  if (text === undefined) return;
  if (root === "jaeger_remote") readJaegerRemote(text, { ...around, name: argument }, settings);
  if (root !== "traceidratio") return;
  const value = readText(ratio, text, { ...around, name: argument });
  if (value !== undefined) settings.set("tracing.sampling.ratio", { value, name: argument });
}

/** `endpoint=http://localhost:5778/sampling,pollingIntervalMs=5000,initialSamplingRate=0.25`, as OpenTelemetry has it. */
function readJaegerRemote(text: string, place: Place, settings: Settings): void {
  for (const part of text.split(",")) {
    const [key = "", ...rest] = part.split("=");
    const value = rest.join("=").trim();
    switch (key.trim()) {
      case "endpoint":
        settings.set("tracing.sampling.endpoint", { value, name: place.name });
        break;
      case "pollingIntervalMs": {
        const ms = readText(interval, value, place);
        if (ms !== undefined) settings.set("tracing.sampling.pollingIntervalMs", { value: ms, name: place.name });
        break;
      }
      case "initialSamplingRate": {
        const share = readText(ratio, value, place);
        if (share !== undefined) settings.set("tracing.sampling.ratio", { value: share, name: place.name });
        break;
      }
      default:
        refuse(place, part, "endpoint=…, pollingIntervalMs=… and initialSamplingRate=…, separated by commas");
    }
  }
}

const interval: NumberOption = { kind: "number", doc: "", whole: true, min: 1, max: 2_147_483_647, example: 60_000 };

const ratio: NumberOption = { kind: "number", doc: "", whole: false, min: 0, max: 1, example: 0.1 };

function readMetricsExporter(env: NodeJS.ProcessEnv, around: Surroundings, settings: Settings): void {
  const name = "OTEL_METRICS_EXPORTER";
  const text = textOf(env, name);
  if (text === undefined) return;
  const prometheus = { kind: "group", doc: "", typeName: "", options: {} } as const;
  const option = optionAt("metrics", "exporters");
  const entries = readTypes({ ...option, variants: { ...option.variants, prometheus } }, text, { ...around, name });
  settings.set("metrics.exporters", { value: entries.filter(({ type }) => type !== "prometheus"), name });
  settings.set("metrics.prometheus", { value: entries.some(({ type }) => type === "prometheus"), name });
}

/** The variable says where logs are shipped. An application that ships its logs, or does not, still prints them. */
function readLogsExporter(env: NodeJS.ProcessEnv, around: Surroundings, settings: Settings): void {
  const name = "OTEL_LOGS_EXPORTER";
  const text = textOf(env, name);
  if (text === undefined) return;
  const shipped = readTypes(optionAt("logging", "sinks"), text, { ...around, name }).filter(
    ({ type }) => type !== "console",
  );
  const console: Entry = { type: "console", name, fields: new Map() };
  settings.set("logging.sinks", { value: [console, ...shipped], name });
}

function optionAt(group: "metrics" | "logging", key: string): VariantsOption {
  return (schema.options[group] as GroupOption).options[key] as VariantsOption;
}

/** Instrumentations of other distributions: nothing is to be switched off, and only a wish for one is worth a word. */
const instrumentationsElsewhere = [
  "aws-lambda",
  "connect",
  "cucumber",
  "restify",
  "router",
  "host-metrics",
  "sequelize",
  "typeorm",
];

function readInstrumentationSwitches(env: NodeJS.ProcessEnv, around: Surroundings, settings: Settings): void {
  const enabled = namesOf("OTEL_NODE_ENABLED_INSTRUMENTATIONS");
  const disabled = namesOf("OTEL_NODE_DISABLED_INSTRUMENTATIONS");
  if (enabled !== undefined) {
    for (const name of instrumentationNames)
      switchTo(name, enabled.includes(name), "OTEL_NODE_ENABLED_INSTRUMENTATIONS");
  }
  for (const name of disabled ?? []) switchTo(name, false, "OTEL_NODE_DISABLED_INSTRUMENTATIONS");

  function switchTo(name: string, value: boolean, variable: string): void {
    settings.set(`instrumentations.${name}`, { value, name: variable });
  }

  function namesOf(variable: string): readonly string[] | undefined {
    const text = textOf(env, variable);
    if (text === undefined) return undefined;
    return namesIn(text).filter((name) => {
      if (instrumentationNames.includes(name)) return true;
      const harmless = instrumentationsElsewhere.includes(name) && variable.includes("DISABLED");
      if (!harmless)
        around.report(variable, `has ${shown(name)}; give names out of ${oneOf(instrumentationNames, name)}`);
      return false;
    });
  }
}

function textOf(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const text = env[name];
  return text === undefined || text.trim() === "" ? undefined : text;
}
