import { context, createContextKey } from "@opentelemetry/api";

/** Whether what runs now is telltale's or an exporter's own work, which is not to be observed. */
export function isTracingSuppressed(): boolean {
  return context.active().getValue(SUPPRESS_TRACING) === true;
}

/** As in @opentelemetry/core, which need not be loaded to ask. */
const SUPPRESS_TRACING = createContextKey("OpenTelemetry SDK Context Key SUPPRESS_TRACING");
