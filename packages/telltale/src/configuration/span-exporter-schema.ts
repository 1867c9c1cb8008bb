import { count } from "./limit-schema.ts";
import type { VariantsOption } from "./option.ts";
import { otlpExporter, timeout } from "./otlp-exporter-schema.ts";

export const spanExporters: VariantsOption = {
  kind: "variants",
  doc: "Where spans go; each is sent to all of them.",
  typeName: "SpanExporterOptions",
  defaultNote: "one `otlp`, unless code or a file names exporters for another signal",
  otel: ["OTEL_TRACES_EXPORTER"],
  variants: {
    otlp: otlpExporter("traces", "OtlpSpanExporterOptions"),
    jaeger: {
      kind: "group",
      doc: "Sends spans to Jaeger: over OTLP, or in its older thrift formats.",
      typeName: "JaegerExporterOptions",
      options: {
        protocol: {
          kind: "choice",
          doc: "`otlp` to port 4318, `thrift-http` to port 14268, `thrift-udp` (binary) to port 6832, `thrift-udp-compact` to port 6831, or `thrift-legacy`: as the package @opentelemetry/exporter-jaeger writes it.",
          values: ["otlp", "thrift-http", "thrift-udp", "thrift-udp-compact", "thrift-legacy"],
          defaultNote: "told by the endpoint's port, else `otlp`",
        },
        endpoint: {
          kind: "text",
          doc: "Where Jaeger listens; the path of the protocol is added to a URL without one.",
          example: "http://localhost:4318",
          defaultNote:
            "http://localhost:4318/v1/traces, http://localhost:14268/api/traces, localhost:6832 or localhost:6831",
          otel: ["OTEL_EXPORTER_JAEGER_ENDPOINT"],
        },
        headers: {
          kind: "map",
          doc: "Headers of each request.",
          values: "text",
          headers: true,
          example: "x-api-key=secret",
        },
        timeoutMs: { ...timeout, otel: ["OTEL_EXPORTER_JAEGER_TIMEOUT"] },
      },
    },
    zipkin: {
      kind: "group",
      doc: "Sends spans to Zipkin, as version 2 JSON.",
      typeName: "ZipkinExporterOptions",
      options: {
        endpoint: {
          kind: "text",
          doc: "Where Zipkin listens; `/api/v2/spans` is added to a URL without a path.",
          example: "http://localhost:9411/api/v2/spans",
          default: "http://localhost:9411/api/v2/spans",
          otel: ["OTEL_EXPORTER_ZIPKIN_ENDPOINT"],
        },
        headers: {
          kind: "map",
          doc: "Headers of each request.",
          values: "text",
          headers: true,
          example: "x-api-key=secret",
        },
        timeoutMs: { ...timeout, otel: ["OTEL_EXPORTER_ZIPKIN_TIMEOUT"] },
      },
    },
    console: {
      kind: "group",
      doc: "Prints each trace as a tree on standard output, for people to read.",
      typeName: "ConsoleSpanExporterOptions",
      options: {
        attributes: { kind: "flag", doc: "Attributes and events under each span.", default: false },
        colors: {
          kind: "choice",
          doc: "Colours; `auto` on a terminal that has them.",
          values: ["auto", "always", "never"],
          default: "auto",
        },
      },
    },
    file: {
      kind: "group",
      doc: "Appends spans to a file, as lines of OTLP's JSON.",
      typeName: "FileSpanExporterOptions",
      options: {
        path: { kind: "text", doc: "The file, which several processes may share; needed.", example: "traces.jsonl" },
        maxSizeBytes: {
          ...count,
          doc: "Bytes that the file holds at most; then it is moved to `path.1` and begun anew.",
          min: 1,
          example: 104_857_600,
          default: 104_857_600,
        },
        maxFiles: { ...count, doc: "Older files that are kept.", min: 0, max: 1_000, example: 5, default: 5 },
      },
    },
  },
};
