import type { Attributes } from "@opentelemetry/api";
import type { ScopeMetrics } from "@opentelemetry/sdk-metrics";
import type { Instrument } from "../../instrument.ts";
import type { SharedPlace } from "../../shared-totals.ts";

/**
 * What the thread that records tells the thread that serves, besides the numbers: what changed since the last message. The
 * numbers of all series lie in shared memory, those of the tables one after another in order, after those of the sample. Of
 * rows that have a place of their own they are there, and always those of now.
 */
export interface MirrorMessage {
  /** Absent while it is the same. */
  readonly resource?: Attributes;
  /** The tables on the page, in order; absent while they are the same. */
  readonly order?: readonly number[];
  readonly changes: readonly TableChange[];
  /** Where the numbers are from now on; absent while it is the same. */
  readonly memory?: SharedArrayBuffer;
  /** What is no table of numbers: metrics of the SDK, exponential histograms, instruments with exemplars. */
  readonly scopes: readonly ScopeMetrics[];
}

/** Before the numbers stands when they were taken, in milliseconds since 1970. */
export const SAMPLED_MS = 0;
/** And while which revision all there is to know are the rows' own places; NaN when that is not all. */
export const LIVE_REVISION = 1;
export const FIRST_NUMBER = 2;

/** One instrument: a row of numbers for each series. */
export interface TableChange {
  readonly id: number;
  /** Absent for a table that was told of before. */
  readonly head?: TableHead;
  /** The rows from here on are replaced by `rows`. */
  readonly from: number;
  readonly rows: readonly TableRow[];
}

export type TableHead = Pick<
  Instrument,
  "kind" | "monotonic" | "name" | "unit" | "description" | "scope" | "boundaries" | "valueType"
>;

export interface TableRow {
  readonly attributes: Attributes;
  readonly startTimeMs: number;
  readonly place?: SharedPlace;
}

/** Numbers of a row: of a histogram the counts up to each limit, up to infinity, and the sum. */
export function rowWidth({ kind, boundaries }: Pick<TableHead, "kind" | "boundaries">): number {
  return kind === "histogram" ? (boundaries?.length ?? 0) + 2 : 1;
}
