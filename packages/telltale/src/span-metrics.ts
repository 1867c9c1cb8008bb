import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import type { ReadableSpan, SpanProcessor } from "@opentelemetry/sdk-trace";
import { bounded, counter, histogram, open } from "@telltale/metrics";
import { ignoreSpan } from "@telltale/tracing";

/** As OTLP's protobuf names them, and so the Collector's span metrics connector, Jaeger's monitor page and Grafana's boards. */
const KINDS = {
  [SpanKind.INTERNAL]: "SPAN_KIND_INTERNAL",
  [SpanKind.SERVER]: "SPAN_KIND_SERVER",
  [SpanKind.CLIENT]: "SPAN_KIND_CLIENT",
  [SpanKind.PRODUCER]: "SPAN_KIND_PRODUCER",
  [SpanKind.CONSUMER]: "SPAN_KIND_CONSUMER",
} as const;

const STATUSES = {
  [SpanStatusCode.UNSET]: "STATUS_CODE_UNSET",
  [SpanStatusCode.OK]: "STATUS_CODE_OK",
  [SpanStatusCode.ERROR]: "STATUS_CODE_ERROR",
} as const;

const BOUNDARIES = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** So many names are kept apart; spans of later ones are counted as `other`. */
export const MAX_SPAN_NAMES = 200;

/**
 * Rate, errors and duration of spans by name, as metrics. Only spans that are recorded come here: where traces are sampled,
 * these are the sample's.
 */
export function spanMetricsProcessor(serviceName: string): SpanProcessor {
  const attributes = {
    "service.name": open(),
    "span.name": bounded(MAX_SPAN_NAMES),
    "span.kind": Object.values(KINDS),
    "status.code": Object.values(STATUSES),
  };
  const calls = counter({
    name: "traces.span.metrics.calls",
    unit: "{call}",
    description: "Spans that ended.",
    attributes,
  });
  const duration = histogram({
    name: "traces.span.metrics.duration",
    unit: "s",
    description: "How long spans took.",
    attributes,
    boundaries: BOUNDARIES,
  });
  return {
    onStart: ignoreSpan,
    onEnd(span: ReadableSpan) {
      const of = {
        "service.name": serviceName,
        "span.name": span.name,
        "span.kind": KINDS[span.kind],
        "status.code": STATUSES[span.status.code],
      };
      calls.add(1, of);
      duration.record(span.duration[0] + span.duration[1] / 1e9, of);
    },
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}
