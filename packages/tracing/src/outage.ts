import { diag } from "@opentelemetry/api";
import type { ExportResult } from "@opentelemetry/core";
import type { Exporter as FlushableExporter } from "./async-exporter.ts";
import { SpanBatch } from "./otlp/span-batch.ts";

export interface OutageOptions {
  /** Where they go: a URL or `host:port`. */
  readonly endpoint: string;
  /** Given to each export before it counts as failed, in milliseconds, on top of the exporter's own limit. */
  readonly timeoutMs: number;
}

/** An exporter of any signal; `forceFlush` is optional for spans. */
export type Exporter<T> = Omit<FlushableExporter<T>, "forceFlush"> & { forceFlush?(): Promise<void> };

// The values of ExportResultCode: importing the enum would load @opentelemetry/core.
const SUCCESS = 0;
const FAILED = 1;

/** OTLP ends by itself at `timeoutMs`; the others have no limit of their own. */
const GRACE_MS = 1_000;

/**
 * `exporter`, with every export answered exactly once, in time, and with an outage told twice: when the endpoint is lost,
 * and when it is reached again with the number of items that were lost. Export errors in between only reach the callback.
 */
export function reportOutages<T>(what: string, exporter: Exporter<T>, options: OutageOptions): FlushableExporter<T> {
  const where = withoutSecrets(options.endpoint);
  const underWay = new Set<Promise<void>>();
  let stopped = false;
  let lost = 0;

  function settle(items: number, result: ExportResult): void {
    if (result.code === SUCCESS) {
      if (lost === 0) return;
      diag.warn(`telltale: ${where} is reached again; ${lost} ${what} were lost meanwhile`);
      lost = 0;
      return;
    }
    if (lost === 0) {
      const reason = reasonOf(result.error);
      diag.warn(
        `telltale: ${what} do not reach ${where} (${reason}); they are lost until it answers, which will be said here`,
      );
    }
    lost += items;
  }

  return {
    export(items, done) {
      if (stopped) return done(failed(`the exporter to ${where} has been shut down`));
      const answered = exportOnce(exporter, items, options.timeoutMs + GRACE_MS).then((result) => {
        underWay.delete(answered);
        settle(Array.isArray(items) || items instanceof SpanBatch ? items.length : 1, result);
        done(result);
      });
      underWay.add(answered);
    },
    async forceFlush() {
      await Promise.all(underWay);
      await exporter.forceFlush?.();
    },
    async shutdown() {
      stopped = true;
      await Promise.all(underWay);
      await exporter.shutdown();
    },
  };
}

function exportOnce<T>(exporter: Exporter<T>, items: T, timeoutMs: number): Promise<ExportResult> {
  return new Promise((resolve) => {
    const deadline = setTimeout(() => resolve(failed(`no answer within ${timeoutMs} ms`)), timeoutMs).unref();
    const answer = (result: ExportResult): void => {
      clearTimeout(deadline);
      resolve(result);
    };
    try {
      exporter.export(items, answer);
    } catch (error) {
      answer({ code: FAILED, error: error instanceof Error ? error : new Error(String(error)) });
    }
  });
}

function failed(message: string): ExportResult {
  return { code: FAILED, error: Object.assign(new Error(message), { code: "TELLTALE_EXPORT_FAILED" }) };
}

// Node's error for a refused connection to a name with two addresses has a code and no message.
function reasonOf(error: (Error & { code?: unknown }) | undefined): string {
  return error?.message || String(error?.code ?? "no reason given");
}

function withoutSecrets(endpoint: string): string {
  if (!URL.canParse(endpoint)) return endpoint;
  const { protocol, host, pathname } = new URL(endpoint);
  return host === "" ? endpoint : `${protocol}//${host}${pathname}`;
}
