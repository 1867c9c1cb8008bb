/**
 * What `seriesReader()` collects, and how the other side reads it. An entry of its own, so that a thread that only takes batches in
 * loads nothing else.
 */

/** All that a process has to report at one moment, as plain data: see `transferables()`. */
export interface SeriesBatch {
  /** Counts up by one; a batch with 0 begins anew and tells of every series. */
  readonly sequence: number;
  /** When it was asked for, in milliseconds since 1970. */
  readonly timeMs: number;
  /** How long collecting took. */
  readonly durationMs: number;
  /** Labels that every series carries, such as `job` and `instance`. */
  readonly target: Readonly<Record<string, string>>;
  /** Families and series that no batch told of before: see `seriesNews()`. */
  readonly news: readonly Uint8Array<ArrayBuffer>[];
  /** The series that have a number now, and beside them these numbers. */
  readonly ids: Uint32Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
  /** The series that have a native histogram now, in rows: see `nativeHistograms()`. */
  readonly histograms: Float64Array<ArrayBuffer>;
  /** Series that ended. Later batches may use their ids for others. */
  readonly gone: Uint32Array<ArrayBuffer>;
}

/** What TYPE, HELP and UNIT of a Prometheus page say. */
export interface MetricFamily {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram" | "info";
  readonly help: string;
  /** UCUM. */
  readonly unit: string;
}

export interface AddedSeries {
  readonly id: number;
  /** `__name__` and those of the target among them. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface SeriesNews {
  readonly families: readonly MetricFamily[];
  readonly series: readonly AddedSeries[];
}

/** A native histogram in Prometheus' own terms; its buckets are powers of 2^(2^-schema). */
export interface NativeHistogram {
  readonly id: number;
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly count: number;
  readonly sum: number;
  readonly positive: NativeBuckets;
  readonly negative: NativeBuckets;
}

/** Counts of the buckets from `offset` on, one after another. */
export interface NativeBuckets {
  readonly offset: number;
  readonly counts: Float64Array;
}

/** As it goes over, in JSON; labels are names and values in turn. */
export interface NewsPiece {
  readonly families: readonly MetricFamily[];
  readonly series: readonly NewSeries[];
}

export interface NewSeries {
  readonly id: number;
  readonly name: string;
  readonly labels: readonly string[];
  /** Of a classic histogram: `le` of its buckets. They have the ids from `id` on, then come sum and count. */
  readonly limits?: readonly string[];
  /** Whether there is a sum. @default true */
  readonly sum?: false;
}

/** The families and series that the batch tells of, piece by piece. */
export function* seriesNews({ news, target }: SeriesBatch): Generator<SeriesNews> {
  const decoder = new TextDecoder();
  for (const piece of news) {
    const { families, series } = JSON.parse(decoder.decode(piece)) as NewsPiece;
    yield { families, series: series.flatMap((one) => addedSeries(one, target)) };
  }
}

/**
 * The native histograms of the batch. In `histograms` each is a row: the numbers before the buckets in the order of `NativeHistogram`,
 * then of the positive and of the negative buckets the offset, how many there are, and their counts.
 */
export function* nativeHistograms({ histograms }: SeriesBatch): Generator<NativeHistogram> {
  for (let at = 0; at < histograms.length; ) {
    const [id, schema, zeroThreshold, zeroCount, count, sum] = histograms.subarray(at, at + 6) as unknown as readonly [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const positive = bucketsAt(histograms, at + 6);
    const negative = bucketsAt(histograms, positive.end);
    const buckets = { positive: positive.buckets, negative: negative.buckets };
    yield { id, schema, zeroThreshold, zeroCount, count, sum, ...buckets };
    at = negative.end;
  }
}

function bucketsAt(histograms: Float64Array, at: number): { readonly buckets: NativeBuckets; readonly end: number } {
  const begin = at + 2;
  const end = begin + (histograms[at + 1] as number);
  return { buckets: { offset: histograms[at] as number, counts: histograms.slice(begin, end) }, end };
}

function addedSeries({ id, name, labels, limits, sum }: NewSeries, target: SeriesBatch["target"]): AddedSeries[] {
  const common = targeted(labels, target);
  if (limits === undefined) return [{ id, labels: { __name__: name, ...common } }];
  const names = sum === false ? ["_count"] : ["_sum", "_count"];
  return [
    ...limits.map((le) => ({ __name__: `${name}_bucket`, ...common, le })),
    ...names.map((suffix) => ({ __name__: `${name}${suffix}`, ...common })),
  ].map((all, i) => ({ id: id + i, labels: all }));
}

/**
 * With the labels of the target. A series that has such a label itself keeps it as `exported_…`, as without `honor_labels`.
 * @see https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config
 */
function targeted(pairs: readonly string[], target: SeriesBatch["target"]): Record<string, string> {
  const own = new Map<string, string>();
  for (let i = 0; i < pairs.length; i += 2) own.set(pairs[i] as string, pairs[i + 1] as string);
  const conflicting = Object.keys(target).filter((name) => own.has(name));
  const values = conflicting.map((name) => own.get(name) as string);
  for (const [name, value] of Object.entries(target)) own.set(name, value);
  // Shorter names first, as Prometheus does, so that `exported_job` of the series itself is found taken or moved already.
  const order = conflicting
    .map((_, i) => i)
    .sort((a, b) => (conflicting[a] as string).length - (conflicting[b] as string).length);
  for (const i of order) {
    let name = `exported_${conflicting[i]}`;
    while (own.has(name)) name = `exported_${name}`;
    own.set(name, values[i] as string);
  }
  return Object.fromEntries(own);
}
