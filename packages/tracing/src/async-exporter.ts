import { diag } from "@opentelemetry/api";
import type { ExportResult } from "@opentelemetry/core";

/** How an export went, with how many items of one that was taken were not. */
export interface ExportOutcome extends ExportResult {
  readonly refused?: number;
}

/** What the exporters of all signals have in common; `T` is a list of spans or log records, or the metrics. */
export interface Exporter<T> {
  export(items: T, done: (result: ExportOutcome) => void): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

// The values of ExportResultCode: importing the enum would load @opentelemetry/core.
const SUCCESS = 0;
const FAILED = 1;

/** An exporter by a function whose promise tells how an export went; a number is of the items that were not taken. */
export function asyncExporter<T>(send: (items: T) => Promise<unknown>, close: () => unknown): Exporter<T> {
  const underWay = new Set<Promise<void>>();
  return {
    export(items, done) {
      const settled = send(items)
        .then(
          (refused) =>
            done(typeof refused === "number" && refused > 0 ? { code: SUCCESS, refused } : { code: SUCCESS }),
          (error: Error) => done({ code: FAILED, error }),
        )
        .catch((error: unknown) => diag.error("telltale: the callback of an export threw", error))
        .finally(() => underWay.delete(settled));
      underWay.add(settled);
    },
    async forceFlush() {
      await Promise.all(underWay);
    },
    async shutdown() {
      await Promise.all(underWay);
      await close();
    },
  };
}
