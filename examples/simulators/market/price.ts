import type { SeededRandom } from "../seeded-random.ts";

/** A middle of the market that wanders about 50,000 and comes back. */
export class Price {
  private value = CENTRE;
  private readonly random: SeededRandom;

  constructor(random: SeededRandom) {
    this.random = random;
  }

  get mid(): number {
    return this.value;
  }

  /** One step of an Ornstein-Uhlenbeck process. */
  move(): void {
    this.value += 0.001 * (CENTRE - this.value) + this.random.normal(0, 0.5);
  }
}

const CENTRE = 50_000;

/** As a venue writes it. */
export function priceText(price: number): string {
  return price.toFixed(2);
}
