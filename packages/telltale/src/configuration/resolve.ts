import { checkViews, type View } from "@telltale/metrics";
import type { BatchConfiguration, Configuration, HealthConfiguration, StatsdConfiguration } from "../configuration.ts";
import { shown } from "./configuration-error.ts";
import { instrumentationNames } from "./instrumentation-names.ts";
import type { Option } from "./option.ts";
import type { Place } from "./place.ts";
import { alertingConfiguration } from "./resolve-alerting.ts";
import { metricExporters, spanExporters, unlessZero } from "./resolve-exporters.ts";
import { logLevelsByName, logSinks, logThinning } from "./resolve-log-sinks.ts";
import { prometheusConfiguration } from "./resolve-prometheus.ts";
import { resolveSampling } from "./resolve-sampling.ts";
import { schema } from "./schema.ts";
import { type Layers, mergedMap, strongest } from "./setting.ts";

export type Surroundings = Omit<Place, "name"> & { readonly layers: Layers; readonly warn: (warning: string) => void };

/** The configuration that the layers give together, defaults filled in; values that contradict each other are reported. */
export function resolveConfiguration(around: Surroundings): Omit<Configuration, "declarativeFile" | "warnings"> {
  const { layers } = around;
  const get = reader(layers);
  const prometheus = get("metrics.prometheus") as boolean;
  const statsd = get("metrics.statsd") as boolean;
  const attributes = mergedMap(layers, "resource.attributes") as Record<string, string | number | boolean>;
  return {
    enabled: get("enabled"),
    service: service(layers),
    resource: {
      attributes: Object.fromEntries(
        Object.entries(attributes).filter(([name]) => !Object.hasOwn(serviceAttributes, name)),
      ),
      detectors: get("resource.detectors"),
    },
    propagators: get("propagators"),
    tracing: {
      enabled: get("tracing"),
      engine: get("tracing.engine"),
      exporters: get("tracing") ? spanExporters(around) : [],
      ...resolveSampling(around),
      limits: group(get, "tracing.limits"),
      batch: batch("tracing.batch", around),
      baggageAttributes: get("tracing.baggageAttributes"),
      spanMetrics: get("tracing.spanMetrics"),
    },
    metrics: {
      enabled: get("metrics"),
      exporters: get("metrics") ? metricExporters({ ...around, otherwise: prometheus || statsd }) : [],
      prometheus:
        get("metrics") && prometheus
          ? prometheusConfiguration(given(group(get, "metrics.prometheus")) as never, around)
          : undefined,
      statsd: get("metrics") && statsd ? statsdConfiguration(around) : undefined,
      statsdListener:
        get("metrics") && get("metrics.statsdListener") ? given(group(get, "metrics.statsdListener")) : undefined,
      ...exportTimes(around),
      views: views(around),
      exemplars: get("metrics.exemplars"),
      exemplarFilter: get("metrics.exemplarFilter"),
    },
    logging: {
      enabled: get("logging"),
      level: get("logging.level"),
      levels: logLevelsByName(around),
      ...logThinning(around),
      sinks: get("logging") ? logSinks(around) : [],
      batch: batch("logging.batch", around),
      ...group(get, "logging.limits"),
    },
    health: get("health") ? health(around) : undefined,
    profiling: get("profiling") ? group(get, "profiling") : undefined,
    alerting: get("alerting")
      ? alertingConfiguration(group(get, "alerting"), {
          ...around,
          apiAddress: group(get, "alerting.api"),
          hasMetrics: get("metrics"),
        })
      : undefined,
    instrumentations: instrumentations(layers),
    shutdownTimeoutMs: get("shutdownTimeoutMs"),
    diagnosticsLevel: get("diagnosticsLevel"),
  };
}

// biome-ignore lint/suspicious/noExplicitAny: the schema has checked it, and the reader's type is the configuration's.
type Get = (path: string) => any;

function reader(layers: Layers): Get {
  return (path) => strongest(layers, path)?.value ?? defaultAt(path);
}

function defaultAt(path: string): unknown {
  const option = optionAt(path);
  if (option?.kind === "group") return option.switchedOn;
  return option !== undefined && "default" in option ? option.default : undefined;
}

function optionAt(path: string): Option | undefined {
  return path
    .split(".")
    .reduce<Option | undefined>((option, key) => (option?.kind === "group" ? option.options[key] : undefined), schema);
}

/** All leaves of a group as an object. */
// biome-ignore lint/suspicious/noExplicitAny: the schema has checked it, and the reader's type is the configuration's.
function group(get: Get, path: string): any {
  const option = optionAt(path);
  if (option?.kind !== "group") return {};
  return Object.fromEntries(Object.keys(option.options).map((key) => [key, get(`${path}.${key}`)]));
}

