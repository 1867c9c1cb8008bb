import { createRequire } from "node:module";
import { type Attributes, diag } from "@opentelemetry/api";
import { consoleSink, type LogSink } from "@telltale/logging";
import type { LogSinkConfiguration } from "./configuration.ts";
import { type Delivery, shownEndpoint } from "./delivery.ts";
import type { Signal } from "./signal.ts";

const require = createRequire(import.meta.url);

/** Where lines of text go: all sinks but OTLP, which takes records. */
export type LineSinkConfiguration = Exclude<LogSinkConfiguration, { readonly type: "otlp" }>;

/** Those that the last flush of a dying process can still reach. */
export type NetworkSinkConfiguration = Exclude<LineSinkConfiguration, { readonly type: "console" | "file" }>;

export interface LineSinks extends Signal {
  readonly sinks: readonly LogSink[];
}

/** The sinks of lines. `resource` tells what backends with a schema know of a service. */
export function startLineSinks(configurations: readonly LogSinkConfiguration[], resource: Attributes): LineSinks {
  const started = configurations
    .filter((configuration) => configuration.type !== "otlp")
    .map((configuration) => ({ configuration, sink: createLineSink(configuration, resource) }));
  return {
    sinks: started.map(({ sink }) => sink),
    async flush() {
      await Promise.all(started.map(({ sink }) => sink.flush?.()));
    },
    async shutdown() {
      await Promise.all(started.map(({ sink }) => sink.close?.()));
      for (const { sink } of started) tellLosses(sink);
    },
    deliveries: () => started.flatMap(({ configuration, sink }) => deliveryOf(configuration, sink) ?? []),
    // A process that has nothing left to do waits for what can be delivered, not for a backend to come back.
    pending: () =>
      started.reduce((sum, { sink }) => sum + (sink.isFailing?.() === true ? 0 : (sink.pending?.() ?? 0)), 0),
    takeUndelivered: () =>
      started.flatMap(({ configuration, sink }) => {
        if (configuration.type === "console" || configuration.type === "file") return [];
        const items = sink.takeUndelivered?.() ?? [];
        return [{ signal: "lines" as const, exporter: configuration, resource, items }];
      }),
  };
}

/** Of a sink that knows; the console is not asked. */
function deliveryOf(configuration: LineSinkConfiguration, sink: LogSink): Delivery | undefined {
  if (configuration.type === "console" || sink.sent === undefined) return undefined;
  return {
    signal: "logs",
    to: placeOf(configuration),
    sent: sink.sent(),
    pending: sink.pending?.() ?? 0,
    lost: sink.dropped?.() ?? 0,
    failingSinceMs: sink.failingSinceMs?.(),
    reason: sink.failure?.(),
  };
}

function placeOf(configuration: Exclude<LineSinkConfiguration, { readonly type: "console" }>): string {
  switch (configuration.type) {
    case "file":
      return configuration.path;
    case "syslog":
      return `${configuration.host ?? "127.0.0.1"}:${configuration.port ?? 514}`;
    default:
      return shownEndpoint(String(configuration.endpoint));
  }
}

/** A sink with what it needs loaded here and not before. */
export function createLineSink(configuration: LineSinkConfiguration, resource: Attributes): LogSink {
  switch (configuration.type) {
    case "console":
      return consoleSink(configuration);
    case "file":
      return (require("@telltale/logging/file") as typeof import("@telltale/logging/file")).fileSink(configuration);
    case "elasticsearch":
    case "opensearch": {
      const { elasticsearchSink } =
        require("@telltale/logging/elasticsearch") as typeof import("@telltale/logging/elasticsearch");
      return elasticsearchSink({ ...configuration, fields: ecsFields(resource) });
    }
    case "loki":
      return (require("@telltale/logging/loki") as typeof import("@telltale/logging/loki")).lokiSink(configuration);
    case "syslog":
      return (require("@telltale/logging/syslog") as typeof import("@telltale/logging/syslog")).syslogSink(
        configuration,
      );
  }
}

/** OpenTelemetry's names in the Elastic Common Schema. */
const ecsNames: Readonly<Record<string, string>> = {
  "service.version": "service.version",
  "deployment.environment.name": "service.environment",
  "host.name": "host.hostname",
};

function ecsFields(resource: Attributes): Readonly<Record<string, unknown>> {
  const known = Object.entries(ecsNames).filter(([attribute]) => resource[attribute] !== undefined);
  return Object.fromEntries(known.map(([attribute, field]) => [field, resource[attribute]]));
}

function tellLosses(sink: LogSink): void {
  const dropped = sink.dropped?.() ?? 0;
  if (dropped > 0) diag.warn(`telltale: ${dropped} log lines to ${sink.name ?? "a sink"} were dropped`);
}
