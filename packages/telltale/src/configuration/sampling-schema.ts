import { count, milliseconds, ratio } from "./limit-schema.ts";
import type { GroupOption } from "./option.ts";

const tracesPerSecond = {
  kind: "number",
  unit: "traces a second",
  whole: false,
  min: 0,
  max: 1_000_000_000,
  example: 100,
} as const;

const samplingRule: GroupOption = {
  kind: "group",
  doc: "Sampling for what matches `span`, `route` and `attributes`, all that are given.",
  typeName: "SamplingRuleOptions",
  options: {
    name: {
      kind: "text",
      doc: "What the sampling status calls the rule.",
      example: "health checks",
      defaultNote: "what it matches",
    },
    span: { kind: "text", doc: "The span's name at its start; `*` stands for any text.", example: "GET *" },
    route: {
      kind: "text",
      doc: "The request's path; `*` and `:name` stand for one segment, `**` for any text.",
      example: "/users/:id",
    },
    attributes: {
      kind: "map",
      doc: "Attributes that the span has at its start; in texts `*` stands for any text.",
      values: "scalar",
      example: "tenant=acme-*",
    },
    type: {
      kind: "choice",
      doc: "Keep everything, nothing, a share, or so many a second.",
      values: ["always_on", "always_off", "ratio", "rate_limiting"],
      defaultNote: "told by `ratio` or `tracesPerSecond`",
    },
    ratio: { ...ratio, doc: "The share of these traces that is kept." },
    tracesPerSecond: { ...tracesPerSecond, doc: "How many of these traces are kept at most." },
  },
};

export const sampling: GroupOption = {
  kind: "group",
  doc: "Which traces are kept. A layer that gives `type` hides what weaker layers say about sampling.",
  typeName: "SamplingOptions",
  options: {
    type: {
      kind: "choice",
      doc: "Keep everything, nothing, a share, so many a second, or what Jaeger says.",
      values: ["always_on", "always_off", "ratio", "rate_limiting", "jaeger_remote"],
      default: "always_on",
      defaultNote: "`ratio` or `rate_limiting` when only their number is given, else `always_on`",
      otelToo: ["OTEL_TRACES_SAMPLER"],
    },
    ratio: {
      ...ratio,
      doc: "For `ratio`: the share of traces that is kept, and stated in their tracestate, as OpenTelemetry's consistent probability sampling. For `jaeger_remote`: until Jaeger has answered.",
      default: 1,
      defaultNote: "`1`, for `jaeger_remote` `0.001`",
      otelToo: ["OTEL_TRACES_SAMPLER_ARG"],
    },
    tracesPerSecond: {
      ...tracesPerSecond,
      doc: "For `rate_limiting`, which needs it: how many traces are kept at most.",
    },
    endpoint: {
      kind: "text",
      doc: "For `jaeger_remote`: where Jaeger's agent or collector tells how to sample; asked for `service.name`.",
      example: "http://localhost:5778/sampling",
      default: "http://localhost:5778/sampling",
      otelToo: ["OTEL_TRACES_SAMPLER_ARG"],
    },
    pollingIntervalMs: {
      ...milliseconds,
      doc: "For `jaeger_remote`: how often it is asked.",
      min: 1,
      example: 60_000,
      default: 60_000,
      otelToo: ["OTEL_TRACES_SAMPLER_ARG"],
    },
    rules: {
      kind: "list",
      doc: "Other sampling for some traces, by what their first span says at its start: the first rule that matches decides, the above where none does.",
      item: samplingRule,
    },
    tail: {
      kind: "group",
      doc: "Keeps what failed or was slow in this process although it was not sampled: every span is then recorded, at its full cost, and decided when its trace has ended here.",
      typeName: "TailSamplingOptions",
      switchedOn: false,
      options: {
        errors: { kind: "flag", doc: "Keep a trace when a span of it has the status error.", default: true },
        slowerThanMs: {
          ...milliseconds,
          doc: "Keep a trace when its first span here took longer.",
          min: 0,
          example: 1_000,
          defaultNote: "none is too slow",
        },
        maxSpans: {
          ...count,
          doc: "Spans that wait for a decision, of all traces together; the oldest traces give way.",
          min: 1,
          example: 10_000,
          default: 10_000,
        },
      },
    },
    parentBased: {
      kind: "flag",
      doc: "Follow the decision of the caller's span where there is one.",
      default: true,
      otelToo: ["OTEL_TRACES_SAMPLER"],
    },
  },
};
