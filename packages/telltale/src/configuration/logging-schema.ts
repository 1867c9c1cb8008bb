import { batch, limit, valueLength } from "./limit-schema.ts";
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
