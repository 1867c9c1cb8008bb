/** Samples in blocks of fixed size, cut from large arrays that all series share: 12 bytes a sample and little beside. */

/** Samples a block. Half a block a series is empty on average. */
export const BLOCK_SAMPLES = 32;

const BLOCKS_PER_SLAB = 256;

/** The longest time that a block can span, in milliseconds: times are 32-bit offsets from its first sample. */
export const MAX_BLOCK_SPAN_MS = 4_294_967_295;

/** What a block occupies: values, offsets, and the time of the first sample. */
export const BLOCK_BYTES: number = BLOCK_SAMPLES * 12 + 8;

/** Values that stand for something else are NaNs with these low bits. Prometheus' own mark for stale is the first. */
export const STALE_BITS = 2;
export const HISTOGRAM_BITS = 3;
const MARK_HIGH_BITS = 0x7ff0_0000;

export interface Slab {
  readonly values: Float64Array;
  /** The same memory, for the bits of marks. */
  readonly bits: Uint32Array;
  readonly offsets: Uint32Array;
  readonly baseMs: Float64Array;
}

/** A pool of blocks, each known by its number. */
export class SampleBlocks {
  readonly #slabs: Slab[] = [];
  readonly #free: number[] = [];
  #used = 0;

  get used(): number {
    return this.#used;
  }

  allocate(baseMs: number): number {
    if (this.#free.length === 0) this.#addSlab();
    const block = this.#free.pop()!;
    this.#used++;
    const { slab, at } = this.#place(block);
    slab.baseMs[at] = baseMs;
    return block;
  }

  release(block: number): void {
    this.#used--;
    this.#free.push(block);
  }

  baseMs(block: number): number {
    return this.slabOf(block).baseMs[block % BLOCKS_PER_SLAB]!;
  }

  timeMs(block: number, index: number): number {
    const { slab, at } = this.#place(block);
    return slab.baseMs[at]! + slab.offsets[at * BLOCK_SAMPLES + index]!;
  }

  set(block: number, index: number, timeMs: number, value: number): void {
    const { slab, at } = this.#place(block);
    const i = at * BLOCK_SAMPLES + index;
    slab.offsets[i] = timeMs - slab.baseMs[at]!;
    slab.values[i] = value;
  }

  /** A sample without a number. */
  mark(block: number, index: number, timeMs: number, lowBits: number): void {
    this.set(block, index, timeMs, 0);
    const { slab, at } = this.#place(block);
    const i = at * BLOCK_SAMPLES + index;
    slab.bits[2 * i] = lowBits;
    slab.bits[2 * i + 1] = MARK_HIGH_BITS;
  }

  /** The mark of a sample, 0 for a number. */
  markAt(block: number, index: number): number {
    const { slab, at } = this.#place(block);
    const i = at * BLOCK_SAMPLES + index;
    if (slab.bits[2 * i + 1] !== MARK_HIGH_BITS) return 0;
    const low = slab.bits[2 * i]!;
    return low === STALE_BITS || low === HISTOGRAM_BITS ? low : 0;
  }

  /** The arrays of a block, so that a reader copies without a call for each sample; its samples begin at `beginOf`. */
  slabOf(block: number): Slab {
    return this.#slabs[(block / BLOCKS_PER_SLAB) | 0]!;
  }

  /** Where the samples of a block begin in the arrays of its slab. */
  beginOf(block: number): number {
    return (block % BLOCKS_PER_SLAB) * BLOCK_SAMPLES;
  }

  #place(block: number): { slab: Slab; at: number } {
    return { slab: this.#slabs[(block / BLOCKS_PER_SLAB) | 0]!, at: block % BLOCKS_PER_SLAB };
  }

  #addSlab(): void {
    const values = new Float64Array(BLOCKS_PER_SLAB * BLOCK_SAMPLES);
    const first = this.#slabs.length * BLOCKS_PER_SLAB;
    this.#slabs.push({
      values,
      bits: new Uint32Array(values.buffer),
      offsets: new Uint32Array(BLOCKS_PER_SLAB * BLOCK_SAMPLES),
      baseMs: new Float64Array(BLOCKS_PER_SLAB),
    });
    for (let i = BLOCKS_PER_SLAB - 1; i >= 0; i--) this.#free.push(first + i);
  }
}
