import type { Attributes } from "@opentelemetry/api";
import type { DataPoint, ExponentialHistogram, Histogram } from "@opentelemetry/sdk-metrics";
import type { PointValue, Series } from "../instrument.ts";
import { type Family, type FamilyPart, tell } from "../prometheus/family.ts";
import { explicitBuckets, octaveBuckets } from "../prometheus/metric-text.ts";
import type { BatchWriter, SeriesGroup } from "./batch-writer.ts";
import { limitTexts } from "./limit-texts.ts";
import { fitsNative, putNative } from "./native-row.ts";
import { labelsKey, seriesLabels } from "./series-labels.ts";

/** The series of one family by their labels: metrics of the SDK, exponential histograms, and families of several parts. */
export interface PointSeries {
  /** Reads them all; series that are there no more end. */
  collect(family: Family): Generator<void>;
  /** Ends them all. */
  end(): void;
}

interface KnownGroup extends SeriesGroup {
  /** What it consists of: groups with other limits are others. */
  readonly shape: string;
  round: number;
}

interface PointLabels {
  readonly labels: readonly string[];
  readonly key: string;
}

interface Point {
  readonly at: PointLabels;
  readonly value: PointValue;
}

const POINTS_IN_A_STEP = 64;

export function pointSeries({
  writer,
  told,
}: {
  readonly writer: BatchWriter;
  readonly told: Set<string>;
}): PointSeries {
  const known = new Map<string, KnownGroup>();
  /** Of our own series, whose attributes stand still. */
  const kept = new WeakMap<Series, PointLabels>();
  let round = 0;

  function labelsOf(series: Series): PointLabels {
    const labels = kept.get(series) ?? pointLabels(series.attributes);
    kept.set(series, labels);
    return labels;
  }

  /** The group of these labels; undefined when another point has them already. */
  function group(family: Family, { labels, key }: PointLabels, { shape, ...series }: Shape): SeriesGroup | undefined {
    const before = known.get(key);
    if (before?.round === round) {
      tell(
        told,
        `telltale: ${family.name} has two series with the labels ${key.slice(0, 200)}; the later is left out.`,
      );
      return undefined;
    }
    if (before?.shape === shape) {
      before.round = round;
      return before;
    }
    if (before !== undefined) writer.remove(before);
    const made = { ...writer.add(family, { labels, ...series }), shape, round };
    known.set(key, made);
    return made;
  }

  function put(family: Family, { at, value }: Point): void {
    if (typeof value === "number") {
      const one = group(family, at, NUMBER);
      if (one !== undefined) writer.put(one.id, value);
    } else if ("scale" in value && fitsNative(value)) {
      const one = group(family, at, NATIVE);
      if (one !== undefined) putNative(writer, one.id, value);
    } else putClassic(family, at, value);
  }

  function putClassic(family: Family, at: PointLabels, value: Histogram | ExponentialHistogram): void {
    const { limits, counts, sum, count } = "scale" in value ? octaveBuckets(value) : explicitBuckets(value);
    const finite = limits.at(-1) === Number.POSITIVE_INFINITY ? limits.slice(0, -1) : limits;
    const one = group(family, at, classicShape(finite, sum));
    if (one === undefined) return;
    let { id } = one;
    let below = 0;
    for (let i = 0; i < finite.length; i++) {
      below += counts[i] as number;
      writer.put(id++, below);
    }
    writer.put(id++, count);
    if (sum !== undefined) writer.put(id++, sum);
    writer.put(id, count);
  }

  return {
    *collect(family) {
      round++;
      let points = 0;
      for (const part of family.parts) {
        for (const point of pointsOf(part, labelsOf)) {
          put(family, point);
          if (++points % POINTS_IN_A_STEP === 0) yield;
        }
      }
      for (const [key, one] of known) {
        if (one.round === round) continue;
        writer.remove(one);
        known.delete(key);
      }
    },
    end() {
      for (const one of known.values()) writer.remove(one);
      known.clear();
    },
  };
}

interface Shape {
  readonly shape: string;
  readonly limits?: readonly string[];
  readonly sum?: false;
}

const NUMBER: Shape = { shape: "number" };
const NATIVE: Shape = { shape: "native" };

function classicShape(finite: readonly number[], sum: number | undefined): Shape {
  const limits = limitTexts(finite);
  const shape = limits.join();
  return sum === undefined ? { shape: `${shape},`, limits, sum: false } : { shape, limits };
}

function* pointsOf(part: FamilyPart, labelsOf: (series: Series) => PointLabels): Generator<Point> {
  if (!("instrument" in part)) {
    for (const { attributes, value } of part.metric.dataPoints as readonly DataPoint<PointValue>[]) {
      yield { at: pointLabels(attributes), value };
    }
    return;
  }
  part.instrument.refresh();
  for (const series of [...part.instrument.series()]) {
    const value = series.total();
    if (value !== undefined) yield { at: labelsOf(series), value };
  }
}

function pointLabels(attributes: Attributes): PointLabels {
  const labels = seriesLabels(attributes);
  return { labels, key: labelsKey(labels) };
}
