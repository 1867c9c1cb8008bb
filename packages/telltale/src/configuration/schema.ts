/**
 * Every option there is, as data: the source of `options.ts` and `docs/configuration.md` (npm run generate), of what
 * is accepted and of every default. Each group that is more than a few lines has a file of its own.
 */
import { alerting } from "./alerting-schema.ts";
import { health } from "./health-schema.ts";
import { milliseconds } from "./limit-schema.ts";
import { logging } from "./logging-schema.ts";
import { metrics } from "./metrics-schema.ts";
import type { GroupOption } from "./option.ts";
import { profiling } from "./profiling-schema.ts";
import { tracing } from "./tracing-schema.ts";

const service: GroupOption = {
  kind: "group",
  doc: "Who sends the telemetry.",
  typeName: "ServiceOptions",
  options: {
    name: {
      kind: "text",
      doc: "The service's name, `service.name`.",
      example: "checkout",
      defaultNote: "the name in the nearest package.json",
      otel: ["OTEL_SERVICE_NAME"],
      otelToo: ["OTEL_RESOURCE_ATTRIBUTES"],
    },
    version: {
      kind: "text",
      doc: "The service's version, `service.version`.",
      example: "1.4.0",
      defaultNote: "the version in the nearest package.json",
      otelToo: ["OTEL_RESOURCE_ATTRIBUTES"],
    },
    namespace: {
      kind: "text",
      doc: "What the service belongs to, `service.namespace`.",
      example: "shop",
      otelToo: ["OTEL_RESOURCE_ATTRIBUTES"],
    },
    environment: {
      kind: "text",
      doc: "Where it is deployed, `deployment.environment.name`.",
      example: "production",
      otelToo: ["OTEL_RESOURCE_ATTRIBUTES"],
    },
  },
};

const resource: GroupOption = {
  kind: "group",
  doc: "What else is known of the sender.",
  typeName: "ResourceOptions",
  options: {
    attributes: {
      kind: "map",
      doc: "Attributes of everything that is sent.",
      values: "scalar",
      example: "team=payments,region=eu-west-1",
      otel: ["OTEL_RESOURCE_ATTRIBUTES"],
    },
    detectors: {
      kind: "names",
      doc: "What is asked about the process and its surroundings at start.",
      values: ["env", "host", "os", "process", "container", "serviceinstance"],
      all: true,
      example: ["env", "host"],
      default: ["env", "host", "os", "process", "container"],
      otel: ["OTEL_NODE_RESOURCE_DETECTORS"],
    },
  },
};

/** Every option of `bootstrap()`. */
export const schema: GroupOption = {
  kind: "group",
  doc: "Options of `bootstrap()`; `telltale.yaml`, `.toml` and `.json` have the same shape.",
  typeName: "TelltaleOptions",
  options: {
    service,
    resource,
    propagators: {
      kind: "names",
      doc: "How the trace is carried from one service to the next. `request-id` carries `x-request-id` beside it.",
      values: ["tracecontext", "baggage", "b3", "b3multi", "request-id"],
      example: ["tracecontext", "baggage"],
      default: ["tracecontext", "baggage"],
      otel: ["OTEL_PROPAGATORS"],
    },
    tracing,
    metrics,
    logging,
    health,
    profiling,
    alerting,
    instrumentations: {
      kind: "instrumentations",
      doc: "Which libraries are observed: `true`, `false` or the instrumentation's own configuration.",
      defaultNote: "all but `host`, `runtime-node`, `gpu`, `net`, `dns` and `fs`",
      otelToo: ["OTEL_NODE_ENABLED_INSTRUMENTATIONS", "OTEL_NODE_DISABLED_INSTRUMENTATIONS"],
    },
    shutdownTimeoutMs: {
      ...milliseconds,
      doc: "How long the last flush may take when the process ends.",
      min: 1,
      example: 2_000,
      default: 2_000,
    },
    enabled: {
      kind: "flag",
      doc: "`false` makes everything a no-op and loads nothing.",
      default: true,
      otelToo: ["OTEL_SDK_DISABLED"],
    },
    diagnosticsLevel: {
      kind: "choice",
      doc: "What telltale and the SDK say about themselves on standard error.",
      values: ["none", "error", "warn", "info", "debug", "verbose", "all"],
      anyCase: true,
      // Not the specification's info: there the SDK writes a line for each export that fails, all through an outage.
      default: "warn",
      otel: ["OTEL_LOG_LEVEL"],
    },
  },
};
