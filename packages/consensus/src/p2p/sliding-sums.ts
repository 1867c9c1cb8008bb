/** Sums over the last while, in slices that are forgotten one after the other. */
const SLICES = 30;

export class SlidingSums {
  private readonly fields: number;
  private readonly sliceMs: number;
  private readonly sums: Float64Array;
  private newest = Number.NEGATIVE_INFINITY;

  constructor(fields: number, windowMs: number) {
    this.fields = fields;
    this.sliceMs = windowMs / SLICES;
    this.sums = new Float64Array(fields * SLICES);
  }

  add(field: number, value: number, nowMs: number): void {
    const at = this.turn(nowMs) + field;
    this.sums[at] = this.sums[at]! + value;
  }

  sum(field: number, nowMs: number): number {
    this.turn(nowMs);
    let sum = 0;
    for (let i = field; i < this.sums.length; i += this.fields) sum += this.sums[i]!;
    return sum;
  }

  /** Empties the slices that are past, and gives the place of the present one. A clock that runs backwards stays where it was. */
  private turn(nowMs: number): number {
    const slice = Math.floor(nowMs / this.sliceMs);
    if (slice > this.newest) {
      const from = Math.max(this.newest + 1, slice - SLICES + 1);
      for (let i = from; i <= slice; i++) this.sums.fill(0, this.place(i), this.place(i) + this.fields);
      this.newest = slice;
    }
    return this.place(this.newest);
  }

  private place(slice: number): number {
    return (((slice % SLICES) + SLICES) % SLICES) * this.fields;
  }
}
