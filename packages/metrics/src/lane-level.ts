/** `undefined` is a declared key that the callers leave out; values of other kinds do not fit. */
export type ValueKind = "string" | "number" | "boolean" | "undefined" | "other";

/** The values of one key. With more than one, each has a slot of its own. */
export interface LaneLevel {
  readonly kind: ValueKind;
  readonly values: readonly unknown[];
  /** How many bits lower than the value's number the numbers of other keys stand. */
  readonly shift?: number;
  readonly spread?: Spread;
  readonly slots?: readonly unknown[];
  /** By slot, the value's number as it goes into that of the place. */
  readonly places?: Int32Array;
}

/** How the slot of a value comes about. */
export interface Spread {
  /** Which characters tell texts apart, counted from the end. */
  readonly first: number;
  readonly second: number;
  /** Zero where the first character is enough. */
  readonly factor: number;
  readonly bits: number;
}

/** What kind of value it is for a lane. */
export function valueKind(value: unknown): ValueKind {
  switch (typeof value) {
    case "string":
      return value.length <= 256 ? "string" : "other";
    case "number":
      return Number.isNaN(value) ? "other" : "number";
    case "boolean":
      return "boolean";
    case "undefined":
      return "undefined";
    default:
      return "other";
  }
}

/** Gives all values a slot; undefined when no way to tell them apart is found. */
export function layOut(
  levels: readonly LaneLevel[],
  values: readonly (readonly unknown[])[],
): { readonly levels: readonly LaneLevel[]; readonly bits: number } | undefined {
  let bits = 0;
  const laid: LaneLevel[] = [];
  for (const [i, { kind }] of levels.entries()) {
    const level = levelOf(kind, values[i] as readonly unknown[], bits);
    if (level === undefined) return undefined;
    laid.push(level);
    bits += bitsFor(level.values.length);
  }
  return { levels: laid, bits };
}

/** As the code of a lane has it. */
export function slotOf(value: unknown, { first, second, factor, bits }: Spread): number {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "number") return Math.imul(value, factor) >>> (32 - bits);
  const text = value as string;
  let slot = text.length;
  if (slot > Math.max(first, second)) {
    slot += text.charCodeAt(slot - 1 - first) + text.charCodeAt(slot - 1 - second) * factor;
  }
  return slot & ((1 << bits) - 1);
}

function levelOf(kind: ValueKind, values: readonly unknown[], shift: number): LaneLevel | undefined {
  if (values.length === 1) return { kind, values, shift };
  const spread = spreadOf(kind, values);
  if (spread === undefined) return undefined;
  const slots = new Array<unknown>(1 << spread.bits).fill(undefined);
  const places = new Int32Array(1 << spread.bits);
  for (const [i, value] of values.entries()) {
    const slot = slotOf(value, spread);
    slots[slot] = value;
    places[slot] = i << shift;
  }
  return { kind, values, shift, spread, slots, places };
}

/** Looks for a way in which no two values fall into one slot. */
function spreadOf(kind: ValueKind, values: readonly unknown[]): Spread | undefined {
  const least = Math.max(1, bitsFor(values.length));
  for (let bits = least; bits < least + 4; bits++) {
    for (const spread of kind === "string" ? textSpreads(values as string[], bits) : numberSpreads(bits)) {
      if (apart(values, spread)) return spread;
    }
  }
  return undefined;
}

function* textSpreads(values: readonly string[], bits: number): Generator<Spread> {
  const longest = Math.min(16, Math.max(1, ...values.map(({ length }) => length)));
  for (let first = 0; first < longest; first++) {
    yield { first, second: first, factor: 0, bits };
    for (let second = first + 1; second < longest; second++) {
      for (const factor of [1, 31, 10, 7]) yield { first, second, factor, bits };
    }
  }
}

/** By multiples that mix bits well: the golden ratio's, and those of MurmurHash3 and xxHash. */
function* numberSpreads(bits: number): Generator<Spread> {
  for (const factor of [0x9e3779b1, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f, 0x165667b1]) {
    yield { first: 0, second: 0, factor, bits };
  }
}

function apart(values: readonly unknown[], spread: Spread): boolean {
  const taken = new Uint8Array(1 << spread.bits);
  return values.every((value) => {
    const slot = slotOf(value, spread);
    const free = taken[slot] === 0;
    taken[slot] = 1;
    return free;
  });
}

/** How many bits number so many things. */
function bitsFor(count: number): number {
  return count <= 1 ? 0 : 32 - Math.clz32(count - 1);
}
