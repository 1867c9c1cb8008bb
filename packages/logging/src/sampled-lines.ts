import { context, type SpanContext, trace } from "@opentelemetry/api";
import { type LogLevel, levelNumber } from "./log-level.ts";

export interface LineSamplingOptions {
  /** The share of lines that is kept, from 0 to 1. */
  readonly ratio: number;
  /** The most severe level that is sampled; lines above it are all kept. @default "info" */
  readonly upTo?: LogLevel;
  /** Whether a trace's lines are kept or left out together. @default true */
  readonly byTrace?: boolean;
}

/** Whether a line of that level, by pino's number, is kept. */
export function lineSampler(options: LineSamplingOptions): (level: number) => boolean {
  const { ratio, upTo = "info", byTrace = true } = options;
  const sampledUpTo = levelNumber(upTo);
  let lastSpan: SpanContext | undefined;
  let lastKept = true;
  return (level) => {
    if (level > sampledUpTo) return true;
    const span = byTrace ? trace.getSpanContext(context.active()) : undefined;
    if (span === undefined) return Math.random() < ratio;
    if (span !== lastSpan) {
      lastSpan = span;
      lastKept = Number.parseInt(span.traceId.slice(-8), 16) < ratio * 2 ** 32;
    }
    return lastKept;
  };
}
