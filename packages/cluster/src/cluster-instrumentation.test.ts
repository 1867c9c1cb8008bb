import {
  AggregationTemporality,
  InMemoryMetricExporter,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { instrumentProducer } from "@telltale/metrics";
import { expect, test } from "vitest";
import { agents } from "./agents/agents.ts";
import { AgentsInstrumentation } from "./agents/agents-instrumentation.ts";
import { cluster } from "./cluster.ts";
import { ClusterInstrumentation } from "./cluster-instrumentation.ts";

test("in a plain NodeSDK cluster and agents are configured by their instrumentations and read by its reader", async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, metricProducers: [instrumentProducer()] });
  const instrumentations = [new ClusterInstrumentation({ maxNodes: 5 }), new AgentsInstrumentation()] as const;
  const sdk = new NodeSDK({
    instrumentations: [...instrumentations],
    metricReaders: [reader],
    spanProcessors: [],
    logRecordProcessors: [],
    resourceDetectors: [],
  });
  sdk.start();
  cluster().node("worker-1", { type: "in-node-sdk" });
  agents().spawn({ type: "in-node-sdk" }).started();
  await reader.forceFlush();
  await sdk.shutdown();
  const metrics = exporter.getMetrics().flatMap((one) => one.scopeMetrics.flatMap((scope) => scope.metrics));
  const values = (name: string) =>
    metrics.find(({ descriptor }) => descriptor.name === name)?.dataPoints.map(({ value }) => value);
  expect(values("cluster.nodes")).toEqual([1, 0, 0]);
  expect(values("agent.active")).toEqual([0, 1, 0]);
  expect(instrumentations[0].cluster).toBe(cluster());
  for (const one of instrumentations) one.disable();
  expect([instrumentations[0].cluster, instrumentations[1].agents]).toEqual([undefined, undefined]);
});

test("an instrumentation that is not enabled makes nothing, and one with wrong options throws", () => {
  expect(new ClusterInstrumentation({ enabled: false }).cluster).toBeUndefined();
  expect(new AgentsInstrumentation({ enabled: false }).agents).toBeUndefined();
  expect(() => new ClusterInstrumentation({ maxNodes: -1 })).toThrow(/cluster\.maxNodes is -1/);
  expect(() => new AgentsInstrumentation({ maximum: 1 } as object)).toThrow(/agents\.maximum is not an option/);
});

test("a new configuration replaces the cluster, and an option that is not there is told of by its path", () => {
  const instrumentation = new ClusterInstrumentation();
  const before = instrumentation.cluster;
  instrumentation.setConfig({ heartbeatTimeoutMs: 5_000 });
  expect(instrumentation.cluster).not.toBe(before);
  expect(instrumentation.cluster?.settings.heartbeatTimeoutMs).toBe(5_000);
  instrumentation.disable();
});
