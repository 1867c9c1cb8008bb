import { type AttributeValue, diag } from "@opentelemetry/api";
import { type AttributeLane, attributeLane } from "./attribute-lane.ts";
import { type AttributeSchema, type CanonicalAttributes, MAX_ATTRIBUTE_LENGTH } from "./attribute-schema.ts";
import { AttributeTrie } from "./attribute-trie.ts";
import { shareOut } from "./delta-readers.ts";
import { departures } from "./departures.ts";
import type { InstrumentKind, Series } from "./instrument.ts";
import { keyOrder } from "./key-order.ts";
import { revise } from "./revision.ts";
import { type SeriesChunk, type SeriesPlace, seriesPlaces } from "./series-chunk.ts";

/** OpenTelemetry SDK specification, "Overflow attribute". */
const OVERFLOW: CanonicalAttributes = { keys: ["otel.metric.overflow"], values: [true] };

/** Up to so many series no lane is made for them. */
const LANE_FROM = 4;
/** So often is one tried to be made for attributes that cannot have one. */
const LANE_TRIES = 100;

export interface SeriesStoreOptions<S, N> {
  readonly instrument: string;
  readonly kind: InstrumentKind;
  readonly schema: AttributeSchema;
  /** The keys that matter, where they are declared. */
  readonly declaredKeys: readonly string[] | undefined;
  readonly maxSeries: number;
  /** Infinity: never. */
  readonly expireAfterMs: number;
  /** What the series of one chunk keep there together. */
  readonly numbers: (chunk: SeriesChunk<N>) => N;
  readonly create: (place: SeriesPlace<N>) => S;
}

/**
 * The series of one instrument. The limit holds for the life of the process: a series that was admitted stays exact, and
 * what came too late is counted together in one overflow series.
 */
export class SeriesStore<S extends Series, N = unknown> {
  readonly instrument: string;
  /** In order of their first use. */
  list: S[] = [];
  /** Finds the series of most attributes faster than `find`, in code small enough to become part of the caller's. */
  fast: ((attributes: unknown) => S | undefined) | undefined = undefined;
  readonly #options: SeriesStoreOptions<S, N>;
  readonly #place: ReturnType<typeof seriesPlaces<N>>;
  #trie = new AttributeTrie<S>();
  #lane: AttributeLane<S> | undefined;
  #laneTries = 0;
  #overflow: S | undefined;
  readonly #keyOrder = keyOrder();
  #memos = 0;
  readonly #lists = new Map<string, symbol>();
  readonly #departures = departures<S>();
  /** Whether a reader may know of the series. */
  #collected = false;
  readonly #touched = new Map<S, { mark: number | undefined; sinceMs: number }>();

  constructor(options: SeriesStoreOptions<S, N>) {
    this.#options = options;
    this.instrument = options.instrument;
    this.#place = seriesPlaces(this, options.numbers);
  }

  /** The series of these attributes, made when it is their first use. Never throws. */
  find(attributes: object | undefined): S {
    try {
      // All in one: what is called from here, V8 would rather build into the caller than `fast`, for it is smaller.
      const known = this.fast?.(attributes);
      if (known !== undefined) return known;
      const series = this.#trie.get(attributes);
      if (series === undefined) return this.#admit(attributes);
      if (attributes === undefined || this.list.length <= LANE_FROM) return series;
      if (this.#lane === undefined && this.#laneTries++ < LANE_TRIES) {
        this.#lane = attributeLane(attributes, this.#options.declaredKeys);
      }
      this.#lane?.put(attributes, series);
      this.fast = this.#lane?.get;
      return series;
    } catch {
      return this.#admit(attributes);
    }
  }

  bind(attributes: object | undefined): S {
    const series = this.find(attributes);
    series.bindings++;
    this.#departures.stop(series);
    return series;
  }

