// The whole set-up of traces, metrics and logs. Import it first: `node --import ./telemetry.ts desk.ts`.
import { bootstrap } from "telltale";

/** The page of `start.ts` that shows traces as text; it takes OTLP as any backend does. */
const tracesUrl = process.env["TRACES_URL"];

const toPage = {
  type: "otlp",
  protocol: "http/json",
  compression: "none",
  endpoint: `${tracesUrl}/v1/traces`,
} as const;
const toCollector = process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] ? ([{ type: "otlp" }] as const) : [];
const toZipkin = process.env["OTEL_EXPORTER_ZIPKIN_ENDPOINT"] ? ([{ type: "zipkin" }] as const) : [];

export const telemetry = bootstrap({
  service: { version: "0.1.0", environment: "demonstration" },
  tracing: { exporters: [...(tracesUrl ? [toPage] : []), ...toCollector, ...toZipkin] },
  metrics: { prometheus: true },
  // Each library is observed as soon as it is loaded; what says little can be left out.
  instrumentations: { express: { ignoreLayersType: ["middleware"] } },
  logging: { sinks: [{ type: "console" }, ...toCollector] },
});
