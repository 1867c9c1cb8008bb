import { consoleSink } from "./console-sink.ts";
import type { LogLevel } from "./log-level.ts";
import { flushOutputSync, setOutput } from "./log-output.ts";
import type { LogSink } from "./log-sink.ts";
import {
  type Logger,
  logger,
  type PathRedactionOptions,
  redactPaths,
  setDefaultLevel,
  setLevel,
  tellRepeated,
  thinOut,
} from "./logger.ts";
import { type ShapeRedactionOptions, shapeRedaction } from "./redact-shapes.ts";
import type { RepeatLimitOptions } from "./repeated-lines.ts";
import type { LineSamplingOptions } from "./sampled-lines.ts";
import { nameService } from "./stamp.ts";

export interface RedactionOptions extends Partial<PathRedactionOptions>, ShapeRedactionOptions {}

export interface LoggingOptions {
  /** Of all loggers that have no level set by name. @default "info" */
  readonly level?: LogLevel;
  /** By a logger's name, in which `*` stands for any characters. */
  readonly levels?: Readonly<Record<string, LogLevel>>;
  /** Of the telemetry's resource, `service.name` is put on each line. */
  readonly resource?: { readonly "service.name"?: unknown };
  /** Each line goes to all of them. @default `[consoleSink()]` */
  readonly sinks?: readonly LogSink[];
  /** @default nothing is redacted */
  readonly redact?: RedactionOptions;
  /** A share of the lines only. @default all are kept */
  readonly sampling?: LineSamplingOptions;
  /** So many of the same line only. @default all are written */
  readonly repeats?: RepeatLimitOptions;
}

export interface Logging {
  logger(name: string): Logger;
  /** Of all loggers, or of those of a name or pattern; see `setLevel`. */
  setLevel(level: LogLevel, name?: string): void;
  /** What has become of lines so far. */
  status(): LoggingStatus;
  /** Settles when all lines have been delivered, or have failed. Never rejects. */
  flush(): Promise<void>;
  /** Writes out, before it returns, what console and files have not taken yet. */
  flushSync(): void;
  /** Flushes, and lets go of files and sockets. */
  close(): Promise<void>;
}

export interface LoggingStatus {
  /** Lines left out by sampling. */
  readonly sampledOut: number;
  /** Lines left out by the limit on repeated ones. */
  readonly repeatedOut: number;
  readonly sinks: readonly LogSinkStatus[];
}

export interface LogSinkStatus {
  readonly name: string;
  /** Lines delivered; undefined for a sink that does not tell, as the console's. */
  readonly sent: number | undefined;
  readonly pending: number;
  readonly dropped: number;
  /** Since when lines cannot be delivered, Unix time in milliseconds; undefined while they are. */
  readonly failingSinceMs: number | undefined;
}

/**
 * Directs all loggers of the process, also those that exist. What has been logged until now, the first 1,000 lines, reaches
 * the sinks here. A second call directs them anew; it does not close the first one's sinks.
 * @throws RangeError with code TELLTALE_BAD_LOG_LEVEL.
 */
export function createLogging(options: LoggingOptions = {}): Logging {
  const { level = "info", levels = {}, resource, sinks = [consoleSink()], redact = {} } = options;
  const service = resource?.["service.name"];
  setDefaultLevel(level);
  for (const [name, its] of Object.entries(levels)) setLevel(its, name);
  nameService(service === undefined ? undefined : String(service));
  redactPaths(redact.paths === undefined ? undefined : { ...redact, paths: redact.paths });
  const thinned = thinOut(options);
  setOutput({ sinks, redact: shapeRedaction(redact) });
  const flushSync = (): void => {
    tellRepeated();
    flushOutputSync();
  };
  return {
    logger,
    setLevel,
    status: () => ({
      sampledOut: thinned?.sampledOut() ?? 0,
      repeatedOut: thinned?.repeatedOut() ?? 0,
      sinks: sinks.map((sink) => ({
        name: sink.name ?? "sink",
        sent: sink.sent?.(),
        failingSinceMs: sink.failingSinceMs?.(),
        pending: sink.pending?.() ?? 0,
        dropped: sink.dropped?.() ?? 0,
      })),
    }),
    async flush() {
      tellRepeated();
      await Promise.allSettled(sinks.map((sink) => sink.flush?.()));
    },
    flushSync,
    async close() {
      tellRepeated();
      await Promise.allSettled(sinks.map((sink) => sink.close?.()));
    },
  };
}
