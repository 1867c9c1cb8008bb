import { createNoopMeter, type MeterProvider } from "@opentelemetry/api";
import { MetricReader, MeterProvider as SdkMeterProvider } from "@opentelemetry/sdk-metrics";
import { expect, test } from "vitest";
import { counter } from "../counter.ts";
import { adoptMeterProvider } from "./adopt-meter-provider.ts";

class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

test("a provider that somebody else made gets our series, declared instruments and views, beside its own", async () => {
  const reader = new Reader();
  const stock = new SdkMeterProvider({ readers: [reader] });
  stock.getMeter("adopted").createCounter("before").add(1);
  const view = { selector: { instrumentName: "adopted.old" }, stream: { name: "adopted.new" } };
  const provider = adoptMeterProvider(stock, { views: [view] });
  const meter = provider?.getMeter("adopted");
  meter?.createCounter("adopted.old").add(2);
  meter?.createObservableGauge("observed").addCallback((result) => result.observe(3));
  counter({ name: "adopted.declared" }).add(4);
  const { resourceMetrics, errors } = await reader.collect();
  const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
  const values = metrics.map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints[0]?.value] as const);
  expect(Object.fromEntries(values)).toMatchObject({
    before: 1,
    "adopted.new": 2,
    observed: 3,
    "adopted.declared": 4,
  });
  expect(errors).toEqual([]);
  await provider?.shutdown();
  await expect(reader.collect()).rejects.toThrow("shutdown");
});

test.each([
  ["a provider of another make", { getMeter: () => createNoopMeter() }],
  [
    "a provider whose readers are built otherwise",
    { _sharedState: { resource: { attributes: {} }, metricCollectors: [{}] } },
  ],
])("%s is left as it is", (_, provider) => {
  expect(adoptMeterProvider(provider as unknown as MeterProvider)).toBeUndefined();
});
