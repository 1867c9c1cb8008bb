/**
 * The fast lane before the trie, for attributes of texts, numbers and booleans of which most have one value or few, as those
 * of an HTTP server. A key's first three values are found by comparing; all values together number a place in a table, so
 * that no step waits for the one before it. It holds what fits; whoever is not found here asks the trie.
 */
export class MixedLane<T> {
  #levels: Level[] = [];
  #targets: (T | undefined)[] = [];
  #refused = 0;

  // Hot: benchmarks/metrics, "http.server.request.duration".
  get(attributes: object | undefined): T | undefined {
    const levels = this.#levels;
    let depth = 0;
    let place = 0;
    for (const key in attributes) {
      const level = levels[depth];
      if (level === undefined || level.key !== key) return undefined;
      depth++;
      const value: unknown = attributes[key as keyof typeof attributes];
      if (value === level.first) continue;
      if (value === level.second) place += level.unit;
      else if (value === level.third) place += level.unit + level.unit;
      else {
        const further = level.more.get(value);
        if (further === undefined) return undefined;
        place += further;
      }
    }
    return depth === levels.length ? this.#targets[place] : undefined;
  }

  /** Takes in what the trie found, when it fits. */
  put(attributes: object, target: T): void {
    if (this.#refused > MAX_REFUSED) return;
    const keys = Object.keys(attributes);
    const values: unknown[] = Object.values(attributes);
    if (this.#levels.length === 0) this.#levels = keys.map((key) => new Level(key));
    const fits =
      keys.length > 0 &&
      keys.length === this.#levels.length &&
      this.#levels.every((level, i) => level.key === keys[i]) &&
      values.every(comparable);
    if (!fits || !this.#admit(values)) {
      this.#refused++;
      return;
    }
    const place = this.#levels.reduce((sum, level, i) => sum + level.values.indexOf(values[i]) * level.unit, 0);
    this.#targets[place] = target;
  }

  /** Makes sure that each level knows its value, by laying all out anew when one is full. */
  #admit(values: readonly unknown[]): boolean {
    if (this.#levels.every((level, i) => level.values.includes(values[i]))) return true;
    const sizes = this.#levels.map((level, i) =>
      Math.max(level.size, 2 ** Math.ceil(Math.log2(level.values.length + (level.values.includes(values[i]) ? 0 : 1)))),
    );
    const places = sizes.reduce((product, size) => product * size, 1);
    if (places > MAX_PLACES) return false;
    let unit = 1;
    this.#levels = this.#levels.map((level, i) => {
      const all = level.values.includes(values[i]) ? level.values : [...level.values, values[i]];
      const next = new Level(level.key, all, { size: sizes[i] as number, unit });
      unit *= next.size;
      return next;
    });
    // What was in a table of another size comes back with its next use.
    if (places !== this.#targets.length) this.#targets = new Array<T | undefined>(places).fill(undefined);
    return true;
  }
}

const MAX_PLACES = 16_384;
/** So often may something not fit before the lane takes in nothing more. */
const MAX_REFUSED = 1_000;

/** Stands where there is no value, and is equal to none. */
const NONE = Symbol("none");

/** The values of one key; the number of each is where it stands in the list. */
class Level {
  readonly key: string;
  readonly values: readonly unknown[];
  readonly first: unknown;
  readonly second: unknown;
  readonly third: unknown;
  /** What one adds to the number of the place. */
  readonly unit: number;
  /** How many values there is room for. */
  readonly size: number;
  /** What each of the further values adds. */
  readonly more: Map<unknown, number>;

  constructor(key: string, values: readonly unknown[] = [], { size, unit } = { size: 1, unit: 1 }) {
    this.key = key;
    this.values = values;
    [this.first = NONE, this.second = NONE, this.third = NONE] = values;
    this.size = size;
    this.unit = unit;
    this.more = new Map(values.slice(3).map((value, i) => [value, (i + 3) * unit]));
  }
}

function comparable(value: unknown): boolean {
  if (typeof value === "string") return value.length <= 256;
  return typeof value === "boolean" || (typeof value === "number" && !Number.isNaN(value));
}