/** Resource attributes that are options of their own. */
const serviceAttributes: Readonly<Record<string, keyof Configuration["service"]>> = {
  "service.name": "name",
  "service.version": "version",
  "service.namespace": "namespace",
  "deployment.environment.name": "environment",
};

/** Within a layer the option or OTEL_SERVICE_NAME wins over the attribute, and any layer over the weaker ones. */
function service(layers: Layers): Configuration["service"] {
  const found = Object.entries(serviceAttributes).map(([attribute, key]) => {
    for (const layer of layers) {
      const attributes = layer.get("resource.attributes")?.value as Record<string, unknown> | undefined;
      const value = layer.get(`service.${key}`)?.value ?? attributes?.[attribute];
      if (value !== undefined && value !== "") return [key, String(value)];
    }
    return [key, undefined];
  });
  return Object.fromEntries(found);
}

function batch(path: string, { layers, report }: Surroundings): BatchConfiguration {
  const values = group(reader(layers), path) as BatchConfiguration;
  const { maxQueueSize, maxExportBatchSize } = values;
  const size = strongest(layers, `${path}.maxExportBatchSize`);
  if (size !== undefined && maxExportBatchSize > maxQueueSize) {
    report(
      size.name,
      `is ${maxExportBatchSize}, more than the queue of ${maxQueueSize} holds; give at most ${maxQueueSize}, or a longer queue`,
    );
  }
  return {
    ...values,
    maxExportBatchSize: Math.min(maxExportBatchSize, maxQueueSize),
    exportTimeoutMs: unlessZero(values.exportTimeoutMs),
  };
}

function exportTimes({ layers, report }: Surroundings): {
  readonly exportIntervalMs: number;
  readonly exportTimeoutMs: number;
} {
  const exportIntervalMs: number = reader(layers)("metrics.exportIntervalMs");
  const exportTimeoutMs: number = unlessZero(reader(layers)("metrics.exportTimeoutMs"));
  const given = strongest(layers, "metrics.exportTimeoutMs");
  if (given !== undefined && given.value !== 0 && exportTimeoutMs > exportIntervalMs) {
    report(
      given.name,
      `is ${exportTimeoutMs}, longer than the interval of ${exportIntervalMs}; give at most ${exportIntervalMs}, or a longer interval`,
    );
  }
  return { exportIntervalMs, exportTimeoutMs: Math.min(exportTimeoutMs, exportIntervalMs) };
}

function statsdConfiguration({ layers, report }: Surroundings): StatsdConfiguration {
  const path = "metrics.statsd";
  const prefix = strongest(layers, `${path}.prefix`);
  if (prefix !== undefined && !/^[A-Za-z][A-Za-z0-9_.-]*$/.test(prefix.value as string)) {
    report(prefix.name, `is ${shown(prefix.value)}; begin with a letter, then letters, digits and _ . -, such as app`);
  }
  const tags = { ...mergedMap(layers, `${path}.tags`) };
  return { ...given(group(reader(layers), path)), tags } as unknown as StatsdConfiguration;
}

function health({ layers, warn }: Surroundings): HealthConfiguration {
  const get = reader(layers);
  const found = group(get, "health") as HealthConfiguration;
  const isPageElsewhere = get("metrics") && get("metrics.prometheus") && get("metrics.prometheus.serve") === "worker";
  if (isPageElsewhere && found.port === undefined) {
    warn(
      `metrics.prometheus.serve is "worker", where health cannot be answered: /livez and /readyz are nowhere. Give health.port, such as 8080, or say health: false`,
    );
  }
  return found;
}

/** Without what nobody gave and has no default. */
function given(options: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** The views of the strongest layer; what is wrong with one as a whole is found by who uses it. */
function views({ layers, report }: Surroundings): readonly View[] {
  const setting = strongest(layers, "metrics.views");
  const given = ((setting?.value ?? []) as readonly Partial<View>[]).map(
    ({ selector = {}, stream = {} }): View => ({ selector, stream }),
  );
  try {
    checkViews(given);
  } catch (error) {
    const [place = "", problem = ""] = (error as Error).message.split(/ (.*)/s);
    report(`${setting?.name ?? ""}${place.replace(/^views/, "")}`, problem);
    return [];
  }
  return given;
}

function instrumentations(layers: Layers): Configuration["instrumentations"] {
  const found = instrumentationNames.flatMap((name) => {
    const setting = strongest(layers, `instrumentations.${name}`);
    return setting === undefined ? [] : [[name, setting.value]];
  });
  return Object.fromEntries(found);
}
