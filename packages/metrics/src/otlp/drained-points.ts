import { type DeltaReader, wantsAlone } from "../delta-readers.ts";
import type { Instrument, Series } from "../instrument.ts";
import { drainHistogramPoints } from "./histogram-point.ts";
import { POINTS_AT_A_TIME, type PointBlock, type PointTimes } from "./point-block.ts";

/**
 * Takes what the histograms recorded straight into the points of the last time, for as long as each of them recorded something and
 * stands where it stood, and nobody else wants it. Returns the series that are done with.
 */
export function* drainIntoBlock({
  block,
  instrument,
  reader,
  times,
}: {
  readonly block: PointBlock;
  readonly instrument: Instrument;
  readonly reader: DeltaReader;
  readonly times: PointTimes;
}): Generator<void, readonly Series[]> {
  const { kind, drainRows, exemplars } = instrument;
  if (kind !== "histogram" || drainRows === undefined || exemplars) return [];
  const series = instrument.series();
  const points = { series, value: undefined, rows: undefined };
  const count = Math.min(series.length, block.series.length);
  let at = 0;
  while (at < count && instrument.series() === series && wantsAlone(reader, instrument)) {
    const to = Math.min(at + POINTS_AT_A_TIME, count);
    const reached = drainHistogramPoints({ block, points, from: at, to, times });
    at = reached;
    if (reached < to) break;
    yield;
  }
  return series.slice(0, at);
}
