/**
 * The official OTLP definitions (opentelemetry-proto v1.10.0: common, resource, trace, metrics, logs and their collector
 * services), converted from the serialized descriptors of PyPI's opentelemetry-proto 1.45.2. Apache-2.0, see NOTICE.
 * Field names are in their JSON form. Generated; above 300 lines because it is data.
 */
import type { AnyNestedObject } from "protobufjs";

/** By protobuf package: what protobufjs' `Root.define` takes. */
export const otlpDefinitions: Readonly<Record<string, Record<string, AnyNestedObject>>> = {
  "opentelemetry.proto.collector.logs.v1": {
    ExportLogsServiceRequest: {
      fields: {
        resourceLogs: { rule: "repeated", type: ".opentelemetry.proto.logs.v1.ResourceLogs", id: 1 },
      },
    },
    ExportLogsServiceResponse: {
      fields: {
        partialSuccess: { type: ".opentelemetry.proto.collector.logs.v1.ExportLogsPartialSuccess", id: 1 },
      },
    },
    ExportLogsPartialSuccess: {
      fields: {
        rejectedLogRecords: { type: "int64", id: 1 },
        errorMessage: { type: "string", id: 2 },
      },
    },
  },
  "opentelemetry.proto.collector.metrics.v1": {
    ExportMetricsServiceRequest: {
      fields: {
        resourceMetrics: { rule: "repeated", type: ".opentelemetry.proto.metrics.v1.ResourceMetrics", id: 1 },
      },
    },
    ExportMetricsServiceResponse: {
      fields: {
        partialSuccess: { type: ".opentelemetry.proto.collector.metrics.v1.ExportMetricsPartialSuccess", id: 1 },
      },
    },
    ExportMetricsPartialSuccess: {
      fields: {
        rejectedDataPoints: { type: "int64", id: 1 },
        errorMessage: { type: "string", id: 2 },
      },
    },
  },
  "opentelemetry.proto.collector.trace.v1": {
    ExportTraceServiceRequest: {
      fields: {
        resourceSpans: { rule: "repeated", type: ".opentelemetry.proto.trace.v1.ResourceSpans", id: 1 },
      },
    },
    ExportTraceServiceResponse: {
      fields: {
        partialSuccess: { type: ".opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess", id: 1 },
      },
    },
    ExportTracePartialSuccess: {
      fields: {
        rejectedSpans: { type: "int64", id: 1 },
        errorMessage: { type: "string", id: 2 },
      },
    },
  },
  "opentelemetry.proto.common.v1": {
    AnyValue: {
      oneofs: {
        value: {
          oneof: [
            "stringValue",
            "boolValue",
            "intValue",
            "doubleValue",
            "arrayValue",
            "kvlistValue",
            "bytesValue",
            "stringValueStrindex",
          ],
        },
      },
      fields: {
        stringValue: { type: "string", id: 1 },
        boolValue: { type: "bool", id: 2 },
        intValue: { type: "int64", id: 3 },
        doubleValue: { type: "double", id: 4 },
        arrayValue: { type: ".opentelemetry.proto.common.v1.ArrayValue", id: 5 },
        kvlistValue: { type: ".opentelemetry.proto.common.v1.KeyValueList", id: 6 },
        bytesValue: { type: "bytes", id: 7 },
        stringValueStrindex: { type: "int32", id: 8 },
      },
    },
    ArrayValue: {
      fields: {
        values: { rule: "repeated", type: ".opentelemetry.proto.common.v1.AnyValue", id: 1 },
      },
    },
    KeyValueList: {
      fields: {
        values: { rule: "repeated", type: ".opentelemetry.proto.common.v1.KeyValue", id: 1 },
      },
    },
    KeyValue: {
      fields: {
        key: { type: "string", id: 1 },
        value: { type: ".opentelemetry.proto.common.v1.AnyValue", id: 2 },
        keyStrindex: { type: "int32", id: 3 },
      },
    },
    InstrumentationScope: {
      fields: {
        name: { type: "string", id: 1 },
        version: { type: "string", id: 2 },
        attributes: { rule: "repeated", type: ".opentelemetry.proto.common.v1.KeyValue", id: 3 },
        droppedAttributesCount: { type: "uint32", id: 4 },
      },
    },
    EntityRef: {
      fields: {
        schemaUrl: { type: "string", id: 1 },
        type: { type: "string", id: 2 },
        idKeys: { rule: "repeated", type: "string", id: 3 },
        descriptionKeys: { rule: "repeated", type: "string", id: 4 },
      },
    },
  },
  "opentelemetry.proto.logs.v1": {
    LogsData: {
      fields: {
        resourceLogs: { rule: "repeated", type: ".opentelemetry.proto.logs.v1.ResourceLogs", id: 1 },
      },
    },
    ResourceLogs: {
      fields: {
        resource: { type: ".opentelemetry.proto.resource.v1.Resource", id: 1 },
        scopeLogs: { rule: "repeated", type: ".opentelemetry.proto.logs.v1.ScopeLogs", id: 2 },
        schemaUrl: { type: "string", id: 3 },
      },
    },
    ScopeLogs: {
      fields: {
        scope: { type: ".opentelemetry.proto.common.v1.InstrumentationScope", id: 1 },
        logRecords: { rule: "repeated", type: ".opentelemetry.proto.logs.v1.LogRecord", id: 2 },
        schemaUrl: { type: "string", id: 3 },
      },
    },
    LogRecord: {
      fields: {
        timeUnixNano: { type: "fixed64", id: 1 },
        observedTimeUnixNano: { type: "fixed64", id: 11 },
        severityNumber: { type: ".opentelemetry.proto.logs.v1.SeverityNumber", id: 2 },
        severityText: { type: "string", id: 3 },
        body: { type: ".opentelemetry.proto.common.v1.AnyValue", id: 5 },
        attributes: { rule: "repeated", type: ".opentelemetry.proto.common.v1.KeyValue", id: 6 },
        droppedAttributesCount: { type: "uint32", id: 7 },
        flags: { type: "fixed32", id: 8 },
        traceId: { type: "bytes", id: 9 },
        spanId: { type: "bytes", id: 10 },
        eventName: { type: "string", id: 12 },
      },
    },
    SeverityNumber: {
      values: {
        SEVERITY_NUMBER_UNSPECIFIED: 0,
        SEVERITY_NUMBER_TRACE: 1,
        SEVERITY_NUMBER_TRACE2: 2,
        SEVERITY_NUMBER_TRACE3: 3,
        SEVERITY_NUMBER_TRACE4: 4,
        SEVERITY_NUMBER_DEBUG: 5,
        SEVERITY_NUMBER_DEBUG2: 6,
        SEVERITY_NUMBER_DEBUG3: 7,
        SEVERITY_NUMBER_DEBUG4: 8,
        SEVERITY_NUMBER_INFO: 9,
        SEVERITY_NUMBER_INFO2: 10,
        SEVERITY_NUMBER_INFO3: 11,
        SEVERITY_NUMBER_INFO4: 12,
        SEVERITY_NUMBER_WARN: 13,
        SEVERITY_NUMBER_WARN2: 14,
        SEVERITY_NUMBER_WARN3: 15,
        SEVERITY_NUMBER_WARN4: 16,
        SEVERITY_NUMBER_ERROR: 17,
        SEVERITY_NUMBER_ERROR2: 18,
        SEVERITY_NUMBER_ERROR3: 19,
        SEVERITY_NUMBER_ERROR4: 20,
        SEVERITY_NUMBER_FATAL: 21,
        SEVERITY_NUMBER_FATAL2: 22,
        SEVERITY_NUMBER_FATAL3: 23,
        SEVERITY_NUMBER_FATAL4: 24,
      },
    },
    LogRecordFlags: {
      values: {
        LOG_RECORD_FLAGS_DO_NOT_USE: 0,
        LOG_RECORD_FLAGS_TRACE_FLAGS_MASK: 255,
      },
    },
  },
  "opentelemetry.proto.metrics.v1": {
    MetricsData: {
      fields: {
        resourceMetrics: { rule: "repeated", type: ".opentelemetry.proto.metrics.v1.ResourceMetrics", id: 1 },
      },
    },
    ResourceMetrics: {
      fields: {
        resource: { type: ".opentelemetry.proto.resource.v1.Resource", id: 1 },
        scopeMetrics: { rule: "repeated", type: ".opentelemetry.proto.metrics.v1.ScopeMetrics", id: 2 },
        schemaUrl: { type: "string", id: 3 },
      },
    },
    ScopeMetrics: {
      fields: {
        scope: { type: ".opentelemetry.proto.common.v1.InstrumentationScope", id: 1 },
        metrics: { rule: "repeated", type: ".opentelemetry.proto.metrics.v1.Metric", id: 2 },
        schemaUrl: { type: "string", id: 3 },
      },
    },
    Metric: {
      oneofs: { data: { oneof: ["gauge", "sum", "histogram", "exponentialHistogram", "summary"] } },
      fields: {
        name: { type: "string", id: 1 },
        description: { type: "string", id: 2 },
        unit: { type: "string", id: 3 },
        gauge: { type: ".opentelemetry.proto.metrics.v1.Gauge", id: 5 },
        sum: { type: ".opentelemetry.proto.metrics.v1.Sum", id: 7 },
        histogram: { type: ".opentelemetry.proto.metrics.v1.Histogram", id: 9 },
        exponentialHistogram: { type: ".opentelemetry.proto.metrics.v1.ExponentialHistogram", id: 10 },
        summary: { type: ".opentelemetry.proto.metrics.v1.Summary", id: 11 },
        metadata: { rule: "repeated", type: ".opentelemetry.proto.common.v1.KeyValue", id: 12 },
      },
    },
    Gauge: {
      fields: {
        dataPoints: { rule: "repeated", type: ".opentelemetry.proto.metrics.v1.NumberDataPoint", id: 1 },
      },
    },
    Sum: {
      fields: {
        dataPoints: { rule: "repeated", type: ".opentelemetry.proto.metrics.v1.NumberDataPoint", id: 1 },
        aggregationTemporality: { type: ".opentelemetry.proto.metrics.v1.AggregationTemporality", id: 2 },
        isMonotonic: { type: "bool", id: 3 },
      },
    },
    Histogram: {
      fields: {
        dataPoints: { rule: "repeated", type: ".opentelemetry.proto.metrics.v1.HistogramDataPoint", id: 1 },
        aggregationTemporality: { type: ".opentelemetry.proto.metrics.v1.AggregationTemporality", id: 2 },
      },
    },
    ExponentialHistogram: {
      fields: {
        dataPoints: { rule: "repeated", type: ".opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint", id: 1 },
        aggregationTemporality: { type: ".opentelemetry.proto.metrics.v1.AggregationTemporality", id: 2 },
      },
    },
    Summary: {
      fields: {
        dataPoints: { rule: "repeated", type: ".opentelemetry.proto.metrics.v1.SummaryDataPoint", id: 1 },
      },
    },
    NumberDataPoint: {
      oneofs: { value: { oneof: ["asDouble", "asInt"] } },
      fields: {
        attributes: { rule: "repeated", type: ".opentelemetry.proto.common.v1.KeyValue", id: 7 },
        startTimeUnixNano: { type: "fixed64", id: 2 },
        timeUnixNano: { type: "fixed64", id: 3 },
        asDouble: { type: "double", id: 4 },
        asInt: { type: "sfixed64", id: 6 },
        exemplars: { rule: "repeated", type: ".opentelemetry.proto.metrics.v1.Exemplar", id: 5 },
        flags: { type: "uint32", id: 8 },
      },
    },
    HistogramDataPoint: {
      fields: {
        attributes: { rule: "repeated", type: ".opentelemetry.proto.common.v1.KeyValue", id: 9 },
        startTimeUnixNano: { type: "fixed64", id: 2 },
        timeUnixNano: { type: "fixed64", id: 3 },
        count: { type: "fixed64", id: 4 },
        sum: { type: "double", id: 5 },
        bucketCounts: { rule: "repeated", type: "fixed64", id: 6 },
        explicitBounds: { rule: "repeated", type: "double", id: 7 },
        exemplars: { rule: "repeated", type: ".opentelemetry.proto.metrics.v1.Exemplar", id: 8 },
        flags: { type: "uint32", id: 10 },
        min: { type: "double", id: 11 },
        max: { type: "double", id: 12 },
      },
    },
    ExponentialHistogramDataPoint: {
      fields: {
        attributes: { rule: "repeated", type: ".opentelemetry.proto.common.v1.KeyValue", id: 1 },
        startTimeUnixNano: { type: "fixed64", id: 2 },
        timeUnixNano: { type: "fixed64", id: 3 },
        count: { type: "fixed64", id: 4 },
        sum: { type: "double", id: 5 },
        scale: { type: "sint32", id: 6 },
        zeroCount: { type: "fixed64", id: 7 },
        positive: { type: ".opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint.Buckets", id: 8 },
        negative: { type: ".opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint.Buckets", id: 9 },
        flags: { type: "uint32", id: 10 },
        exemplars: { rule: "repeated", type: ".opentelemetry.proto.metrics.v1.Exemplar", id: 11 },
        min: { type: "double", id: 12 },
        max: { type: "double", id: 13 },
        zeroThreshold: { type: "double", id: 14 },
      },
      nested: {
        Buckets: {
          fields: {
            offset: { type: "sint32", id: 1 },
            bucketCounts: { rule: "repeated", type: "uint64", id: 2 },
          },
        },
      },
    },
    SummaryDataPoint: {
      fields: {
        attributes: { rule: "repeated", type: ".opentelemetry.proto.common.v1.KeyValue", id: 7 },
        startTimeUnixNano: { type: "fixed64", id: 2 },
        timeUnixNano: { type: "fixed64", id: 3 },
        count: { type: "fixed64", id: 4 },
        sum: { type: "double", id: 5 },
        quantileValues: {
          rule: "repeated",
          type: ".opentelemetry.proto.metrics.v1.SummaryDataPoint.ValueAtQuantile",
          id: 6,
        },
        flags: { type: "uint32", id: 8 },
      },
      nested: {
        ValueAtQuantile: {
          fields: {
            quantile: { type: "double", id: 1 },
            value: { type: "double", id: 2 },
          },
        },
      },
    },
    Exemplar: {
      oneofs: { value: { oneof: ["asDouble", "asInt"] } },
      fields: {
        filteredAttributes: { rule: "repeated", type: ".opentelemetry.proto.common.v1.KeyValue", id: 7 },
        timeUnixNano: { type: "fixed64", id: 2 },
        asDouble: { type: "double", id: 3 },
        asInt: { type: "sfixed64", id: 6 },
        spanId: { type: "bytes", id: 4 },
        traceId: { type: "bytes", id: 5 },
      },
    },
    AggregationTemporality: {
      values: {
        AGGREGATION_TEMPORALITY_UNSPECIFIED: 0,
        AGGREGATION_TEMPORALITY_DELTA: 1,
        AGGREGATION_TEMPORALITY_CUMULATIVE: 2,
      },
    },
    DataPointFlags: {
      values: {
        DATA_POINT_FLAGS_DO_NOT_USE: 0,
        DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK: 1,
      },
    },
  },
  "opentelemetry.proto.resource.v1": {
    Resource: {
      fields: {
        attributes: { rule: "repeated", type: ".opentelemetry.proto.common.v1.KeyValue", id: 1 },
        droppedAttributesCount: { type: "uint32", id: 2 },
        entityRefs: { rule: "repeated", type: ".opentelemetry.proto.common.v1.EntityRef", id: 3 },
      },
    },
  },
  "opentelemetry.proto.trace.v1": {
    TracesData: {
      fields: {
        resourceSpans: { rule: "repeated", type: ".opentelemetry.proto.trace.v1.ResourceSpans", id: 1 },
      },
    },
    ResourceSpans: {
      fields: {
        resource: { type: ".opentelemetry.proto.resource.v1.Resource", id: 1 },
        scopeSpans: { rule: "repeated", type: ".opentelemetry.proto.trace.v1.ScopeSpans", id: 2 },
        schemaUrl: { type: "string", id: 3 },
      },
    },
    ScopeSpans: {
      fields: {
        scope: { type: ".opentelemetry.proto.common.v1.InstrumentationScope", id: 1 },
        spans: { rule: "repeated", type: ".opentelemetry.proto.trace.v1.Span", id: 2 },
        schemaUrl: { type: "string", id: 3 },
      },
    },
    Span: {
      fields: {
        traceId: { type: "bytes", id: 1 },
        spanId: { type: "bytes", id: 2 },
        traceState: { type: "string", id: 3 },
        parentSpanId: { type: "bytes", id: 4 },
        flags: { type: "fixed32", id: 16 },
        name: { type: "string", id: 5 },
        kind: { type: ".opentelemetry.proto.trace.v1.Span.SpanKind", id: 6 },
        startTimeUnixNano: { type: "fixed64", id: 7 },
        endTimeUnixNano: { type: "fixed64", id: 8 },
        attributes: { rule: "repeated", type: ".opentelemetry.proto.common.v1.KeyValue", id: 9 },
        droppedAttributesCount: { type: "uint32", id: 10 },
        events: { rule: "repeated", type: ".opentelemetry.proto.trace.v1.Span.Event", id: 11 },
        droppedEventsCount: { type: "uint32", id: 12 },
        links: { rule: "repeated", type: ".opentelemetry.proto.trace.v1.Span.Link", id: 13 },
        droppedLinksCount: { type: "uint32", id: 14 },
        status: { type: ".opentelemetry.proto.trace.v1.Status", id: 15 },
      },
      nested: {
        Event: {
          fields: {
            timeUnixNano: { type: "fixed64", id: 1 },
            name: { type: "string", id: 2 },
            attributes: { rule: "repeated", type: ".opentelemetry.proto.common.v1.KeyValue", id: 3 },
            droppedAttributesCount: { type: "uint32", id: 4 },
          },
        },
        Link: {
          fields: {
            traceId: { type: "bytes", id: 1 },
            spanId: { type: "bytes", id: 2 },
            traceState: { type: "string", id: 3 },
            attributes: { rule: "repeated", type: ".opentelemetry.proto.common.v1.KeyValue", id: 4 },
            droppedAttributesCount: { type: "uint32", id: 5 },
            flags: { type: "fixed32", id: 6 },
          },
        },
        SpanKind: {
          values: {
            SPAN_KIND_UNSPECIFIED: 0,
            SPAN_KIND_INTERNAL: 1,
            SPAN_KIND_SERVER: 2,
            SPAN_KIND_CLIENT: 3,
            SPAN_KIND_PRODUCER: 4,
            SPAN_KIND_CONSUMER: 5,
          },
        },
      },
    },
    Status: {
      fields: {
        message: { type: "string", id: 2 },
        code: { type: ".opentelemetry.proto.trace.v1.Status.StatusCode", id: 3 },
      },
      nested: {
        StatusCode: {
          values: {
            STATUS_CODE_UNSET: 0,
            STATUS_CODE_OK: 1,
            STATUS_CODE_ERROR: 2,
          },
        },
      },
    },
    SpanFlags: {
      values: {
        SPAN_FLAGS_DO_NOT_USE: 0,
        SPAN_FLAGS_TRACE_FLAGS_MASK: 255,
        SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK: 256,
        SPAN_FLAGS_CONTEXT_IS_REMOTE_MASK: 512,
      },
    },
  },
};
