import { createRequire } from "node:module";
import type { ExportResult } from "@opentelemetry/core";
import type { Resource } from "@opentelemetry/resources";
import type { LogSink } from "@telltale/logging";
import type { LineChunk } from "@telltale/logging/otlp-lines";
import type { Configuration, LogSinkConfiguration } from "./configuration.ts";
import type { Delivery } from "./delivery.ts";
import { ExportQueue } from "./export-queue.ts";
import type { LogExporter } from "./log-exporter.ts";
import { knownAttributes } from "./resource.ts";

const require = createRequire(import.meta.url);

export interface OtlpLineSink {
  readonly sink: Required<
    Pick<LogSink, "name" | "write" | "flush" | "pending" | "dropped" | "sent" | "failingSinceMs">
  >;
  /** What has become of the lines so far. */
  delivery(): Omit<Delivery, "signal" | "to">;
  /** Sends what is left; the exporter is left open. */
  shutdown(): Promise<void>;
  /** What has not been delivered, as requests; nothing is sent afterwards. */
  takeUndelivered(): Uint8Array[];
}

/** Bytes that a chunk has room for at first, for each of its lines. */
const BYTES_A_LINE = 256;
/** Chunks that are kept to be filled again: those on their way and one more. */
const KEPT_CHUNKS = 9;

/** Lines of telltale's own loggers on their way to an OTLP exporter, without being records in between. */
export function otlpLineSink(
  exporter: LogExporter,
  options: {
    readonly configuration: Configuration["logging"];
    readonly sink: Extract<LogSinkConfiguration, { readonly type: "otlp" }>;
    readonly resource: Resource;
  },
): OtlpLineSink {
  const { resource, configuration } = options;
  const { maxExportBatchSize, maxQueueSize, scheduledDelayMs } = configuration.batch;
  const limits = {
    attributeCountLimit: configuration.attributeCountLimit,
    attributeValueLengthLimit: configuration.attributeValueLengthLimit,
  };
  const kept: LineChunk[] = [];
  let filling: LineChunk | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const queue = new ExportQueue<LineChunk>({
    exporter: { export: ([chunk], done) => sendChunk(chunk!, done), shutdown: () => Promise.resolve() },
    batch: {
      ...configuration.batch,
      maxQueueSize: Math.ceil(maxQueueSize / maxExportBatchSize),
      maxExportBatchSize: 1,
    },
    what: `log lines, ${maxExportBatchSize} at a time, to ${options.sink.endpoint}`,
    sizeOf: ({ lines }) => lines,
  });

  function encode(chunk: LineChunk): Uint8Array {
    return lines().logRequest(chunk.bytes, {
      resource: knownAttributes(resource),
      resourceSchemaUrl: resource.schemaUrl,
      limits,
    });
  }

  function sendChunk(chunk: LineChunk, done: (result: ExportResult) => void): void {
    const send = (): void =>
      exporter.export(encode(chunk), (result) => {
        done(result);
        // Not before: until then the last flush of a dying process would send it again.
        if (stopped || kept.length >= KEPT_CHUNKS) return;
        chunk.clear();
        kept.push(chunk);
      });
    // Detectors such as the host's answer late; the first lines wait for them.
    if (resource.asyncAttributesPending) void resource.waitForAsyncAttributes?.().then(send);
    else send();
  }

  function pass(): void {
    clearTimeout(timer);
    timer = undefined;
    if (filling === undefined) return;
    queue.add(filling);
    filling = undefined;
  }

  return {
    sink: {
      name: `OTLP ${options.sink.endpoint}`,
      // Hot: benchmarks/logging.ts.
      write(line) {
        if (stopped) return;
        filling ??= kept.pop() ?? new (lines().LineChunk)(maxExportBatchSize * BYTES_A_LINE);
        filling.add(line);
        if (filling.lines >= maxExportBatchSize) pass();
        else timer ??= setTimeout(pass, scheduledDelayMs).unref();
      },
      flush() {
        pass();
        return queue.flush();
      },
      pending: () => queue.pending + (filling?.lines ?? 0),
      dropped: () => queue.dropped,
      sent: () => queue.delivery.sent,
      failingSinceMs: () => queue.delivery.failingSinceMs,
    },
    delivery() {
      const { delivery } = queue;
      return { ...delivery, pending: delivery.pending + (filling?.lines ?? 0) };
    },
    async shutdown() {
      stopped = true;
      pass();
      await queue.shutdown();
    },
    takeUndelivered() {
      stopped = true;
      clearTimeout(timer);
      const chunks = [...queue.takeUndelivered(), ...(filling === undefined ? [] : [filling])];
      return chunks.filter((chunk) => chunk.lines > 0).map(encode);
    },
  };
}

/** With the first line, and not at start. */
function lines(): typeof import("@telltale/logging/otlp-lines") {
  return require("@telltale/logging/otlp-lines") as typeof import("@telltale/logging/otlp-lines");
}
