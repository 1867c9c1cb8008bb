import type { Attributes } from "@opentelemetry/api";
import { counter } from "../counter.ts";
import type { InstrumentDeclaration } from "../declaration.ts";
import type { LineDropReason } from "../drops.ts";
import { exponentialHistogram } from "../exponential-histogram.ts";
import { gauge } from "../gauge.ts";
import { type Histogram, histogram } from "../histogram.ts";
import type { StatsdLine, StatsdType } from "./parse-line.ts";
import { uniqueCounts } from "./unique-counts.ts";

/** Records lines of one name and type; what it returns is why one was not recorded. */
export interface Recorder {
  record(line: StatsdLine, attributes: Attributes): LineDropReason | undefined;
  close(): void;
}

export interface RecorderOptions {
  readonly declaration: InstrumentDeclaration & { readonly maxSeries: number };
  readonly signedGauges: "relative" | "absolute";
  readonly setIntervalMs: number;
}

/** An instrument of the kind that a type of line stands for. */
export function recorder(type: StatsdType, options: RecorderOptions): Recorder {
  switch (type) {
    case "c":
      return counterRecorder(options);
    case "g":
      return gaugeRecorder(options);
    case "ms":
      return histogramRecorder(histogram({ ...options.declaration, unit: "s" }), 1_000);
    case "h":
    case "d":
      // Of a unit that nobody tells, so that no boundaries could be chosen.
      return histogramRecorder(exponentialHistogram(options.declaration), 1);
    case "s":
      return setRecorder(options);
  }
}

function counterRecorder({ declaration }: RecorderOptions): Recorder {
  const instrument = counter(declaration);
  return {
    record({ values, rate }, attributes) {
      for (const value of values) instrument.add(Number(value) / rate, attributes);
      return undefined;
    },
    close() {},
  };
}

function gaugeRecorder({ declaration, signedGauges }: RecorderOptions): Recorder {
  const instrument = gauge(declaration);
  const standing = new Map<string, number>();
  return {
    record({ values, tags }, attributes) {
      const key = tags === "" ? "" : tags.split(",").sort().join(",");
      const known = standing.has(key) || standing.size < declaration.maxSeries;
      for (const value of values) {
        const relative = signedGauges === "relative" && /^[+-]/.test(value);
        // What it is relative to would not be remembered.
        if (relative && !known) return "limit";
        const next = relative ? (standing.get(key) ?? 0) + Number(value) : Number(value);
        if (known) standing.set(key, next);
        instrument.record(next, attributes);
      }
      return undefined;
    },
    close() {},
  };
}

/** A smaller rate would make one line stand for so many records that they hold the event loop. */
const MIN_HISTOGRAM_RATE = 1e-5;

function histogramRecorder(instrument: Histogram, divisor: number): Recorder {
  // What is left of a record when 1 / rate is no whole number; carried on, so that counts are right in the long run.
  let carried = 0;
  return {
    record({ values, rate }, attributes) {
      if (rate < MIN_HISTOGRAM_RATE) return "rate";
      for (const value of values) {
        const records = 1 / rate + carried;
        // 1 / rate of a whole number is rarely whole in floating point.
        const times = Math.floor(records + 1e-6);
        carried = Math.max(0, records - times);
        const recorded = Number(value) / divisor;
        for (let i = 0; i < times; i++) instrument.record(recorded, attributes);
      }
      return undefined;
    },
    close() {},
  };
}

function setRecorder({ declaration, setIntervalMs }: RecorderOptions): Recorder {
  const instrument = gauge(declaration);
  const counts = uniqueCounts({ intervalMs: setIntervalMs, maxSeries: declaration.maxSeries }, (attributes, count) =>
    instrument.record(count, attributes),
  );
  return {
    record: ({ values }, attributes) => (counts.add(attributes, values[0] as string) ? undefined : "limit"),
    close: () => counts.close(),
  };
}
