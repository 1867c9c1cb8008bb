import { nearest } from "./did-you-mean.ts";
import type { GroupOption } from "./option.ts";
import { schema } from "./schema.ts";

/** Warns of a variable that nobody knows but that is nearly one that OpenTelemetry knows. */
export function misspelled(env: NodeJS.ProcessEnv): readonly string[] {
  const given = Object.keys(env).filter((name) => name.startsWith("OTEL_") && env[name]);
  if (given.length === 0) return [];
  const known = new Set([...variablesIn(schema), ...elsewhere]);
  return given.flatMap((name) => {
    // Two letters at most: every language's SDK has variables of its own, and most names here are long.
    const near = known.has(name) ? undefined : nearest(name, known, { atMost: 2 });
    return near === undefined ? [] : [`${name} is not a variable of OpenTelemetry; did you mean ${near}?`];
  });
}

/** Every `OTEL_*` variable that the schema names. */
export function variablesIn(group: GroupOption): ReadonlySet<string> {
  const names = new Set<string>();
  for (const option of Object.values(group.options)) {
    for (const name of [...(option.otel ?? []), ...(option.otelToo ?? [])]) names.add(name);
    const groups =
      option.kind === "group" ? [option] : option.kind === "variants" ? Object.values(option.variants) : [];
    for (const name of groups.flatMap((below) => [...variablesIn(below)])) names.add(name);
  }
  return names;
}

/**
 * Variables that OpenTelemetry knows and telltale has no option for. They belong to the specification, to
 * instrumentations or to other SDKs, and only serve to tell a misspelled name from a name that is somebody else's.
 */
const elsewhere: readonly string[] = [
  "OTEL_CONFIG_FILE",
  "OTEL_EXPERIMENTAL_CONFIG_FILE",
  "OTEL_ENTITIES",
  "OTEL_SEMCONV_STABILITY_OPT_IN",
  "OTEL_EXPORTER_JAEGER_AGENT_HOST",
  "OTEL_EXPORTER_JAEGER_AGENT_PORT",
  "OTEL_EXPORTER_JAEGER_USER",
  "OTEL_EXPORTER_JAEGER_PASSWORD",
  "OTEL_EXPORTER_JAEGER_PROTOCOL",
  "OTEL_EXPORTER_OTLP_SPAN_INSECURE",
  "OTEL_EXPORTER_OTLP_METRIC_INSECURE",
  "OTEL_EXPORTER_PROMETHEUS_PATH",
  "OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS",
  "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT",
  "OTEL_NODE_EXPERIMENTAL_SDK_METRICS",
  "OTEL_METRIC_EXPORT_MAX_QUEUE_SIZE",
];
