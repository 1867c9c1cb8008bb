// The whole set-up of traces, metrics and logs. Import it first: `node --import ./telemetry.ts desk.ts`.
import { fileURLToPath } from "node:url";
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

/** Who is told of alerts, for the one process that watches: the desk. */
const receivers = process.env["ALERT_RECEIVERS"];
const alerting = receivers !== undefined && {
  rules: ["../../../deploy/alerts/trading.yaml", "../alerts.yaml"].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  ),
  receivers,
  // Every second, in place of every 15: a newcomer does not want to wait for an alert.
  intervalMs: 1_000,
};

export const telemetry = bootstrap({
  service: { version: "0.1.0", environment: "demonstration" },
  tracing: { exporters: [...(tracesUrl ? [toPage] : []), ...toCollector, ...toZipkin] },
  metrics: { prometheus: true },
  // Each library is observed as soon as it is loaded; what says little can be left out.
  instrumentations: { express: { ignoreLayersType: ["middleware"] } },
  alerting,
  logging: { sinks: [{ type: "console" }, ...toCollector] },
});
