import { addKahan, kahan } from "../kahan-sum.ts";

/** A mean by the sum and, once that would overflow, by the running mean. */
export class FloatAverage {
  #sum: number;
  #c = 0;
  #mean = 0;
  #count = 1;
  #running = false;

  constructor(first: number) {
    this.#sum = first;
  }

  add(value: number): void {
    this.#count++;
    if (!this.#running) {
      const sum = addKahan(value, this.#sum, this.#c);
      if (sum !== Number.POSITIVE_INFINITY && sum !== Number.NEGATIVE_INFINITY) {
        this.#sum = sum;
        this.#c = kahan.c;
        return;
      }
      this.#running = true;
      this.#mean = this.#sum / (this.#count - 1);
      this.#c /= this.#count - 1;
    }
    const share = (this.#count - 1) / this.#count;
    this.#mean = addKahan(value / this.#count, share * this.#mean, share * this.#c);
    this.#c = kahan.c;
  }

  value(): number {
    return this.#running ? this.#mean + this.#c : this.#sum / this.#count + this.#c / this.#count;
  }
}
