import { type LentBytes, lentBytes } from "./lent-bytes.ts";
import { numberText } from "./text-format.ts";

/** The bytes of some series, kept between scrapes, in which only numbers change. */
export interface SeriesBlock {
  /** Writes the numbers of all rows, one row after another, and returns the bytes, which are valid until the next call. */
  refresh(numbers: Float64Array): Uint8Array;
}

/** Of each row its fixed texts: one before each of its numbers, and one that ends the row. */
export function textBlock(rows: readonly (readonly string[])[]): SeriesBlock {
  return new Block(rows);
}

/**
 * A number of the same length is written over the old one, and the others are let in by moving what stands between them.
 */
class Block implements SeriesBlock {
  /** The numbers that stand in the text. */
  readonly #values: Float64Array;
  /** Where each number stands in the text, and how long it is. */
  readonly #starts: Int32Array;
  readonly #lengths: Uint8Array;
  readonly #memory: LentBytes;
  #bytes: Buffer;
  #length = 0;

  constructor(rows: readonly (readonly string[])[]) {
    const count = rows.reduce((sum, texts) => sum + texts.length - 1, 0);
    this.#values = new Float64Array(count);
    this.#starts = new Int32Array(count);
    this.#lengths = new Uint8Array(count).fill(1);
    // Begins with zeros everywhere, so that the first refresh is like any other.
    this.#memory = lentBytes(Buffer.from(rows.map((texts) => texts.join("0")).join("")));
    this.#bytes = this.#memory.bytes;
    let slot = 0;
    for (const texts of rows) {
      texts.forEach((text, i) => {
        this.#length += Buffer.byteLength(text);
        if (i < texts.length - 1) this.#starts[slot++] = this.#length++;
      });
    }
  }

  // Hot: benchmarks/metrics.
  refresh(numbers: Float64Array): Uint8Array {
    const values = this.#values;
    const longer: number[] = [];
    let owned = false;
    for (let slot = 0; slot < values.length; slot++) {
      const value = numbers[slot] as number;
      if (value === values[slot]) continue;
      if (!owned) owned = this.#own();
      values[slot] = value;
      if (!this.#overwrite(slot, value)) longer.push(slot);
    }
    if (longer.length > 0) this.#splice(longer);
    return this.#memory.part(this.#length);
  }

  #own(): true {
    this.#memory.own();
    this.#bytes = this.#memory.bytes;
    return true;
  }

  /** Whether the number fits where the old one stands. */
  #overwrite(slot: number, value: number): boolean {
    const length = this.#lengths[slot] as number;
    const start = this.#starts[slot] as number;
    if ((value | 0) === value && value >= 0) {
      if (digitsOf(value) !== length) return false;
      writeDigits(this.#bytes, start + length, value);
      return true;
    }
    const text = numberText(value);
    if (text.length !== length) return false;
    writeText(this.#bytes, start, text);
    return true;
  }

  /** Lets numbers of another length in, by copying once what stands behind the first of them. */
  #splice(slots: readonly number[]): void {
    const bytes = this.#bytes;
    const head = this.#starts[slots[0] as number] as number;
    // No number takes more than 24 characters.
    const scratch = scratchOf(this.#length - head + slots.length * 24);
    let from = head;
    let to = 0;
    slots.forEach((slot, i) => {
      const start = this.#starts[slot] as number;
      to += bytes.copy(scratch, to, from, start);
      this.#starts[slot] = head + to;
      from = start + (this.#lengths[slot] as number);
      const length = writeNumber(scratch, to, this.#values[slot] as number);
      this.#lengths[slot] = length;
      to += length;
      const next = slots[i + 1] ?? this.#starts.length;
      const shift = head + to - from;
      for (let s = slot + 1; s < next; s++) this.#starts[s] = (this.#starts[s] as number) + shift;
    });
    to += bytes.copy(scratch, to, from, this.#length);
    this.#length = head + to;
    if (this.#length > bytes.length) {
      // With room to grow: memory that is taken anew at each scrape makes V8 collect garbage at each scrape.
      this.#bytes = Buffer.allocUnsafeSlow(Math.ceil(this.#length * 1.1));
      this.#memory.replace(this.#bytes);
      bytes.copy(this.#bytes, 0, 0, head);
    }
    scratch.copy(this.#bytes, head, 0, to);
  }
}

let scratch = Buffer.alloc(0);

/** Memory to put a text together in, the same for all blocks. */
function scratchOf(length: number): Buffer {
  if (scratch.length < length) scratch = Buffer.allocUnsafeSlow(length * 2);
  return scratch;
}

/** Writes a number and returns its length. */
function writeNumber(bytes: Buffer, at: number, value: number): number {
  if ((value | 0) === value && value >= 0) {
    const length = digitsOf(value);
    writeDigits(bytes, at + length, value);
    return length;
  }
  const text = numberText(value);
  writeText(bytes, at, text);
  return text.length;
}

/** A number's text, which is ASCII; a call of `Buffer.write` costs more than its 20 characters. */
function writeText(bytes: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
}

const ZERO = 48;

function digitsOf(value: number): number {
  if (value < 10) return 1;
  if (value < 100) return 2;
  if (value < 1_000) return 3;
  if (value < 10_000) return 4;
  if (value < 100_000) return 5;
  if (value < 1_000_000) return 6;
  if (value < 10_000_000) return 7;
  if (value < 100_000_000) return 8;
  return value < 1_000_000_000 ? 9 : 10;
}

/** The digits of a whole number from 0 to 2^31, ending before `end`. */
function writeDigits(bytes: Uint8Array, end: number, value: number): void {
  let rest = value;
  do {
    const next = (rest / 10) | 0;
    bytes[--end] = ZERO + rest - next * 10;
    rest = next;
  } while (rest > 0);
}
