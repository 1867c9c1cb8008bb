import type { MetricFamily, NewSeries, NewsPiece, SeriesBatch } from "../series-batch.ts";
import { type SeriesIds, seriesIds } from "./series-ids.ts";

/** One or more series that come and go together: one number, one native histogram, or the numbers of a classic one. */
export interface SeriesGroup {
  /** The first id; the others follow. */
  readonly id: number;
  readonly width: number;
}

/** Gathers what goes into a batch, one batch after another. */
export class BatchWriter {
  /** Numbers and their ids, with room for more behind `length`. */
  ids: Uint32Array<ArrayBuffer> = new Uint32Array(1_024);
  values: Float64Array<ArrayBuffer> = new Float64Array(1_024);
  length = 0;
  histograms: Float64Array<ArrayBuffer> = new Float64Array(0);
  readonly #allocated: SeriesIds = seriesIds();
  readonly #told = new Map<string, MetricFamily>();
  #histogramsLength = 0;
  #families: MetricFamily[] = [];
  #series: NewSeries[] = [];
  #news: Uint8Array<ArrayBuffer>[] = [];
  #gone: SeriesGroup[] = [];
  #goneIds = 0;

  /** Gives new series their ids and tells of them. `limits` are those of a classic histogram, which has a sum unless it is said. */
  add(family: MetricFamily, series: Omit<NewSeries, "id" | "name">): SeriesGroup {
    this.#tellFamily(family);
    const { limits, sum } = series;
    const width = limits === undefined ? 1 : limits.length + (sum === false ? 1 : 2);
    const id = this.#allocated.take(width);
    this.#series.push({ id, name: family.name, ...series });
    if (this.#series.length >= SERIES_PER_PIECE) this.#endPiece();
    return { id, width };
  }

  remove(group: SeriesGroup): void {
    this.#gone.push(group);
    this.#goneIds += group.width;
  }

  /** Makes room for so many numbers and says where it begins. */
  reserve(count: number): number {
    const at = this.length;
    this.length += count;
    if (this.length > this.ids.length) {
      this.ids = grown(this.ids, new Uint32Array(2 * this.length));
      this.values = grown(this.values, new Float64Array(2 * this.length));
    }
    return at;
  }

  put(id: number, value: number): void {
    const at = this.reserve(1);
    this.ids[at] = id;
    this.values[at] = value;
  }

  /** Takes out the numbers from `at` on whose id is no less than `limit`. */
  closeUp(at: number, limit: number): void {
    const { ids, values } = this;
    let to = at;
    for (let from = at; from < this.length; from++) {
      if ((ids[from] as number) >= limit) continue;
      ids[to] = ids[from] as number;
      values[to++] = values[from] as number;
    }
    this.length = to;
  }

  /** Makes room in `histograms` for a row of so many numbers and says where it begins. */
  reserveRow(length: number): number {
    const at = this.#histogramsLength;
    this.#histogramsLength += length;
    if (this.#histogramsLength > this.histograms.length) {
      this.histograms = grown(this.histograms, new Float64Array(2 * this.#histogramsLength));
    }
    return at;
  }

  /** What was gathered, in memory of its own; the next batch begins. */
  end(): Pick<SeriesBatch, "news" | "ids" | "values" | "histograms" | "gone"> {
    if (this.#series.length + this.#families.length > 0) this.#endPiece();
    const gone = new Uint32Array(this.#goneIds);
    let at = 0;
    for (const { id, width } of this.#gone) {
      for (let i = 0; i < width; i++) gone[at++] = id + i;
      this.#allocated.giveBack(id, width);
    }
    const batch = {
      news: this.#news,
      ids: this.ids.slice(0, this.length),
      values: this.values.slice(0, this.length),
      histograms: this.histograms.slice(0, this.#histogramsLength),
      gone,
    };
    this.#news = [];
    this.#gone = [];
    this.#goneIds = 0;
    this.#histogramsLength = 0;
    this.length = 0;
    return batch;
  }

  #tellFamily({ name, type, help, unit }: MetricFamily): void {
    const told = this.#told.get(name);
    if (told !== undefined && told.type === type && told.help === help && told.unit === unit) return;
    const family = { name, type, help, unit };
    this.#told.set(name, family);
    this.#families.push(family);
  }

  #endPiece(): void {
    const piece: NewsPiece = { families: this.#families, series: this.#series };
    this.#news.push(new TextEncoder().encode(JSON.stringify(piece)));
    this.#families = [];
    this.#series = [];
  }
}

/** Written in a fraction of a millisecond. */
const SERIES_PER_PIECE = 256;

function grown<T extends Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
