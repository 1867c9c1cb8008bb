/** How far an equity is below its peak, now and at worst, as shares of the peak. */
export class Drawdown {
  private peak: number;
  private now = 0;
  private worst = 0;

  constructor(startingEquity: number) {
    this.peak = startingEquity;
  }

  update(equity: number): void {
    if (!Number.isFinite(equity)) return;
    if (equity > this.peak) this.peak = equity;
    // Without anything at the start there is no share of it.
    this.now = this.peak > 0 ? (this.peak - equity) / this.peak : 0;
    if (this.now > this.worst) this.worst = this.now;
  }

  get current(): number {
    return this.now;
  }

  get max(): number {
    return this.worst;
  }
}
