import { addCompensated, addHistograms } from "./add-histograms.ts";
import { divide, type FloatHistogram, hasOverflow, multiply } from "./float-histogram.ts";

/** The sum of histograms, with little loss. */
export class HistogramTotal {
  #sum: FloatHistogram | undefined;
  #lost: FloatHistogram | undefined;
  #reset = false;
  #notReset = false;
  reconciled = false;

  /** One histogram came after a counter reset and another did not. */
  get collision(): boolean {
    return this.#reset && this.#notReset;
  }

  /** @throws IncompatibleSchemas */
  add(histogram: FloatHistogram): void {
    this.#reset ||= histogram.counterResetHint === "reset";
    this.#notReset ||= histogram.counterResetHint === "not_reset";
    if (this.#sum === undefined) {
      this.#sum = histogram;
      return;
    }
    const added = addCompensated(this.#sum, this.#lost, histogram);
    this.#sum = added.histogram;
    this.#lost = added.compensation;
    this.reconciled ||= added.reconciled;
  }

  value(): FloatHistogram {
    return this.#lost === undefined ? this.#sum! : addHistograms(this.#sum!, this.#lost).histogram;
  }
}

/** The mean of histograms: by their sum and, once that would overflow, by the running mean. */
export class HistogramAverage {
  /** The sum, or the mean once `#running`. */
  #total: FloatHistogram | undefined;
  #lost: FloatHistogram | undefined;
  #count = 0;
  #running = false;
  #reset = false;
  #notReset = false;
  reconciled = false;

  get collision(): boolean {
    return this.#reset && this.#notReset;
  }

  /** @throws IncompatibleSchemas */
  add(histogram: FloatHistogram): void {
    this.#reset ||= histogram.counterResetHint === "reset";
    this.#notReset ||= histogram.counterResetHint === "not_reset";
    this.#count++;
    if (this.#total === undefined) {
      this.#total = histogram;
      return;
    }
    if (!this.#running) {
      const added = addCompensated(this.#total, this.#lost, histogram);
      this.reconciled ||= added.reconciled;
      if (!hasOverflow(added.histogram)) {
        this.#total = added.histogram;
        this.#lost = added.compensation;
        return;
      }
      this.#running = true;
      this.#total = divide(this.#total, this.#count - 1);
      this.#lost &&= divide(this.#lost, this.#count - 1);
    }
    const share = (this.#count - 1) / this.#count;
    const lost = this.#lost && multiply(this.#lost, share);
    const added = addCompensated(multiply(this.#total, share), lost, divide(histogram, this.#count));
    this.reconciled ||= added.reconciled;
    this.#total = added.histogram;
    this.#lost = added.compensation;
  }

  value(): FloatHistogram {
    const total = this.#running ? this.#total! : divide(this.#total!, this.#count);
    if (this.#lost === undefined) return total;
    return addHistograms(total, this.#running ? this.#lost : divide(this.#lost, this.#count)).histogram;
  }
}
