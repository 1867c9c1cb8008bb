import type { Attributes, AttributeValue } from "@opentelemetry/api";
import type { Series } from "./instrument.ts";

/** Who keeps a series, as the series knows it. */
export interface SeriesOwner {
  readonly instrument: string;
  unbind(series: Series): void;
}

/** What chunks hold at most. */
const MAX_CAPACITY = 256;
const START = 0;
const BINDINGS = 1;
const MARKS = 2;
/** What a 32-bit integer holds of milliseconds: 24 days. */
const MAX_MS = 2 ** 31 - 1;

/**
 * What is kept of some series of one instrument with the same keys, beside the fields that recording touches. Objects of their
 * own would cost each series more than all that they hold; `N` is whatever numbers its kind keeps here.
 */
export class SeriesChunk<N = unknown> {
  readonly owner: SeriesOwner;
  readonly capacity: number;
  readonly numbers: N;
  used = 0;
  readonly #keys: readonly string[];
  readonly #values: AttributeValue[];
  readonly #epochMs: number;
  readonly #marks: Int32Array;

  constructor(owner: SeriesOwner, { keys, capacity, numbers }: ChunkOptions<N>) {
    this.owner = owner;
    this.#keys = keys;
    this.capacity = capacity;
    this.#epochMs = Date.now();
    this.#values = new Array(keys.length * capacity);
    this.#marks = new Int32Array(MARKS * capacity);
    this.numbers = numbers(this);
  }

  /** Whether it has room for a series that starts now. */
  hasRoom(startTimeMs: number): boolean {
    return this.used < this.capacity && Math.abs(startTimeMs - this.#epochMs) < MAX_MS;
  }

  /** Takes one more series in and returns its slot. */
  take(values: readonly AttributeValue[], startTimeMs: number): number {
    for (const [i, value] of values.entries()) this.#values[this.used * values.length + i] = value;
    this.setStart(this.used, startTimeMs);
    return this.used++;
  }

  /** Made anew each time. */
  attributes(slot: number): Attributes {
    const first = slot * this.#keys.length;
    return Object.fromEntries(this.#keys.map((key, i) => [key, this.#values[first + i] as AttributeValue]));
  }

  startTimeMs(slot: number): number {
    return this.#epochMs + (this.#marks[MARKS * slot + START] as number);
  }

  setStart(slot: number, startTimeMs: number): void {
    this.#marks[MARKS * slot + START] = Math.max(-MAX_MS, startTimeMs - this.#epochMs);
  }

  bindings(slot: number): number {
    return this.#marks[MARKS * slot + BINDINGS] as number;
  }

  setBindings(slot: number, bindings: number): void {
    this.#marks[MARKS * slot + BINDINGS] = bindings;
  }
}

interface ChunkOptions<N> {
  readonly keys: readonly string[];
  readonly capacity: number;
  readonly numbers: (chunk: SeriesChunk<N>) => N;
}

/** Where a series has its place. */
export interface SeriesPlace<N> {
  readonly chunk: SeriesChunk<N>;
  readonly slot: number;
}

/**
 * A series by its place: what recording does not touch is in the chunk. `declare` leaves out the first, undefined value of a
 * field, which for V8 makes a variable of it.
 */
export class PlacedSeries<N> {
  declare readonly chunk: SeriesChunk<N>;
  declare readonly slot: number;

  constructor({ chunk, slot }: SeriesPlace<N>) {
    this.chunk = chunk;
    this.slot = slot;
  }

  get attributes(): Attributes {
    return this.chunk.attributes(this.slot);
  }

  get startTimeMs(): number {
    return this.chunk.startTimeMs(this.slot);
  }

  set startTimeMs(timeMs: number) {
    this.chunk.setStart(this.slot, timeMs);
  }

  get bindings(): number {
    return this.chunk.bindings(this.slot);
  }

  set bindings(count: number) {
    this.chunk.setBindings(this.slot, count);
  }

  unbind(this: Series & PlacedSeries<N>): void {
    this.chunk.owner.unbind(this);
  }
}

/** Gives the series of one instrument their places, in one chunk after another for each set of keys. */
export function seriesPlaces<N>(owner: SeriesOwner, numbers: (chunk: SeriesChunk<N>) => N) {
  const current = new Map<string, SeriesChunk<N>>();
  return (keys: readonly string[], values: readonly AttributeValue[], startTimeMs: number): SeriesPlace<N> => {
    const set = keys.join("\0");
    let chunk = current.get(set);
    if (chunk === undefined || !chunk.hasRoom(startTimeMs)) {
      // From one on in doubles: an instrument with a single series does not pay for many.
      const capacity = Math.min(MAX_CAPACITY, (chunk?.capacity ?? 0.5) * 2);
      chunk = new SeriesChunk(owner, { keys, capacity, numbers });
      current.set(set, chunk);
    }
    return { chunk, slot: chunk.take(values, startTimeMs) };
  };
}
