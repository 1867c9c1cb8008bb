import { resolve } from "node:path";
import type { Configuration, LogSinkConfiguration } from "../configuration.ts";
import { shown } from "./configuration-error.ts";
import { oneOf } from "./did-you-mean.ts";
import { logLevels } from "./log-sink-schema.ts";
import { entriesOf, type Layered, otlp, type Surroundings } from "./resolve-exporters.ts";
import { mergedMap, strongest } from "./setting.ts";

type Sink<Type extends LogSinkConfiguration["type"]> = Extract<LogSinkConfiguration, { readonly type: Type }>;

/** The sinks of `logging.sinks`; one that cannot be used is reported and left out. */
export function logSinks(around: Surroundings): readonly LogSinkConfiguration[] {
  return entriesOf("logging", "sinks", around, ["console", "otlp"]).flatMap((entry) => sinksOf(entry, around));
}

/** The one sink, or none when it cannot be used. */
function sinksOf(entry: Layered, around: Surroundings): readonly LogSinkConfiguration[] {
  const type = entry.type as LogSinkConfiguration["type"];
  switch (type) {
    case "console":
      return [consoleSink(entry)];
    case "file":
      return fileSink(entry, around);
    case "otlp":
      return otlp(entry, "logs", around).map((exporter) => ({ type, level: entry.value("level"), ...exporter }));
    case "elasticsearch":
    case "opensearch":
      return bulkSink(type, entry, around);
    case "loki":
      return lokiSink(entry, around);
    case "syslog":
      return [syslogSink(entry, around)];
  }
}

/** `logging.levels`: values that are no levels are reported and left out. */
export function logLevelsByName({ layers, report }: Surroundings): Configuration["logging"]["levels"] {
  const levels = mergedMap(layers, "logging.levels") as Readonly<Record<string, string>>;
  const known = Object.entries(levels).filter(([name, level]) => {
    if ((logLevels as readonly string[]).includes(level)) return true;
    const setting = strongest(layers, "logging.levels");
    report(
      `${setting?.name ?? "logging.levels"}.${name}`,
      `is ${shown(level)}; give one of ${oneOf(logLevels, level)}`,
    );
    return false;
  });
  return Object.fromEntries(known) as Configuration["logging"]["levels"];
}

/** `logging.redact`, `.sampling` and `.repeats`, as far as they leave something out. */
export function logThinning({
  layers,
}: Surroundings): Pick<Configuration["logging"], "redact" | "sampling" | "repeats"> {
  const at = (path: string): unknown => strongest(layers, `logging.${path}`)?.value;
  const all = (group: string, names: readonly string[]): object =>
    Object.fromEntries(names.map((name) => [name, at(`${group}.${name}`)]).filter(([, value]) => value !== undefined));
  const redact = all("redact", ["paths", "shapes", "censor", "remove"]);
  const sampling = all("sampling", ["ratio", "upTo", "byTrace"]);
  return {
    redact: Object.keys(redact).length > 0 ? redact : undefined,
    sampling: "ratio" in sampling ? (sampling as Configuration["logging"]["sampling"]) : undefined,
    repeats: at("repeats") === true ? all("repeats", ["limit", "intervalMs"]) : undefined,
  };
}

function consoleSink(entry: Layered): Sink<"console"> {
  return {
    type: "console",
    ...given(entry, ["level", "format", "stream", "sync"]),
    ...switched(entry, "colors"),
  };
}

function fileSink(entry: Layered, { cwd, report }: Surroundings): readonly Sink<"file">[] {
  const path = entry.value("path") as string | undefined;
  if (path === undefined) {
    report(`${entry.name}.path`, "is missing; give the file that lines are appended to, such as app.log");
    return [];
  }
  const rotate = {
    ...renamed(entry, "rotate.maxSize", "maxSizeBytes"),
    ...renamed(entry, "rotate.interval", "interval"),
    ...renamed(entry, "rotate.maxFiles", "maxFiles"),
    ...renamed(entry, "rotate.gzip", "gzip"),
  };
  const when = entry.setting("rotate.maxFiles") ?? entry.setting("rotate.gzip");
  if (when !== undefined && !("maxSizeBytes" in rotate) && !("interval" in rotate)) {
    report(when.name, "is given without a reason to rotate; give maxSize, such as 100MB, or interval as well");
  }
  return [
    {
      type: "file",
      path: resolve(cwd, path),
      ...given(entry, ["level"]),
      ...renamed(entry, "maxQueueSize", "maxQueueLength"),
      ...switched(entry, "reopenOnSighup"),
      ...(Object.keys(rotate).length > 0 && { rotate }),
    },
  ];
}

