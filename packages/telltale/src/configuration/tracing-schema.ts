import { batch, limit, valueLength } from "./limit-schema.ts";
import type { GroupOption } from "./option.ts";
import { sampling } from "./sampling-schema.ts";
import { spanExporters } from "./span-exporter-schema.ts";

export const tracing: GroupOption = {
  kind: "group",
  doc: "Traces; `false` records none.",
  typeName: "TracingOptions",
  switchedOn: true,
  options: {
    engine: {
      kind: "choice",
      doc: "Who records spans: telltale's own tracer provider and context manager, or the stock ones of OpenTelemetry's SDK.",
      values: ["telltale", "sdk"],
      default: "telltale",
    },
    exporters: spanExporters,
    sampling,
    limits: {
      kind: "group",
      doc: "How much one span may hold.",
      typeName: "SpanLimitsOptions",
      options: {
        attributeCountLimit: limit(
          "Attributes of a span.",
          "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT",
          "OTEL_ATTRIBUTE_COUNT_LIMIT",
        ),
        attributeValueLengthLimit: {
          ...valueLength,
          otel: ["OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"],
        },
        eventCountLimit: limit("Events of a span.", "OTEL_SPAN_EVENT_COUNT_LIMIT"),
        linkCountLimit: limit("Links of a span.", "OTEL_SPAN_LINK_COUNT_LIMIT"),
        // The names with PER are those of the JavaScript SDK, the first ones those of the specification.
        attributePerEventCountLimit: limit(
          "Attributes of an event.",
          "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT",
          "OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT",
          "OTEL_ATTRIBUTE_COUNT_LIMIT",
        ),
        attributePerLinkCountLimit: limit(
          "Attributes of a link.",
          "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT",
          "OTEL_SPAN_ATTRIBUTE_PER_LINK_COUNT_LIMIT",
          "OTEL_ATTRIBUTE_COUNT_LIMIT",
        ),
      },
    },
    // Eight times the specification's 2,048, so that a burst of 10,000 spans in one tick loses none.
    batch: batch("OTEL_BSP", 5_000, 16_384),
    baggageAttributes: {
      kind: "names",
      doc: "Names of baggage entries that become attributes of every span.",
      example: ["tenant.id"],
      default: [],
    },
    spanMetrics: {
      kind: "flag",
      doc: "Whether the spans that are recorded are also counted and timed by name: `traces.span.metrics.calls` and `traces.span.metrics.duration`, which Jaeger's monitor page reads.",
      default: false,
    },
  },
};
