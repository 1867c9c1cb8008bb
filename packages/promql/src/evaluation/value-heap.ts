/** Row numbers ordered by value as Go's container/heap orders them, so that ties fall as in Prometheus. NaN counts as least. */
export class ValueHeap {
  readonly rows: number[] = [];
  readonly #valueAt: (row: number) => number;
  readonly #descending: boolean;

  constructor(valueAt: (row: number) => number, { descending }: { readonly descending: boolean }) {
    this.#valueAt = valueAt;
    this.#descending = descending;
  }

  push(row: number): void {
    this.rows.push(row);
    let child = this.rows.length - 1;
    for (;;) {
      const parent = (child - 1) >> 1;
      if (parent < 0 || parent === child || !this.#less(child, parent)) return;
      this.#swap(child, parent);
      child = parent;
    }
  }

  /** Puts a row in the place of the least one. */
  replaceTop(row: number): void {
    this.rows[0] = row;
    let parent = 0;
    for (;;) {
      const left = 2 * parent + 1;
      if (left >= this.rows.length) return;
      const child = left + 1 < this.rows.length && this.#less(left + 1, left) ? left + 1 : left;
      if (!this.#less(child, parent)) return;
      this.#swap(parent, child);
      parent = child;
    }
  }

  /** The rows from the last to the first in the order of the heap. */
  sorted(): readonly number[] {
    const rank = (row: number) => this.#valueAt(row);
    return [...this.rows].sort((a, b) => {
      const [x, y] = [rank(a), rank(b)];
      if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
      if (x === y) return 0;
      return x > y === this.#descending ? 1 : -1;
    });
  }

  #less(a: number, b: number): boolean {
    const x = this.#valueAt(this.rows[a]!);
    const y = this.#valueAt(this.rows[b]!);
    if (Number.isNaN(x)) return true;
    return this.#descending ? x > y : x < y;
  }

  #swap(a: number, b: number): void {
    const row = this.rows[a]!;
    this.rows[a] = this.rows[b]!;
    this.rows[b] = row;
  }
}