function bulkSink(
  type: "elasticsearch" | "opensearch",
  entry: Layered,
  around: Surroundings,
): readonly Sink<"elasticsearch" | "opensearch">[] {
  const endpoint = endpointOf(entry, "http://localhost:9200", around);
  if (endpoint === undefined) return [];
  const { value: index, name = "" } = entry.setting("index") ?? {};
  // https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-indices-create
  if (index !== undefined && !/^[^A-Z\\/*?"<>| ,#:_+-][^A-Z\\/*?"<>| ,#:]*$/.test(index as string)) {
    around.report(name, 'is no name of an index; give lower-case letters, digits, "-", "_" and ".", such as app-logs');
  }
  return [
    {
      type,
      endpoint,
      ...given(entry, ["level", "index", "template", "apiKey"]),
      ...switched(entry, "dataStream"),
      ...httpOptions(entry, around),
    },
  ];
}

function lokiSink(entry: Layered, around: Surroundings): readonly Sink<"loki">[] {
  const endpoint = endpointOf(entry, "http://localhost:3100", around);
  if (endpoint === undefined) return [];
  const labels = entry.value("labels") as Readonly<Record<string, string>> | undefined;
  for (const label of Object.keys(labels ?? {})) {
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(label)) continue;
    around.report(`${entry.name}.labels.${label}`, "is no label; give letters, digits and _, such as env");
  }
  return [
    {
      type: "loki",
      endpoint,
      ...given(entry, ["level", "labels", "lineLabels", "metadata", "tenant"]),
      ...httpOptions(entry, around),
    },
  ];
}

function syslogSink(entry: Layered, around: Surroundings): Sink<"syslog"> {
  const names = ["level", "host", "port", "protocol", "facility", "appName", "format", "maxMessageBytes"];
  return {
    type: "syslog",
    ...given(entry, [...names, ...queueNames]),
    ...queueOptions(entry),
    ...tlsOptions(entry, around),
  };
}

function endpointOf(entry: Layered, example: string, { report }: Surroundings): string | undefined {
  const setting = entry.setting("endpoint");
  if (setting === undefined) {
    report(`${entry.name}.endpoint`, `is missing; give a URL, such as ${example}`);
    return undefined;
  }
  const url = URL.canParse(setting.value as string) ? new URL(setting.value as string) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") {
    if (url.username === "" && url.password === "") return setting.value as string;
    report(setting.name, "has a user or password in it; give them as username and password, or as headers");
    return undefined;
  }
  // It may have a secret in it, so it is not shown.
  report(setting.name, `is no URL that begins with http:// or https://; give one, such as ${example}`);
  return undefined;
}

const queueNames = ["maxBatchLines", "scheduledDelayMs", "timeoutMs"];

function httpOptions(entry: Layered, around: Surroundings): object {
  const { username, password } = { username: entry.setting("username"), password: entry.setting("password") };
  if (password !== undefined && username === undefined) {
    around.report(password.name, "is given without a user; give username as well");
  }
  return {
    headers: entry.headers(),
    ...given(entry, ["username", "password", "compression", ...queueNames]),
    ...queueOptions(entry),
    ...tlsOptions(entry, around),
  };
}

function queueOptions(entry: Layered): object {
  return renamed(entry, "maxQueueSize", "maxQueueLength");
}

function tlsOptions(entry: Layered, { report }: Surroundings): object {
  const [key, certificate] = [entry.setting("clientKeyFile"), entry.setting("clientCertificateFile")];
  if ((key === undefined) !== (certificate === undefined)) {
    const [present, lacking] = key === undefined ? [certificate!, "key"] : [key, "certificate"];
    report(present.name, `is given without the client's ${lacking}; give both for mutual TLS, or neither`);
  }
  return {
    ...renamed(entry, "certificateFile", "certificate"),
    ...renamed(entry, "clientKeyFile", "clientKey"),
    ...renamed(entry, "clientCertificateFile", "clientCertificate"),
  };
}

/** The options that have been given or have a default; the rest is the sink's to decide. */
function given(entry: Layered, names: readonly string[]): object {
  return Object.assign({}, ...names.map((name) => renamed(entry, name, name)));
}

function renamed(entry: Layered, from: string, to: string): object {
  const value: unknown = entry.value(from);
  return value === undefined ? {} : { [to]: value };
}

/** A choice of `auto`, `always` and `never` as what the sink decides, true or false. */
function switched(entry: Layered, name: string): object {
  const value = entry.value(name) as "auto" | "always" | "never";
  return value === "auto" ? {} : { [name]: value === "always" };
}
