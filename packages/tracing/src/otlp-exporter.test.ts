import { ProtobufMetricsSerializer } from "@opentelemetry/otlp-transformer";
import { otlpReceiver } from "@telltale/testing";
import { expect, test } from "vitest";
import { createOtlpExporter } from "./otlp-exporter.ts";

test.each(["none", "gzip"] as const)("metrics that are encoded already go out as they are: %s", async (compression) => {
  await using receiver = await otlpReceiver();
  const exporter = createOtlpExporter<Uint8Array>("metrics", {
    protocol: "http/protobuf",
    endpoint: `${receiver.url}/v1/metrics`,
    headers: {},
    timeoutMs: 5_000,
    compression,
    certificate: undefined,
    clientKey: undefined,
    clientCertificate: undefined,
    insecure: false,
  });
  const result = await new Promise((resolve) => exporter.export(request(), resolve));
  await exporter.shutdown();
  expect(result).toEqual({ code: 0 });
  expect(receiver.metrics()).toMatchObject([{ name: "orders", type: "gauge", points: [{ value: 7 }] }]);
});

function request(): Uint8Array {
  const descriptor = { name: "orders", description: "", unit: "", valueType: 1, advice: {} };
  const dataPoints = [{ attributes: {}, startTime: [1, 0], endTime: [2, 0], value: 7 }];
  return ProtobufMetricsSerializer.serializeRequest({
    resource: { attributes: {} } as never,
    scopeMetrics: [
      {
        scope: { name: "s" },
        metrics: [{ descriptor, aggregationTemporality: 1, dataPointType: 2, dataPoints } as never],
      },
    ],
  }) as Uint8Array;
}
