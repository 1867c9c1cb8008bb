import { createRequire } from "node:module";
import type { HrTime } from "@opentelemetry/api";
import type { Instrumentation } from "@opentelemetry/instrumentation";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { expect, test } from "vitest";
import { adjustPg } from "./pg-corrections.ts";

const { PgInstrumentation } = createRequire(import.meta.url)("@opentelemetry/instrumentation-pg") as {
  readonly PgInstrumentation: new (
    config: object,
  ) => Instrumentation & {
    recordOperationDuration(attributes: object, startTime: HrTime): void;
  };
};

test.each([
  ["SELECT", "SELECT"],
  ["SELECT\n'SECRET'", "SELECT"],
  ["/*SECRET*/UPDATE", "UPDATE"],
  ["'SECRET'", undefined],
])("the durations of %j have the operation %s", async (operation, recorded) => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const meterProvider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] });
  const pg = new PgInstrumentation({ enabled: false });
  pg.setMeterProvider(meterProvider);
  adjustPg(pg);
  pg.recordOperationDuration({ "db.operation.name": operation }, [0, 0]);
  await meterProvider.forceFlush();
  const [metric] = exporter.getMetrics()[0]!.scopeMetrics.flatMap(({ metrics }) => metrics);
  expect(metric!.dataPoints[0]!.attributes["db.operation.name"]).toBe(recorded);
  await meterProvider.shutdown();
});

test("a version without the methods that are adjusted is left alone", () => {
  adjustPg({ getConfig: () => ({}) } as Instrumentation);
});
