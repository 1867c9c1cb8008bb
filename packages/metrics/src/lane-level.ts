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
  /** Which characters tell texts apart, counted from the end: none where their lengths do, two at most. */
  readonly characters: readonly number[];
  /** What the length of a text counts for. */
  readonly stride: number;
  /** Of texts, what the second character counts for. */
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
export function slotOf(value: unknown, { characters, stride, factor, bits }: Spread): number {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "number") return Math.imul(value, factor) >>> (32 - bits);
  const text = value as string;
  let slot = text.length * stride;
  const [first, second] = characters;
  if (text.length > Math.max(...characters)) {
    if (first !== undefined) slot += text.charCodeAt(text.length - 1 - first);
    if (second !== undefined) slot += text.charCodeAt(text.length - 1 - second) * factor;
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

/** Looks for a way in which no two values fall into one slot: one that looks at few characters rather than one with few slots. */
function spreadOf(kind: ValueKind, values: readonly unknown[]): Spread | undefined {
  const least = Math.max(1, bitsFor(values.length));
  const ways = kind === "string" ? textWays(values as string[]) : numberWays();
  for (const way of ways) {
    for (let bits = least; bits < least + 4; bits++) {
      if (apart(values, { ...way, bits })) return { ...way, bits };
    }
  }
  return undefined;
}

type Way = Omit<Spread, "bits">;

function* textWays(values: readonly string[]): Generator<Way> {
  const longest = Math.min(16, Math.max(1, ...values.map(({ length }) => length)));
  const strides = [1, 10];
  yield { characters: [], stride: 1, factor: 0 };
  for (let first = 0; first < longest; first++) {
    for (const stride of strides) yield { characters: [first], stride, factor: 0 };
  }
  for (let first = 0; first < longest; first++) {
    for (let second = first + 1; second < longest; second++) {
      for (const factor of [1, 31, 10, 7]) yield { characters: [first, second], stride: 1, factor };
    }
  }
}

/** By multiples that mix bits well: the golden ratio's, and those of MurmurHash3 and xxHash. */
function* numberWays(): Generator<Way> {
  for (const factor of [0x9e3779b1, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f, 0x165667b1]) {
    yield { characters: [], stride: 0, factor };
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
