import { count } from "./limit-schema.ts";
import type { ChoiceOption, GroupOption, LeafOption, NumberOption, TextOption, VariantsOption } from "./option.ts";
import { otlpExporter, timeout } from "./otlp-exporter-schema.ts";

export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

const level: ChoiceOption = {
  kind: "choice",
  doc: "The least severe level that goes there, of what loggers let through.",
  values: logLevels,
  defaultNote: "all",
};

const endpoint = (doc: string, example: string): TextOption => ({ kind: "text", doc, example, defaultNote: "needed" });

/** What waits in front of a backend. */
const queue: Readonly<Record<string, LeafOption>> = {
  maxQueueSize: {
    kind: "size",
    doc: "What may wait for the backend, in characters; what comes beyond is dropped and counted.",
    example: "16MiB",
    default: 16_777_216,
  },
  maxBatchLines: { ...count, doc: "Lines of one request at most.", min: 1, example: 2_000, default: 2_000 },
  scheduledDelayMs: {
    ...count,
    doc: "How long a line waits at most before its batch is sent.",
    unit: "milliseconds",
    max: 2_147_483_647,
    min: 0,
    example: 1_000,
    default: 1_000,
  },
};

const tls: Readonly<Record<string, LeafOption>> = {
  certificateFile: { kind: "pem-file", doc: "PEM file of the authority that signed the server's certificate." },
  clientKeyFile: { kind: "pem-file", doc: "PEM file of the client's key, for mutual TLS." },
  clientCertificateFile: { kind: "pem-file", doc: "PEM file of the client's certificate, for mutual TLS." },
};

/** Of backends that are reached over HTTP. */
const http: Readonly<Record<string, LeafOption>> = {
  headers: {
    kind: "map",
    doc: "Headers of each request, such as an API key.",
    values: "text",
    headers: true,
    example: "x-api-key=secret",
  },
  username: { kind: "text", doc: "The user, for basic authorization.", example: "telltale" },
  password: { kind: "text", doc: "The user's password.", example: "secret", secret: true },
  timeoutMs: { ...timeout, example: 30_000, default: 30_000 } as NumberOption,
  compression: { kind: "choice", doc: "Compression of each request.", values: ["none", "gzip"], default: "gzip" },
  ...tls,
  ...queue,
};

const consoleSink: GroupOption = {
  kind: "group",
  doc: "Prints lines.",
  typeName: "ConsoleLogSinkOptions",
  options: {
    level,
    format: {
      kind: "choice",
      doc: "JSON, or lines for people; `auto` is `pretty` on a terminal.",
      values: ["auto", "json", "pretty"],
      default: "auto",
    },
    colors: {
      kind: "choice",
      doc: "Colours of pretty lines; `auto` on a terminal that has them.",
      values: ["auto", "always", "never"],
      default: "auto",
    },
    stream: { kind: "choice", doc: "Where to.", values: ["stdout", "stderr"], default: "stdout" },
    sync: {
      kind: "flag",
      doc: "Whether a line is written before the logging call returns; `false` gathers lines, and a reader that stalls costs lines, not time.",
      default: true,
    },
  },
};

const fileSink: GroupOption = {
  kind: "group",
  doc: "Appends lines to a file.",
  typeName: "FileLogSinkOptions",
  options: {
    level,
    path: {
      kind: "text",
      doc: "The file; its folder is made. Each process needs one of its own.",
      example: "app.log",
      defaultNote: "needed",
    },
    rotate: {
      kind: "group",
      doc: "When a new file is begun; the last ones are `path.1`, `path.2` and so on.",
      typeName: "LogRotationOptions",
      options: {
        maxSize: {
          kind: "size",
          doc: "The file grows no larger, unless one line is.",
          example: "100MB",
          defaultNote: "no limit",
        },
        interval: {
          kind: "choice",
          doc: "A new file each hour, day or week (from Monday), in UTC.",
          values: ["hourly", "daily", "weekly"],
          defaultNote: "none",
        },
        maxFiles: { ...count, doc: "Older files that are kept.", min: 0, max: 10_000, example: 5, default: 5 },
        gzip: { kind: "flag", doc: "Whether older files are compressed.", default: false },
      },
    },
    maxQueueSize: {
      kind: "size",
      doc: "What may wait for a slow disk, in characters; what comes beyond is dropped and counted.",
      example: "16MiB",
      default: 16_777_216,
    },
    reopenOnSighup: {
      kind: "choice",
      doc: "Whether SIGHUP makes it open the file anew instead of ending the process; `auto` when the process has no terminal. A file that was moved is noticed without it.",
      values: ["auto", "always", "never"],
      default: "auto",
    },
  },
};

/** Elasticsearch and OpenSearch differ in name only. */
function bulkSink(product: string, typeName: string): GroupOption {
  return {
    kind: "group",
    doc: `Sends lines to ${product} by its bulk API, in the Elastic Common Schema.`,
    typeName,
    options: {
      level,
      endpoint: endpoint(`Where ${product} listens.`, "http://localhost:9200"),
      index: {
        kind: "text",
        doc: "The data stream or index; `{date}` stands for a line's day.",
        example: "app-logs",
        default: "logs-telltale-default",
      },
      dataStream: {
        kind: "choice",
        doc: "Whether `index` is a data stream; `auto` unless it has `{date}`.",
        values: ["auto", "always", "never"],
        default: "auto",
      },
      template: {
        kind: "flag",
        doc: "Whether an index template with the fields' types is made when there is none.",
        default: true,
      },
      apiKey: { kind: "text", doc: "In place of a user.", example: "secret", secret: true },
      ...http,
    },
  };
}

