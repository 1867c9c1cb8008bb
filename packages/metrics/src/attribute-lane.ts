/**
 * The fast lane before the trie, for instruments of many series and attributes as most callers write them: the same few keys
 * in the same order, each with some dozens of texts. Every value is found by one or two of its characters, and together they number a place in a table.
 * It holds what fits and nothing else; whoever is not found here asks the trie.
 */
export class AttributeLane<T> {
  #keys: readonly string[] = [];
  #levels: Level[] = [];
  #targets: (T | undefined)[] = [undefined];
  #refused = 0;

  // Hot: benchmarks/metrics, "counter unbound".
  get(attributes: object | undefined): T | undefined {
    const keys = this.#keys;
    const levels = this.#levels;
    let depth = 0;
    let place = 0;
    for (const key in attributes) {
      if (key !== keys[depth]) return undefined;
      const value: unknown = attributes[key as keyof typeof attributes];
      if (typeof value !== "string") return undefined;
      const level = levels[depth] as Level;
      // As in slotOf, whose call would cost a tenth of the whole.
      const { length } = value;
      const { first, second } = level;
      let slot = length;
      if (first >= 0) {
        if (first < length) slot += value.charCodeAt(length - 1 - first);
        if (second >= 0 && second < length) slot += Math.imul(value.charCodeAt(length - 1 - second), level.factor);
      }
      slot &= level.mask;
      if (level.slots[slot] !== value) return undefined;
      place |= level.places[slot] as number;
      depth++;
    }
    return depth === keys.length ? this.#targets[place] : undefined;
  }

  /** Takes in what the trie found, when it fits. */
  put(attributes: object, target: T): void {
    if (this.#refused > MAX_REFUSED) return;
    const keys = Object.keys(attributes);
    const values: unknown[] = Object.values(attributes);
    const fits = keys.length > 0 && keys.length <= MAX_KEYS && values.every(fitting);
    if (fits && this.#keys.length === 0)
      this.#layOut(
        keys,
        keys.map(() => []),
      );
    const same = fits && keys.length === this.#keys.length && keys.every((key, i) => key === this.#keys[i]);
    if (!same || !this.#admit(values as string[])) {
      this.#refused++;
      return;
    }
    const place = this.#levels.reduce((sum, level, i) => {
      return sum | (level.places[slotOf(level, values[i] as string)] as number);
    }, 0);
    this.#targets[place] = target;
  }

  /** Makes sure that each level knows its value, by laying all out anew when one has no room. */
  #admit(values: readonly string[]): boolean {
    const unknown = this.#levels.map((level, i) => !level.values.includes(values[i] as string));
    if (!unknown.includes(true)) return true;
    const all = this.#levels.map((level, i) => (unknown[i] ? [...level.values, values[i] as string] : level.values));
    const bits = all.reduce((sum, { length }) => sum + bitsFor(length), 0);
    if (bits > MAX_BITS || all.some(({ length }) => length > MAX_VALUES)) return false;
    return this.#layOut(this.#keys, all);
  }

  /** What was in the table comes back with its next use. */
  #layOut(keys: readonly string[], values: readonly (readonly string[])[]): boolean {
    let shift = 0;
    const levels: Level[] = [];
    for (const some of values) {
      const level = levelOf(some, shift);
      if (level === undefined) return false;
      levels.push(level);
      shift += bitsFor(some.length);
    }
    this.#keys = keys;
    this.#levels = levels;
    this.#targets = new Array<T | undefined>(1 << shift).fill(undefined);
    return true;
  }
}

const MAX_KEYS = 8;
const MAX_VALUES = 128;
/** 16,384 places in the table. */
const MAX_BITS = 14;
/** So often may something not fit before the lane takes in nothing more. */
const MAX_REFUSED = 1_000;

/** The values of one key, each in a slot of its own. */
interface Level {
  readonly values: readonly string[];
  /** Which characters tell the values apart, counted from the end; -1 when none is needed. */
  readonly first: number;
  readonly second: number;
  readonly factor: number;
  readonly mask: number;
  readonly slots: readonly (string | undefined)[];
  /** The value's number, shifted to where it stands in the number of the place. */
  readonly places: Int32Array;
}

type Spread = Pick<Level, "first" | "second" | "factor" | "mask">;

function slotOf({ first, second, factor, mask }: Spread, value: string): number {
  const { length } = value;
  let sum = length;
  if (first >= 0) {
    if (first < length) sum += value.charCodeAt(length - 1 - first);
    if (second >= 0 && second < length) sum += Math.imul(value.charCodeAt(length - 1 - second), factor);
  }
  return sum & mask;
}

function levelOf(values: readonly string[], shift: number): Level | undefined {
  const spread = spreadOf(values);
  if (spread === undefined) return undefined;
  const slots = new Array<string | undefined>(spread.mask + 1).fill(undefined);
  const places = new Int32Array(spread.mask + 1);
  values.forEach((value, i) => {
    const slot = slotOf(spread, value);
    slots[slot] = value;
    places[slot] = i << shift;
  });
  return { ...spread, values, slots, places };
}

/** Looks for at most two characters by which no two values fall into one slot; undefined when there are none. */
function spreadOf(values: readonly string[]): Spread | undefined {
  const longest = Math.min(16, Math.max(0, ...values.map(({ length }) => length)));
  const bits = bitsFor(values.length);
  for (const mask of [(1 << bits) - 1, (2 << bits) - 1, (4 << bits) - 1, (8 << bits) - 1]) {
    for (let first = -1; first < longest; first++) {
      const last = first === -1 ? -1 : longest - 1;
      for (let second = -1; second <= last; second++) {
        if (second !== -1 && second <= first) continue;
        for (const factor of second === -1 ? [1] : [1, 31, 10, 7]) {
          const spread = { first, second, factor, mask };
          if (apart(values, spread)) return spread;
        }
      }
    }
  }
  return undefined;
}

function apart(values: readonly string[], spread: Spread): boolean {
  const taken = new Uint8Array(spread.mask + 1);
  return values.every((value) => {
    const slot = slotOf(spread, value);
    const free = taken[slot] === 0;
    taken[slot] = 1;
    return free;
  });
}

function fitting(value: unknown): boolean {
  return typeof value === "string" && value.length <= 256;
}

/** How many bits number so many things. */
function bitsFor(count: number): number {
  return count <= 1 ? 0 : 32 - Math.clz32(count - 1);
}
