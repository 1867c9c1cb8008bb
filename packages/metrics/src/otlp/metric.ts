import type { ValueType } from "@opentelemetry/api";
import type {
  AggregationTemporality,
  DataPoint,
  DataPointType,
  ExponentialHistogram,
  Histogram,
  MetricData,
  ScopeMetrics,
} from "@opentelemetry/sdk-metrics";
import type { ProtobufWriter } from "../protobuf-writer.ts";
import { writeAttributes } from "./attributes.ts";
import { writeExponentialPoint } from "./exponential-point.ts";
import { writeHistogramPoint } from "./histogram-point.ts";
import { writeNumberPoint } from "./number-point.ts";
import type { PointFrame } from "./point.ts";
import { writeSchemaUrl, writeScope } from "./scope.ts";
import { hrTimeBits } from "./time.ts";

// The numbers of the SDK's enums, written out so that this package loads no SDK; a test compares the output.
const HISTOGRAM = 0 as DataPointType.HISTOGRAM;
const EXPONENTIAL_HISTOGRAM = 1 as DataPointType.EXPONENTIAL_HISTOGRAM;
const GAUGE = 2 as DataPointType.GAUGE;
const SUM = 3 as DataPointType.SUM;
const INT = 0 as ValueType.INT;
const DELTA = 0 as AggregationTemporality.DELTA;

/** How many points are written before the caller may let the event loop run. */
const POINTS_AT_A_TIME = 256;

/** Field 2 of ResourceMetrics, for metrics that come as OpenTelemetry's own objects. */
export function* writeScopeMetrics(writer: ProtobufWriter, { scope, metrics }: ScopeMetrics): Generator<void> {
  writer.tag(2, 2);
  const start = writer.open();
  writeScope(writer, scope);
  for (const metric of metrics) {
    writer.tag(2, 2);
    yield* writeMetric(writer, metric);
  }
  writeSchemaUrl(writer, scope.schemaUrl);
  writer.close(start);
}

/** Name, description and unit: fields 1 to 3 of Metric. */
export function writeDescriptor(
  writer: ProtobufWriter,
  { name, description, unit }: { readonly name: string; readonly description: string; readonly unit: string },
): void {
  writer.tag(1, 2);
  writer.string(name);
  if (description) {
    writer.tag(2, 2);
    writer.string(description);
  }
  if (unit) {
    writer.tag(3, 2);
    writer.string(unit);
  }
}

/** The field of Metric that holds the points. */
export function dataField(type: DataPointType): number {
  switch (type) {
    case GAUGE:
      return 5;
    case SUM:
      return 7;
    case HISTOGRAM:
      return 9;
    case EXPONENTIAL_HISTOGRAM:
      return 10;
  }
  throw new TypeError(`A metric of data point type ${String(type)} cannot be written as OTLP`);
}

/** What follows the points. */
export function writeTemporality(
  writer: ProtobufWriter,
  {
    type,
    temporality,
    monotonic,
  }: { readonly type: DataPointType; readonly temporality: AggregationTemporality; readonly monotonic: boolean },
): void {
  if (type === GAUGE) return;
  writer.tag(2, 0);
  writer.varint(temporality === DELTA ? 1 : 2);
  if (type !== SUM || !monotonic) return;
  writer.tag(3, 0);
  writer.varint(1);
}

function* writeMetric(writer: ProtobufWriter, metric: MetricData): Generator<void> {
  const start = writer.open();
  writeDescriptor(writer, metric.descriptor);
  writer.tag(dataField(metric.dataPointType), 2);
  const data = writer.open();
  let written = 0;
  for (const point of metric.dataPoints as readonly DataPoint<unknown>[]) {
    writer.tag(1, 2);
    const content = writer.open();
    writePoint(writer, metric, point);
    writer.close(content);
    if (++written % POINTS_AT_A_TIME === 0) yield;
  }
  writeTemporality(writer, {
    type: metric.dataPointType,
    temporality: metric.aggregationTemporality,
    monotonic: metric.dataPointType === SUM && metric.isMonotonic,
  });
  writer.close(data);
  writer.close(start);
  yield;
}

function writePoint(writer: ProtobufWriter, metric: MetricData, point: DataPoint<unknown>): void {
  const { attributes, value, startTime, endTime } = point;
  const frame: PointFrame = {
    start: hrTimeBits(startTime),
    end: hrTimeBits(endTime),
    attributes: (field) => writeAttributes(writer, field, attributes),
    exemplar: undefined,
  };
  switch (metric.dataPointType) {
    case HISTOGRAM:
      writeHistogramPoint(writer, value as Histogram, frame);
      break;
    case EXPONENTIAL_HISTOGRAM:
      writeExponentialPoint(writer, value as ExponentialHistogram, frame);
      break;
    default: {
      const integer = metric.descriptor.valueType === INT;
      writeNumberPoint(writer, { value: value as number, integer }, frame);
    }
  }
}