const lokiSink: GroupOption = {
  kind: "group",
  doc: "Sends lines to Grafana Loki.",
  typeName: "LokiLogSinkOptions",
  options: {
    level,
    endpoint: endpoint("Where Loki listens; `/loki/api/v1/push` is added.", "http://localhost:3100"),
    labels: { kind: "map", doc: "Labels of every stream, beside `service_name`.", values: "text", example: "env=prod" },
    lineLabels: {
      kind: "names",
      doc: "Fields of a line that become labels: few, with few values.",
      example: ["level"],
      default: ["level"],
    },
    metadata: {
      kind: "names",
      doc: "Fields of a line that become structured metadata.",
      example: ["trace_id", "span_id"],
      default: ["trace_id", "span_id"],
    },
    tenant: { kind: "text", doc: "`X-Scope-OrgID`, for a Loki of several tenants.", example: "team-a" },
    ...http,
  },
};

const syslogSink: GroupOption = {
  kind: "group",
  doc: "Sends lines to a syslog server, as messages of RFC 5424.",
  typeName: "SyslogLogSinkOptions",
  options: {
    level,
    host: { kind: "text", doc: "Where the server is.", example: "syslog", default: "127.0.0.1" },
    port: {
      ...count,
      doc: "The server's port.",
      min: 1,
      max: 65_535,
      example: 514,
      defaultNote: "514, or 6514 for TLS",
    },
    protocol: { kind: "choice", doc: "How messages are carried.", values: ["udp", "tcp", "tls"], default: "udp" },
    facility: {
      kind: "choice",
      doc: "What kind of program it is.",
      values: ["user", "daemon", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"],
      default: "user",
    },
    appName: { kind: "text", doc: "The program's name.", example: "checkout", defaultNote: "the service's name" },
    format: {
      kind: "choice",
      doc: "The whole line, or its message with the fields as structured data.",
      values: ["json", "text"],
      default: "json",
    },
    maxMessageBytes: {
      ...count,
      doc: "Longer messages are cut.",
      min: 480,
      example: 2_048,
      defaultNote: "2048 for UDP, else 65536",
    },
    timeoutMs: { ...timeout },
    ...tls,
    ...queue,
  },
};

const otlp = otlpExporter("logs", "OtlpLogSinkOptions");

export const logSinks: VariantsOption = {
  kind: "variants",
  doc: "Where log records go; each goes to all of them. The variable decides only what is shipped: the console stays.",
  typeName: "LogSinkOptions",
  defaultNote: "`console` and one `otlp`; the latter not when code or a file names exporters for another signal",
  otelToo: ["OTEL_LOGS_EXPORTER"],
  variants: {
    console: consoleSink,
    file: fileSink,
    otlp: { ...otlp, options: { level, ...otlp.options } },
    elasticsearch: bulkSink("Elasticsearch", "ElasticsearchLogSinkOptions"),
    opensearch: bulkSink("OpenSearch", "OpensearchLogSinkOptions"),
    loki: lokiSink,
    syslog: syslogSink,
  },
};

/** What is left out of lines, and which lines. */
export const logThinning: Readonly<Record<"redact" | "sampling" | "repeats", GroupOption>> = {
  redact: {
    kind: "group",
    doc: "What is hidden in lines, wherever they go.",
    typeName: "LogRedactionOptions",
    options: {
      paths: {
        kind: "names",
        doc: "Fields by their paths, in pino's notation.",
        example: ["password", "req.headers.authorization", "*.card"],
        default: [],
      },
      shapes: {
        kind: "names",
        doc: "What looks like a secret, wherever it stands: costs more than `paths`.",
        values: ["card", "email", "token", "key", "iban"],
        all: true,
        example: ["token", "card"],
        default: [],
      },
      censor: { kind: "text", doc: "What stands in its place.", example: "[Redacted]", default: "[Redacted]" },
      remove: { kind: "flag", doc: "Whether fields of `paths` are left out with their keys.", default: false },
    },
  },
  sampling: {
    kind: "group",
    doc: "Keeps a share of the lines only.",
    typeName: "LogSamplingOptions",
    options: {
      ratio: {
        kind: "number",
        whole: false,
        doc: "The share that is kept.",
        min: 0,
        max: 1,
        example: 0.1,
        defaultNote: "all",
      },
      upTo: {
        kind: "choice",
        doc: "The most severe level that is sampled; lines above it are all kept.",
        values: logLevels,
        default: "info",
      },
      byTrace: { kind: "flag", doc: "Whether a trace's lines are kept or left out together.", default: true },
    },
  },
  repeats: {
    kind: "group",
    doc: "Limits how often the same line is written, and tells how often it was left out; `true` takes the defaults.",
    typeName: "LogRepeatOptions",
    switchedOn: false,
    options: {
      limit: {
        ...count,
        doc: "Lines of one message that are written in an interval.",
        min: 1,
        example: 100,
        default: 100,
      },
      intervalMs: {
        ...count,
        doc: "The interval.",
        unit: "milliseconds",
        min: 1,
        max: 2_147_483_647,
        example: 1_000,
        default: 1_000,
      },
    },
  },
};
