/**
 * One position by average cost. What a partial close releases of the cost is cut at twelve digits and the rest stays in the
 * position, so that no part of a cent is ever lost: when the position is flat, what was realized is exactly what was earned.
 */
import { absolute, add, compare, type Decimal, divide, multiply, negate, signOf, subtract, ZERO } from "./decimal.ts";

/** Digits after the point of a released cost. */
const COST_SCALE = 12;

/** A round trip that has come to its end. */
export interface RoundTrip {
  /** Before fees. */
  readonly pnl: Decimal;
  readonly fees: Decimal;
  readonly heldMs: number;
}

/** What a fill did. */
export interface PositionChange {
  readonly realized: Decimal;
  readonly trip: RoundTrip | undefined;
}

export interface PositionFill {
  /** Below zero for a sale. */
  readonly qty: Decimal;
  readonly price: Decimal;
  /** In the currency of the price. */
  readonly fee: Decimal;
  readonly atMs: number;
}

export class Position {
  /** Below zero it is short. */
  size: Decimal = ZERO;
  /** What was paid for `size`; below zero for a short one. */
  cost: Decimal = ZERO;
  private markPrice: Decimal | undefined;
  private tripPnl: Decimal = ZERO;
  private tripFees: Decimal = ZERO;
  private openedAtMs = 0;

  get mark(): Decimal | undefined {
    return this.markPrice;
  }

  markAt(price: Decimal): void {
    this.markPrice = price;
  }

  /** A fill through zero realizes the part that closes, and opens the rest at its price. */
  apply({ qty, price, fee, atMs }: PositionFill): PositionChange {
    this.markPrice ??= price;
    if (this.size.units === 0) this.openTrip(atMs);
    this.tripFees = add(this.tripFees, fee);
    if (signOf(this.size) * signOf(qty) >= 0) {
      this.open(qty, price);
      return { realized: ZERO, trip: undefined };
    }
    if (compare(absolute(qty), absolute(this.size)) < 0) return { realized: this.close(qty, price), trip: undefined };
    const rest = add(this.size, qty);
    const realized = this.close(negate(this.size), price);
    const trip = { pnl: this.tripPnl, fees: this.tripFees, heldMs: atMs - this.openedAtMs };
    if (rest.units !== 0) {
      this.openTrip(atMs);
      this.open(rest, price);
    }
    return { realized, trip };
  }

  /** Market value at the mark; below zero when it is short. */
  value(): Decimal {
    return this.markPrice === undefined ? this.cost : multiply(this.size, this.markPrice);
  }

  unrealized(): Decimal {
    return subtract(this.value(), this.cost);
  }

  private openTrip(atMs: number): void {
    this.openedAtMs = atMs;
    this.tripPnl = ZERO;
    this.tripFees = ZERO;
  }

  private open(qty: Decimal, price: Decimal): void {
    this.size = add(this.size, qty);
    this.cost = add(this.cost, multiply(qty, price));
  }

  /** `qty` has the other sign than the size, and is not more than it. */
  private close(qty: Decimal, price: Decimal): Decimal {
    const left = add(this.size, qty);
    const released = left.units === 0 ? this.cost : divide(multiply(this.cost, negate(qty)), this.size, COST_SCALE);
    const realized = negate(add(multiply(qty, price), released));
    this.size = left.units === 0 ? ZERO : left;
    this.cost = left.units === 0 ? ZERO : subtract(this.cost, released);
    this.tripPnl = add(this.tripPnl, realized);
    return realized;
  }
}
