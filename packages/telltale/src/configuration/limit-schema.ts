import type { GroupOption, NumberOption } from "./option.ts";

export const milliseconds = { kind: "number", unit: "milliseconds", whole: true, max: 2_147_483_647 } as const;
/** Up to `Number.MAX_SAFE_INTEGER`. */
export const count = { kind: "number", whole: true, max: 9_007_199_254_740_991 } as const;
export const ratio = { kind: "number", whole: false, min: 0, max: 1, example: 0.1 } as const;

export const valueLength: NumberOption = {
  ...count,
  doc: "Longer texts are cut.",
  unit: "characters",
  min: 0,
  infinite: true,
  example: 4_096,
  default: Number.POSITIVE_INFINITY,
};

/** Limits are all "at most so many"; the general variables are the fallback of the particular ones. */
export function limit(doc: string, ...otel: readonly string[]): NumberOption {
  return { ...count, doc, min: 0, example: 128, default: 128, otel };
}

/** OpenTelemetry's batch processors: OTEL_BSP_* and OTEL_BLRP_* differ in their defaults. */
export function batch(prefix: "OTEL_BSP" | "OTEL_BLRP", scheduledDelayMs: number, maxQueueSize: number): GroupOption {
  return {
    kind: "group",
    doc: "How records are gathered before they are sent.",
    typeName: "BatchOptions",
    options: {
      maxQueueSize: {
        ...count,
        doc: "Records that wait at most; more are dropped and counted.",
        min: 1,
        example: 2_048,
        default: maxQueueSize,
        defaultNote: "16384 for spans, 2048 for logs",
        otel: [`${prefix}_MAX_QUEUE_SIZE`],
      },
      maxExportBatchSize: {
        ...count,
        doc: "Records in one request at most; not above `maxQueueSize`.",
        min: 1,
        example: 512,
        default: 512,
        otel: [`${prefix}_MAX_EXPORT_BATCH_SIZE`],
      },
      scheduledDelayMs: {
        ...milliseconds,
        doc: "How long a record waits at most before its batch is sent.",
        min: 0,
        example: scheduledDelayMs,
        default: scheduledDelayMs,
        defaultNote: "5000 for spans, 1000 for logs",
        otel: [`${prefix}_SCHEDULE_DELAY`],
      },
      exportTimeoutMs: {
        ...milliseconds,
        doc: "How long sending a batch may take; 0 for no limit.",
        min: 0,
        example: 30_000,
        default: 30_000,
        otel: [`${prefix}_EXPORT_TIMEOUT`],
      },
    },
  };
}
