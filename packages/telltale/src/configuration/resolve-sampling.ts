/** `tracing.sampling`: a type with its numbers, rules of the same kinds, and what is decided at the end of a trace. */
import type { SamplingConfiguration, SamplingRuleConfiguration, SamplingSettings } from "../configuration.ts";
import { ConfigurationError, gatherProblems, type Report, shown } from "./configuration-error.ts";
import type { GroupOption } from "./option.ts";
import { readGroup } from "./read-group.ts";
import { schema } from "./schema.ts";
import { type Layers, type Setting, type Settings, strongest } from "./setting.ts";

const PATH = "tracing.sampling";

/** Types that need a number of their own, and what it is called. */
const numbers = { ratio: "ratio", rate_limiting: "tracesPerSecond" } as const;

/** As Jaeger's own clients have it. */
const JAEGER_INITIAL_RATIO = 0.001;

export function resolveSampling({
  layers,
  report,
}: {
  readonly layers: Layers;
  readonly report: Report;
}): SamplingSettings {
  // `type` with its numbers is one thought: what weaker layers say about sampling belongs to another one.
  const last = layers.findIndex((layer) => layer.has(`${PATH}.type`));
  const heard = last < 0 ? layers : layers.slice(0, last + 1);
  const get = (key: string): Setting | undefined => strongest(heard, `${PATH}.${key}`);
  return {
    sampling: samplingOf(get, report),
    parentBased: (get("parentBased")?.value ?? true) as boolean,
    samplingRules: rulesOf(get("rules"), report),
    tailSampling: tailOf(get),
  };
}

/**
 * Sampling from options alone, for `telemetry.sampling.set()`.
 * @throws ConfigurationError
 */
export function readSampling(options: unknown): SamplingSettings {
  const { report, problems } = gatherProblems();
  const settings: Settings = new Map();
  readGroup(samplingGroup(), options, { path: PATH, name: PATH, cwd: "/", report, into: settings });
  const read = resolveSampling({ layers: [settings], report });
  const found = problems();
  if (found.length > 0) throw new ConfigurationError(found);
  return read;
}

type Get = (key: string) => Setting | undefined;

function samplingOf(get: Get, report: Report): SamplingConfiguration {
  const type = typeOf(get);
  for (const [owner, key] of Object.entries(numbers)) {
    const setting = get(key);
    const isInitial = type === "jaeger_remote" && key === "ratio";
    if (setting === undefined || type === owner || isInitial) continue;
    const number = key === "ratio" ? "ratio" : "number";
    report(
      setting.name,
      `is ${shown(setting.value)}, but the sampling type is ${type}; set the type to ${owner}, or leave the ${number} out`,
    );
  }
  switch (type) {
    case "ratio":
      return { type, ratio: (get("ratio")?.value ?? defaultOf("ratio")) as number };
    case "rate_limiting": {
      const tracesPerSecond = get("tracesPerSecond")?.value as number;
      if (tracesPerSecond === undefined)
        report(get("type")!.name, 'is "rate_limiting" without a number; give tracesPerSecond as well, such as 100');
      return { type, tracesPerSecond };
    }
    case "jaeger_remote": {
      const endpoint = (get("endpoint")?.value ?? defaultOf("endpoint")) as string;
      if (!/^https?:$/.test(URL.canParse(endpoint) ? new URL(endpoint).protocol : "")) {
        report(get("endpoint")!.name, `is ${shown(endpoint)}; give a URL such as http://localhost:5778/sampling`);
      }
      return {
        type,
        endpoint,
        pollingIntervalMs: (get("pollingIntervalMs")?.value ?? defaultOf("pollingIntervalMs")) as number,
        initialRatio: (get("ratio")?.value ?? JAEGER_INITIAL_RATIO) as number,
      };
    }
    default:
      return { type };
  }
}

function typeOf(get: Get): SamplingConfiguration["type"] {
  const given = get("type");
  if (given !== undefined) return given.value as SamplingConfiguration["type"];
  if (get("ratio") !== undefined) return "ratio";
  return get("tracesPerSecond") === undefined ? "always_on" : "rate_limiting";
}

function rulesOf(setting: Setting | undefined, report: Report): readonly SamplingRuleConfiguration[] {
  const rules = (setting?.value ?? []) as readonly Readonly<Record<string, unknown>>[];
  return rules.map((rule, index) => {
    const { type: _, ratio: __, tracesPerSecond: ___, ...matches } = rule;
    const name = `${setting!.name}[${index}]`;
    if (["type", "ratio", "tracesPerSecond"].every((key) => rule[key] === undefined)) {
      report(name, "says nothing of how much is kept; give a type, a ratio or tracesPerSecond");
    }
    const get: Get = (key) => (rule[key] === undefined ? undefined : { value: rule[key], name: `${name}.${key}` });
    return { ...matches, sampling: samplingOf(get, report) as SamplingRuleConfiguration["sampling"] };
  });
}

function tailOf(get: Get): SamplingSettings["tailSampling"] {
  if (get("tail")?.value !== true) return undefined;
  const slowerThanMs = get("tail.slowerThanMs")?.value as number | undefined;
  return {
    errors: (get("tail.errors")?.value ?? true) as boolean,
    maxSpans: (get("tail.maxSpans")?.value ?? 10_000) as number,
    ...(slowerThanMs !== undefined && { slowerThanMs }),
  };
}

function samplingGroup(): GroupOption {
  return (schema.options["tracing"] as GroupOption).options["sampling"] as GroupOption;
}

function defaultOf(key: string): unknown {
  const option = samplingGroup().options[key];
  return option !== undefined && "default" in option ? option.default : undefined;
}
