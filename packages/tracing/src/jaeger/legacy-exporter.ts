/**
 * Jaeger's protocol as @opentelemetry/exporter-jaeger writes it, whose last release is 2.11 and which will not change any
 * more: for who depends on its form. Its faults are its own: numbers are doubles, maps and arrays "[object Object]".
 */
import type { ExportResult } from "@opentelemetry/core";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import { requireOptional } from "../optional-package.ts";
import type { JaegerExporterConfiguration } from "./configuration.ts";

/** Kept after every shutdown by a timer that holds the process; by then nothing is left to flush. In milliseconds. */
const FLUSH_TIMEOUT_MS = 50;

interface JaegerExporter extends SpanExporter {
  readonly _localConfig: object;
  forceFlush(): Promise<void>;
}

/** @throws Error with code TELLTALE_MISSING_PACKAGE. */
export function createLegacyJaegerExporter({ endpoint, timeoutMs }: JaegerExporterConfiguration): SpanExporter {
  const options = /^https?:\/\//.test(endpoint) ? { endpoint } : udpOptions(endpoint);
  const { JaegerExporter } = requireOptional("@opentelemetry/exporter-jaeger", "Jaeger's protocol thrift-legacy") as {
    JaegerExporter: new (options: object) => JaegerExporter;
  };
  const jaeger = new JaegerExporter({ ...options, flushTimeout: FLUSH_TIMEOUT_MS });
  // It takes what is missing from OTEL_EXPORTER_JAEGER_*: that endpoint would turn UDP into HTTP.
  Object.assign(jaeger._localConfig, { endpoint: "", username: "", password: "" }, options);

  function send(spans: ReadableSpan[]): Promise<ExportResult> {
    return new Promise((resolve) => {
      // It waits for ever for a server that does not answer.
      const error = new Error(`no answer within ${timeoutMs} ms`);
      const deadline = setTimeout(() => resolve({ code: 1, error }), timeoutMs).unref();
      jaeger.export(spans, (result) => {
        clearTimeout(deadline);
        resolve(result);
      });
    });
  }

  // Concurrent exports share one buffer there, and one would report the other's failure as its own success.
  let last: Promise<unknown> = Promise.resolve();
  return {
    export(spans, done) {
      last = last.then(() => send(spans)).then(done);
    },
    forceFlush: () => last.then(() => jaeger.forceFlush()),
    shutdown: () => last.then(() => jaeger.shutdown()),
  };
}

function udpOptions(endpoint: string): object {
  const { hostname, port } = new URL(`udp://${endpoint}`);
  const host = hostname.replace(/^\[|\]$/g, "");
  return { host, port: Number(port), socketType: host.includes(":") ? "udp6" : "udp4" };
}