  /** Lets one binding go; with the last one the series is forgotten, as soon as its readers have had its last numbers. */
  unbind(series: S): void {
    if (series.bindings === 0 || --series.bindings > 0 || series === this.#overflow) return;
    if (this.#collected) this.#departures.begin(series);
    else this.#remove(new Set([series]));
  }

  /** At each collection: forgets the series that were let go, and the unbound ones that nobody touched for `expireAfterMs`. */
  sweep(nowMs: number): void {
    this.#collected = true;
    const due = this.#departures.due(nowMs);
    if (due.size > 0) this.#remove(due);
    const { expireAfterMs } = this.#options;
    if (expireAfterMs === Number.POSITIVE_INFINITY) return;
    const expired = new Set<S>();
    for (const series of this.list) {
      if (series === this.#overflow) continue;
      const mark = series.mark();
      const before = this.#touched.get(series);
      if (before === undefined || before.mark !== mark || mark === undefined || series.bindings > 0) {
        this.#touched.set(series, { mark, sinceMs: nowMs });
      } else if (nowMs - before.sinceMs >= expireAfterMs) {
        expired.add(series);
      }
    }
    if (expired.size > 0) this.#remove(expired);
  }

  /** One place is kept for the overflow series, as in the SDK. */
  get #full(): boolean {
    const admitted = this.#overflow === undefined ? this.list.length : this.list.length - 1;
    return admitted >= this.#options.maxSeries - 1;
  }

  #admit(attributes: object | undefined): S {
    const canonical = this.#canonical(attributes);
    const path = canonical.values.map((value) => this.#step(value));
    let series = this.#trie.getPath(canonical.keys, path);
    if (series === undefined) {
      if (this.#full && this.#departures.size > 0) this.#remove(this.#departures.oldest());
      series = this.#full ? this.#overflowSeries() : this.#create(canonical, path);
    }
    this.#memoise(attributes, canonical, series);
    return series;
  }

  #canonical(attributes: unknown): CanonicalAttributes {
    return this.#keyOrder.of(this.#options.schema.canonical(attributes), attributes);
  }

  #create(canonical: CanonicalAttributes, path: readonly unknown[]): S {
    const series = this.#made(canonical);
    this.#trie.set(canonical.keys, path, series);
    return series;
  }

  #made({ keys, values }: CanonicalAttributes): S {
    const series = this.#options.create(this.#place(keys, values, Date.now()));
    this.list.push(series);
    revise();
    return series;
  }

  #overflowSeries(): S {
    if (this.#overflow !== undefined) return this.#overflow;
    const { maxSeries } = this.#options;
    const overflow = this.#made(OVERFLOW);
    this.#overflow = overflow;
    diag.warn(
      `telltale: ${this.instrument} reached its limit of ${maxSeries} series; further sets of attributes are counted together under otel.metric.overflow. Leave out ids, or raise maxSeries.`,
    );
    return overflow;
  }

  /** Lists are compared by what they hold, so each distinct one stands as a symbol in the trie. */
  #step(value: AttributeValue): unknown {
    if (!Array.isArray(value)) return value;
    const text = JSON.stringify(value);
    const symbol = this.#lists.get(text) ?? Symbol(text);
    this.#lists.set(text, symbol);
    return symbol;
  }

  /** Remembers how the caller wrote these attributes: in another order, with undefined ones, with values that became `other`. */
  #memoise(attributes: object | undefined, canonical: CanonicalAttributes, series: S): void {
    // Bounded, because the ways to write what ends in `other` or in the overflow are not.
    if (this.#memos >= 4 * this.#options.maxSeries || typeof attributes !== "object" || attributes === null) return;
    const keys: string[] = [];
    const values: unknown[] = [];
    let left = 0;
    try {
      for (const key in attributes) {
        if (!Object.hasOwn(attributes, key)) return;
        const value: unknown = attributes[key as keyof typeof attributes];
        if (!comparable(value)) return;
        if (value === undefined || value === null) left++;
        keys.push(key);
        values.push(value);
      }
    } catch {
      return;
    }
    // Something was left out, so the next call has to be told of it too.
    if (keys.length - left !== canonical.keys.length + (canonical.hidden ?? 0)) return;
    if (this.#trie.getPath(keys, values) === series) return;
    this.#trie.set(keys, values, series);
    this.#memos++;
  }

  #remove(gone: ReadonlySet<S>): void {
    revise();
    for (const series of gone) {
      shareOut(this, this.#options.kind, series);
      this.#touched.delete(series);
      this.#departures.stop(series);
    }
    this.list = this.list.filter((series) => !gone.has(series));
    this.#trie = new AttributeTrie();
    this.#lane?.clear();
    this.fast = this.#lane?.get;
    this.#memos = 0;
    this.#lists.clear();
    for (const series of this.list) {
      if (series === this.#overflow) continue;
      const { keys, values } = this.#canonical(series.attributes);
      this.#trie.set(
        keys,
        values.map((value) => this.#step(value)),
        series,
      );
    }
  }
}

function comparable(value: unknown): boolean {
  switch (typeof value) {
    case "string":
      return value.length <= MAX_ATTRIBUTE_LENGTH;
    case "number":
    case "boolean":
    case "undefined":
      return true;
    default:
      return value === null;
  }
}
