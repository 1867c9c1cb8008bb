import { resolve as resolvePath } from "node:path";
import type {
  MetricExporterConfiguration,
  OtlpExporterConfiguration,
  SpanExporterConfiguration,
} from "../configuration.ts";
import { otlpEndpoint, zipkinEndpoint } from "./exporter-endpoint.ts";
import { type JaegerProtocol, jaegerTarget } from "./jaeger-endpoint.ts";
import type { GroupOption, VariantsOption } from "./option.ts";
import type { Place } from "./place.ts";
import { schema } from "./schema.ts";
import {
  type Entry,
  type Layers,
  mergedMap,
  OPENTELEMETRY_LAYER,
  type Setting,
  type Settings,
  strongest,
} from "./setting.ts";

export type Surroundings = Omit<Place, "name"> & { readonly layers: Layers; readonly warn: (warning: string) => void };

/** The exporters of `tracing.exporters`; one that cannot be used is reported and left out. */
export function spanExporters(around: Surroundings): readonly SpanExporterConfiguration[] {
  return entriesOf("tracing", "exporters", around, ["otlp"]).flatMap((entry): readonly SpanExporterConfiguration[] => {
    switch (entry.type) {
      case "otlp":
        return otlp(entry, "traces", around).map((exporter) => ({ type: "otlp", ...exporter }));
      case "jaeger":
        return jaeger(entry, around);
      case "zipkin":
        return zipkin(entry, around);
      case "file":
        return file(entry, around);
      default:
        return [{ type: "console", attributes: entry.value("attributes"), colors: entry.value("colors") }];
    }
  });
}

/** The exporters of `metrics.exporters`; without any, one OTLP exporter unless metrics leave by another way. */
export function metricExporters(
  around: Surroundings & { readonly otherwise: boolean },
): readonly MetricExporterConfiguration[] {
  const types = around.otherwise ? [] : ["otlp"];
  return entriesOf("metrics", "exporters", around, types).flatMap((entry): readonly MetricExporterConfiguration[] => {
    if (entry.type === "console") return [{ type: "console" }];
    return otlp(entry, "metrics", around).map((exporter) => ({
      type: "otlp",
      ...exporter,
      temporality: entry.value("temporality"),
      histogramAggregation: entry.value("histogramAggregation"),
    }));
  });
}

/** An entry of a list together with what the variables say about its type. */
export interface Layered {
  readonly type: string;
  readonly name: string;
  readonly setting: (field: string) => Setting | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: the schema has checked it, and the reader's type is the configuration's.
  readonly value: (field: string) => any;
  readonly headers: () => Readonly<Record<string, string>>;
  readonly timeoutMs: () => number;
}

export function entriesOf(
  group: "tracing" | "metrics" | "logging",
  list: string,
  { layers, warn }: Surroundings,
  types: readonly string[],
): readonly Layered[] {
  const path = `${group}.${list}`;
  const option = (schema.options[group] as GroupOption).options[list] as VariantsOption;
  const rank = layers.findIndex((layer) => layer.has(path));
  const wanted = isOtlpPreset(path, layers) ? types : types.filter((type) => type !== "otlp");
  const unnamed = wanted.map((type): Entry => ({ type, name: path, fields: new Map() }));
  const entries = rank < 0 ? unnamed : (layers[rank]!.get(path)!.value as readonly Entry[]);
  return entries.map((entry) => {
    const variables = fieldsFromVariables(layers, `${path}.${entry.type}.`);
    const alone = entries.filter(({ type }) => type === entry.type).length === 1;
    // Variables are stronger than a file, but one variable cannot stand for the endpoints of two exporters.
    if (rank > OPENTELEMETRY_LAYER && alone)
      return layered(entry, [variables, entry.fields], option.variants[entry.type]!);
    const elsewhere = entry.fields.has("endpoint") && (!alone || variables.has("endpoint"));
    if (elsewhere) keepSecrets(variables, entry, warn);
    return layered(entry, [entry.fields, variables], option.variants[entry.type]!);
  });
}

const LISTS = ["tracing.exporters", "metrics.exporters", "logging.sinks"];

/**
 * OpenTelemetry's default, OTLP to localhost, is for who has said nothing, or has said where OTLP goes. Who names exporters
 * for one signal in code or in a file has no Collector in mind for the others.
 */
function isOtlpPreset(path: string, layers: Layers): boolean {
  if (layers[OPENTELEMETRY_LAYER]!.has(`${path}.otlp.endpoint`)) return true;
  return !layers.some((layer, rank) => rank !== OPENTELEMETRY_LAYER && LISTS.some((list) => layer.has(list)));
}

/** Headers and client certificates of the variables are for the variables' endpoint: no other may see them. */
function keepSecrets(variables: Settings, { name }: Entry, warn: (warning: string) => void): void {
  for (const field of ["headers", "clientKeyFile", "clientCertificateFile"]) {
    const secret = variables.get(field);
    if (secret === undefined) continue;
    variables.delete(field);
    warn(
      `${secret.name} is not used for ${name}, which has an endpoint of its own; give its ${field} there if it needs them`,
    );
  }
}

function fieldsFromVariables(layers: Layers, prefix: string): Map<string, Setting> {
  const fields = [...layers[OPENTELEMETRY_LAYER]!].filter(([path]) => path.startsWith(prefix));
  return new Map(fields.map(([path, setting]) => [path.slice(prefix.length), setting]));
}

