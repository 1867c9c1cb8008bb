import { batch, count, limit, valueLength } from "./limit-schema.ts";
import { logLevels, logSinks, logThinning } from "./log-sink-schema.ts";
import type { GroupOption } from "./option.ts";

export const logging: GroupOption = {
  kind: "group",
  doc: "Logs; `false` switches the logger and the shipping off.",
  typeName: "LoggingOptions",
  switchedOn: true,
  options: {
    level: {
      kind: "choice",
      doc: "The least severe level that is logged.",
      values: logLevels,
      default: "info",
    },
    levels: {
      kind: "map",
      doc: "By a logger's name, in which `*` stands for any characters; a longer pattern is stronger than a shorter one.",
      values: "text",
      example: "http.*=debug,kafka=warn",
    },
    sinks: logSinks,
    ...logThinning,
    batch: batch("OTEL_BLRP", 1_000, 2_048),
    limits: {
      kind: "group",
      doc: "How much one log record may hold.",
      typeName: "LogRecordLimitsOptions",
      options: {
        attributeCountLimit: limit(
          "Attributes of a record.",
          "OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT",
          "OTEL_ATTRIBUTE_COUNT_LIMIT",
        ),
        attributeValueLengthLimit: {
          ...valueLength,
          otel: ["OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"],
        },
      },
    },
  },
};

const health: GroupOption = {
  kind: "group",
  doc: "Health of the process at `/livez`, `/readyz` and `/healthz`, on the port of `metrics.prometheus` or one of its own; `false` answers nowhere.",
  typeName: "HealthOptions",
  switchedOn: true,
  options: {
    port: {
      ...count,
      doc: "A port of its own to listen on; 0 takes any free one.",
      min: 0,
      max: 65_535,
      example: 8_080,
      defaultNote: "that of `metrics.prometheus`, where there is one",
    },
    host: {
      kind: "text",
      doc: "Address that the port of its own listens on; `0.0.0.0` to be reachable by a kubelet.",
      example: "0.0.0.0",
      default: "127.0.0.1",
    },
    prefix: {
      kind: "text",
      doc: "Put before the paths: `/ops` makes `/ops/livez`.",
      example: "/ops",
      default: "",
      defaultNote: "none",
    },
    reasons: { kind: "flag", doc: "Whether answers say why a check is not well.", default: true },
    start: {
      kind: "choice",
      doc: "When the process is ready: `auto` once every critical check has answered, `manual` when the application says `telemetry.health.started()`.",
      values: ["auto", "manual"],
      default: "auto",
    },
  },
};

const profiling: GroupOption = {
  kind: "group",
  doc: "CPU and heap profiles for `go tool pprof`, at `/debug/pprof/profile` and `/debug/pprof/heap` on a port of their own. Who can ask can slow the process down.",
  typeName: "ProfilingOptions",
  switchedOn: false,
  options: {
    port: {
      ...count,
      doc: "The port to listen on; 0 takes any free one.",
      min: 0,
      max: 65_535,
      example: 6_060,
      default: 6_060,
    },
    host: {
      kind: "text",
      doc: "Address to listen on.",
      example: "127.0.0.1",
      default: "127.0.0.1",
    },
  },
};
