import { numberText } from "./text-format.ts";

/**
 * The text of some series, kept as bytes between scrapes. Only numbers change: one of the same length is written over the
 * old one, and the others are let in by moving what stands between them.
 */
export interface SeriesBlock {
  /** Writes the numbers as they are now and returns the text; the bytes are valid until the next call. */
  refresh(): Uint8Array;
}

/** What a block is made of; `R` is whatever the numbers are read from. */
export interface BlockParts<R> {
  readonly rows: readonly R[];
  /** How many numbers each row has. */
  readonly width: number;
  /** A row's fixed texts: one before each number, and one that ends the row. */
  readonly texts: (row: R) => readonly string[];
  readonly read: (row: R, into: Float64Array) => void;
}

export function seriesBlock<R>(parts: BlockParts<R>): SeriesBlock {
  return new Block(parts);
}

class Block<R> implements SeriesBlock {
  readonly #rows: readonly R[];
  readonly #read: BlockParts<R>["read"];
  readonly #numbers: Float64Array;
  readonly #values: Float64Array;
  /** Where each number stands in the text, and how long it is. */
  readonly #starts: Int32Array;
  readonly #lengths: Uint8Array;
  #bytes: Buffer;
  #length = 0;

  constructor({ rows, width, texts, read }: BlockParts<R>) {
    this.#rows = rows;
    this.#read = read;
    this.#numbers = new Float64Array(width);
    this.#values = new Float64Array(rows.length * width);
    this.#starts = new Int32Array(rows.length * width);
    this.#lengths = new Uint8Array(rows.length * width).fill(1);
    // Begins with zeros everywhere, so that the first refresh is like any other.
    const written = rows.map((row) => texts(row));
    this.#bytes = Buffer.from(written.map((row) => row.join("0")).join(""));
    let slot = 0;
    for (const row of written) {
      row.forEach((text, i) => {
        this.#length += Buffer.byteLength(text);
        if (i < width) this.#starts[slot++] = this.#length++;
      });
    }
  }

  refresh(): Uint8Array {
    const longer: number[] = [];
    const numbers = this.#numbers;
    const values = this.#values;
    const width = numbers.length;
    for (let i = 0; i < this.#rows.length; i++) {
      this.#read(this.#rows[i] as R, numbers);
      for (let j = 0, slot = i * width; j < width; j++, slot++) {
        const value = numbers[j] as number;
        if (value === values[slot]) continue;
        values[slot] = value;
        if (!this.#overwrite(slot, value)) longer.push(slot);
      }
    }
    if (longer.length > 0) this.#splice(longer);
    return this.#bytes.subarray(0, this.#length);
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
    this.#bytes.write(text, start, "latin1");
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
  return bytes.write(numberText(value), at, "latin1");
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