function layered({ type, name }: Entry, fields: Layers, variant: GroupOption): Layered {
  const setting = (field: string) => strongest(fields, field);
  const value = (field: string): unknown => {
    const option = variant.options[field];
    return setting(field)?.value ?? (option !== undefined && "default" in option ? option.default : undefined);
  };
  return {
    type,
    name,
    setting,
    value,
    headers: () => ({ ...mergedMap(fields, "headers") }) as Record<string, string>,
    timeoutMs: () => unlessZero(value("timeoutMs") as number),
  };
}

/** The longest delay of a timer. OpenTelemetry: "zero must be treated as no limit" for timeouts. */
const NO_LIMIT_MS = 2_147_483_647;

export function unlessZero(timeoutMs: number): number {
  return timeoutMs === 0 ? NO_LIMIT_MS : timeoutMs;
}

export function otlp(
  entry: Layered,
  signal: "traces" | "metrics" | "logs",
  around: Surroundings,
): readonly OtlpExporterConfiguration[] {
  const protocol = entry.value("protocol");
  const path = `/v1/${signal}`;
  const written = entry.setting("endpoint");
  const preset = protocol === "grpc" ? "http://localhost:4317" : `http://localhost:4318${path}`;
  const reading = readingOf(written?.name);
  const endpoint =
    written === undefined ? preset : otlpEndpoint(endpointOf(written, around), { protocol, path, reading });
  const [clientKey, clientCertificate] = [entry.setting("clientKeyFile"), entry.setting("clientCertificateFile")];
  const compression = entry.setting("compression");
  if (protocol === "grpc" && compression?.value === "zstd") {
    around.report(
      compression.name,
      'is "zstd", which gRPC does not have here; give gzip, or the protocol http/protobuf',
    );
  }
  if ((clientKey === undefined) !== (clientCertificate === undefined)) {
    const [given, lacking] = clientKey === undefined ? [clientCertificate!, "key"] : [clientKey, "certificate"];
    around.report(given.name, `is given without the client's ${lacking}; give both for mutual TLS, or neither`);
  }
  if (endpoint === undefined) return [];
  warnOfPath(endpoint, { protocol, reading, path, name: written?.name ?? "", warn: around.warn });
  return [
    {
      protocol,
      endpoint,
      headers: entry.headers(),
      timeoutMs: entry.timeoutMs(),
      compression: entry.value("compression"),
      certificate: entry.value("certificateFile"),
      clientKey: entry.value("clientKeyFile"),
      clientCertificate: entry.value("clientCertificateFile"),
      insecure: entry.value("insecure"),
    },
  ];
}

function readingOf(name: string | undefined): "general" | "exact" | "option" {
  if (name === "OTEL_EXPORTER_OTLP_ENDPOINT") return "general";
  return name?.startsWith("OTEL_EXPORTER_OTLP_") ? "exact" : "option";
}

function warnOfPath(
  endpoint: string,
  at: {
    readonly protocol: string;
    readonly reading: string;
    readonly path: string;
    readonly name: string;
    readonly warn: (text: string) => void;
  },
): void {
  if (at.protocol === "grpc") return;
  const { pathname, port } = new URL(endpoint);
  if (at.reading === "exact" && pathname === "/") {
    at.warn(`${at.name} has no path and is used as it is, so requests go to /; receivers usually want ${at.path}`);
  }
  if (port === "4317")
    at.warn(
      `${at.name} has port 4317, which is usually OTLP over gRPC, but the protocol is ${at.protocol}; its port is 4318`,
    );
}

function file(entry: Layered, { cwd, report }: Surroundings): readonly SpanExporterConfiguration[] {
  const path = entry.value("path") as string | undefined;
  if (path === undefined || path === "") {
    report(`${entry.name}.path`, "is missing; give the file that spans are appended to, such as traces.jsonl");
    return [];
  }
  const { maxSizeBytes, maxFiles } = { maxSizeBytes: entry.value("maxSizeBytes"), maxFiles: entry.value("maxFiles") };
  return [{ type: "file", path: resolvePath(cwd, path), maxSizeBytes, maxFiles }];
}

function jaeger(entry: Layered, around: Surroundings): readonly SpanExporterConfiguration[] {
  const written = entry.setting("endpoint");
  const protocol = entry.value("protocol") as JaegerProtocol | undefined;
  if (protocol === "thrift-legacy" && entry.setting("headers") !== undefined) {
    around.warn(`${entry.setting("headers")!.name} is not used: thrift-legacy sends no headers; thrift-http does`);
  }
  const target = jaegerTarget(protocol, written === undefined ? undefined : endpointOf(written, around));
  return target === undefined
    ? []
    : [{ type: "jaeger", ...target, headers: entry.headers(), timeoutMs: entry.timeoutMs() }];
}

function zipkin(entry: Layered, around: Surroundings): readonly SpanExporterConfiguration[] {
  const written = entry.setting("endpoint");
  const endpoint =
    written === undefined ? (entry.value("endpoint") as string) : zipkinEndpoint(endpointOf(written, around));
  return endpoint === undefined
    ? []
    : [{ type: "zipkin", endpoint, headers: entry.headers(), timeoutMs: entry.timeoutMs() }];
}

function endpointOf({ value, name }: Setting, around: Surroundings): { readonly text: string; readonly place: Place } {
  return { text: value as string, place: { name, cwd: around.cwd, report: around.report } };
}
