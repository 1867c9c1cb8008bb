import { type LaneTable, laneCode } from "./lane-code.ts";
import { type LaneLevel, layOut, type ValueKind, valueKind } from "./lane-level.ts";

/**
 * The fast way from attributes to what belongs to them, for instruments whose attributes have the same few keys, each with
 * some dozens of values. Every value is found in a small table, and together they number a place in a large one. It holds
 * what fits and nothing else; whoever is not found here is looked for elsewhere.
 */
export interface AttributeLane<T> {
  /** What was put for these attributes. There is no such code until enough was put. Never throws. */
  get: ((attributes: unknown) => T | undefined) | undefined;
  /** Takes in what was found elsewhere, when it fits. */
  put(attributes: object, target: T): void;
  /** Forgets what was put. */
  clear(): void;
}

const MAX_KEYS = 12;
const MAX_VALUES = 128;
/** 16,384 places in the table. */
const MAX_BITS = 14;
/** So often may something not fit before the lane takes in nothing more. */
const MAX_REFUSED = 1_000;
/** So much is put in before the first code is made; each further time takes four times as much. */
const FIRST_CODE = 256;

/**
 * A lane for attributes like these, or undefined when there can be none. Of `declared` keys the attributes may have others
 * beside them, which then make no difference.
 */
export function attributeLane<T>(
  attributes: object,
  declared: readonly string[] | undefined,
): AttributeLane<T> | undefined {
  const keys = declared ?? Object.keys(attributes);
  const kinds = keys.map((key) => valueKind(attributes[key as keyof typeof attributes]));
  const fits = keys.length > 0 && keys.length <= MAX_KEYS && !keys.includes("__proto__") && !kinds.includes("other");
  if (!fits || (declared === undefined && kinds.includes("undefined"))) return undefined;
  return new Lane<T>(keys, kinds, declared !== undefined);
}

class Lane<T> implements AttributeLane<T> {
  get: ((attributes: unknown) => T | undefined) | undefined = undefined;
  readonly #keys: readonly string[];
  readonly #declared: boolean;
  #levels: readonly LaneLevel[];
  #table: LaneTable<T> = { targets: [undefined] };
  /** Whether the code is of an earlier layout, or there is none yet. */
  #stale = true;
  #untilCode = FIRST_CODE;
  #codes = 0;
  #refused = 0;

  constructor(keys: readonly string[], kinds: readonly ValueKind[], declared: boolean) {
    this.#keys = keys;
    this.#declared = declared;
    this.#levels = kinds.map((kind) => ({ kind, values: [] }));
  }

  put(attributes: object, target: T): void {
    if (this.#refused > MAX_REFUSED) return;
    const own = Object.keys(attributes);
    const values = this.#keys.map((key): unknown => attributes[key as keyof typeof attributes]);
    const fits = values.every((value, i) => {
      const kind = this.#levels[i]?.kind;
      return kind === valueKind(value) && (kind === "undefined" || own.includes(this.#keys[i] as string));
    });
    if (!fits || !own.every((key) => this.#keys.includes(key)) || !this.#admit(values)) {
      this.#refused++;
      return;
    }
    let place = 0;
    for (const [i, { values: known, shift = 0 }] of this.#levels.entries()) place |= known.indexOf(values[i]) << shift;
    this.#table.targets[place] = target;
    if (this.#stale && --this.#untilCode <= 0) this.#makeCode();
  }

  clear(): void {
    this.#table.targets.fill(undefined);
    if (this.#stale) this.get = undefined;
  }

  /** Makes sure that each level knows its value, by laying all out anew when one does not. */
  #admit(values: readonly unknown[]): boolean {
    const levels = this.#levels;
    if (levels.every((level, i) => level.values.includes(values[i]))) return true;
    const all = levels.map((level, i) =>
      level.values.includes(values[i]) ? level.values : [...level.values, values[i]],
    );
    if (all.some(({ length }) => length > MAX_VALUES)) return false;
    const laid = layOut(levels, all);
    if (laid === undefined || laid.bits > MAX_BITS) return false;
    this.#levels = laid.levels;
    // What was in the table comes back with its next use.
    this.#table = { targets: new Array<T | undefined>(1 << laid.bits).fill(undefined) };
    this.#stale = true;
    return true;
  }

  #makeCode(): void {
    this.#codes++;
    this.#untilCode = FIRST_CODE * 4 ** this.#codes;
    this.#stale = false;
    try {
      this.get = laneCode<T>(this.#keys, this.#levels, { table: this.#table, exact: !this.#declared });
    } catch {
      // Node runs with --disallow-code-generation-from-strings.
      this.#refused = Number.POSITIVE_INFINITY;
    }
  }
}
