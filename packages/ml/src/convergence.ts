/** Weight of the latest loss in the smoothed one, and the steps over which its decrease is looked at. */
const ALPHA = 0.05;
const STEPS = 100;

/** How fast a loss falls: `(ln E[n-k] - ln E[n]) / k`, where E is the loss, exponentially smoothed, and k is 100 steps. */
export class Convergence {
  /** The smoothed loss; NaN before the first. */
  smoothed = Number.NaN;
  lowest = Number.POSITIVE_INFINITY;
  private readonly logarithms = new Float64Array(STEPS).fill(Number.NaN);
  private count = 0;

  /** The rate with this loss, a finite number; NaN while there are too few of them, and where it has no logarithm. */
  add(loss: number): number {
    this.smoothed = Number.isNaN(this.smoothed) ? loss : this.smoothed + ALPHA * (loss - this.smoothed);
    if (this.smoothed < this.lowest) this.lowest = this.smoothed;
    const place = this.count % STEPS;
    const before = this.logarithms[place]!;
    const present = loss > 0 && this.smoothed > 0 ? Math.log(this.smoothed) : Number.NaN;
    this.logarithms[place] = present;
    this.count++;
    return (before - present) / STEPS;
  }
}
