/** What was filled of one order, by which executions, and when. */
import { add, compare, type Decimal, multiply, negate, ZERO } from "./decimal.ts";
import type { Fill } from "./fill.ts";

/** Most orders have a few executions, which a Map would make dearer than all else of a fill: benchmarks/trading.ts. */
const LISTED = 8;

export class OrderFills {
  qty: Decimal = ZERO;
  /** What was paid for `qty`. */
  notional: Decimal = ZERO;
  /** By the clock of the order; NaN is not yet. */
  firstAt = Number.NaN;
  lastAt = Number.NaN;
  /** Whether some of it was filled before a restart, at prices that are not known. */
  isResumed = false;
  private first: Fill | undefined;
  private listed: Fill[] | undefined;
  private mapped: Map<string, Fill> | undefined;

  get isEmpty(): boolean {
    return this.qty.units === 0;
  }

  resume(qty: Decimal): void {
    this.qty = qty;
    this.isResumed = true;
  }

  execution(execId: string): Fill | undefined {
    if (this.first?.execId === execId) return this.first;
    if (this.mapped !== undefined) return this.mapped.get(execId);
    return this.listed?.find((fill) => fill.execId === execId);
  }

  add(fill: Fill, notional: Decimal, atMs: number): void {
    this.remember(fill);
    this.lastAt = atMs;
    if (this.qty === ZERO) {
      this.qty = fill.qty;
      this.notional = notional;
      return;
    }
    this.qty = add(this.qty, fill.qty);
    this.notional = add(this.notional, notional);
  }

  /** Takes an execution back. */
  remove(fill: Fill): void {
    if (this.first === fill) this.first = undefined;
    this.listed = this.listed?.filter((one) => one !== fill);
    if (fill.execId !== undefined) this.mapped?.delete(fill.execId);
    this.qty = add(this.qty, negate(fill.qty));
    this.notional = add(this.notional, negate(multiply(fill.price, fill.qty)));
  }

  /** Below zero while less is filled than this quantity, above when more is. */
  against(qty: Decimal | undefined): number {
    return qty === undefined ? -1 : compare(this.qty, qty);
  }

  private remember(fill: Fill): void {
    if (this.first === undefined) this.first = fill;
    else if (fill.execId !== undefined) this.keep(fill, fill.execId);
  }

  private keep(fill: Fill, execId: string): void {
    if (this.mapped !== undefined) {
      this.mapped.set(execId, fill);
      return;
    }
    if (this.listed === undefined) this.listed = [fill];
    else this.listed.push(fill);
    if (this.listed.length > LISTED) {
      this.mapped = new Map(this.listed.map((one) => [String(one.execId), one]));
      this.listed = undefined;
    }
  }
}
