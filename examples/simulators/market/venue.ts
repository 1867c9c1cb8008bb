/** A venue of the market: its data stream, and what it does with an order. */
import type { Order, Orders, Portfolio, Trading, VenueConnection } from "@telltale/trading";
import type { SeededRandom } from "../seeded-random.ts";
import type { SimulatedClock } from "../simulated-clock.ts";
import { type Price, priceText } from "./price.ts";

/** How the venue behaves at this moment. */
export interface VenueMood {
  readonly isGone: boolean;
  readonly isFlapping: boolean;
  readonly isSilent: boolean;
  /** Its messages come with long pauses. */
  readonly isSlow: boolean;
  readonly rejectShare: number;
  /** Of the acknowledgement, in milliseconds. */
  readonly ackMs: number;
  readonly fillsAgainAfterCancel: boolean;
}

export interface VenueWorld {
  readonly clock: SimulatedClock;
  readonly random: SeededRandom;
  readonly price: Price;
  readonly trading: Trading;
  readonly portfolio: Portfolio;
}

/** What a venue did, to compare the metrics with. */
export interface VenueCounts {
  placed: number;
  filled: number;
  canceled: number;
  rejected: number;
  executions: number;
  messages: number;
  reconnects: number;
}

const SYMBOL = "BTC/USDT";
const MESSAGE_MS = 500;
const PAUSE_MS = 20_000;
const ACCOUNT_MS = 10_000;
/** What the venue allows of requests in a minute. */
const RATE_LIMIT = 1_200;
const FLAP_MS = 50_000;
const RETRY_MS = 2_000;
const CANCEL_AFTER_MS = 5_000;

export class Venue {
  readonly name: string;
  readonly orders: Orders;
  readonly counts: VenueCounts = zero();
  private readonly world: VenueWorld;
  private readonly mood: () => VenueMood;
  private readonly connection: VenueConnection;
  private isConnected = false;
  private messageAt = Number.NEGATIVE_INFINITY;
  private sequence = 0;
  private executions = 0;

  constructor(name: string, world: VenueWorld, mood: () => VenueMood) {
    this.name = name;
    this.world = world;
    this.mood = mood;
    const { clock, trading, portfolio } = world;
    this.orders = trading.orders({ venue: name, portfolio });
    this.connection = trading.connection({ venue: name, channel: "trades" });
    this.connect();
    clock.every(
      () => ACCOUNT_MS,
      () => this.account(),
    );
    clock.every(
      () => MESSAGE_MS,
      () => this.stream(),
    );
    clock.every(
      () => FLAP_MS,
      () => this.flap(),
    );
  }

  get canTrade(): boolean {
    return this.isConnected;
  }

  /** Takes an order, and does with it what venues do. */
  take(order: Order): void {
    const { clock, random } = this.world;
    const { rejectShare, ackMs } = this.mood();
    this.counts.placed++;
    clock.after(random.between(0.1, 0.5), () => order.sent());
    clock.after(1 + ackMs * random.between(0.6, 1.4), () => {
      if (random.chance(rejectShare)) {
        this.counts.rejected++;
        order.rejected({ reason: "insufficient balance" });
        return;
      }
      order.accepted({ venueId: `${this.name}-${this.counts.placed}-${Math.floor(clock.now())}` });
      this.work(order);
    });
  }

  private work(order: Order): void {
    const { clock, random } = this.world;
    const atOnce = random.chance(0.7);
    const isForgotten = random.chance(0.05);
    if (isForgotten) {
      clock.after(CANCEL_AFTER_MS, () => this.cancel(order));
      return;
    }
    const firstMs = random.between(100, 800);
    clock.after(firstMs, () => this.fill(order, atOnce ? 1 : 0.4));
    if (!atOnce) clock.after(firstMs + random.between(100, 800), () => this.fill(order, 0.6));
  }

  private fill(order: Order, share: number): void {
    if (order.isClosed && order.status !== "canceled") return;
    this.executions++;
    this.counts.executions++;
    const wasClosed = order.isClosed;
    order.filled({
      price: String(order.limit),
      qty: (Number(order.qty) * share).toFixed(4),
      execId: `${this.name}-${this.executions}`,
      liquidity: "maker",
      fee: { amount: "0", currency: "USDT" },
    });
    if (order.status === "filled" && !wasClosed) this.counts.filled++;
  }

  private cancel(order: Order): void {
    const { clock, random } = this.world;
    order.cancelRequested();
    clock.after(random.between(20, 60), () => {
      this.counts.canceled++;
      order.canceled();
      if (!this.mood().fillsAgainAfterCancel) return;
      // It had filled the order all the same, and then tells of it twice.
      clock.after(500, () => this.fill(order, 1));
      clock.after(900, () => this.fill(order, 1));
    });
  }

  /** What the venue says of the account, the limits and its clock. */
  private account(): void {
    const { random, trading, portfolio } = this.world;
    const free = (portfolio.equity / 2).toFixed(2);
    portfolio.balance({ venue: this.name, currency: "USDT", free, locked: "500.00" });
    trading.rateLimit({ venue: this.name, limit: "requests_1m", used: random.between(40, 90), allowed: RATE_LIMIT });
    this.connection.clockOffset(random.normal(1.5, 0.2));
  }

  private stream(): void {
    const { isGone, isSilent, isSlow } = this.mood();
    if (isGone && this.isConnected) this.disconnect(1006);
    const now = this.world.clock.now();
    if (!this.isConnected || isSilent || (isSlow && now - this.messageAt < PAUSE_MS)) return;
    this.messageAt = now;
    this.sequence++;
    this.counts.messages++;
    const { clock, random } = this.world;
    const eventTime = clock.wallClock() - random.between(2, 30);
    this.connection.message({ symbol: SYMBOL, eventTime, seq: this.sequence });
  }

  private flap(): void {
    if (this.mood().isFlapping && this.isConnected) this.disconnect(1001);
  }

  private disconnect(code: number): void {
    this.isConnected = false;
    this.connection.disconnected({ code });
    this.world.clock.after(RETRY_MS, () => this.retry());
  }

  private retry(): void {
    if (this.mood().isGone) {
      this.world.clock.after(RETRY_MS, () => this.retry());
      return;
    }
    this.counts.reconnects++;
    this.connect();
  }

  private connect(): void {
    this.connection.connecting();
    this.world.clock.after(this.world.random.between(50, 200), () => {
      this.connection.connected();
      this.isConnected = true;
      this.sequence = 0;
    });
  }
}

/** An order of this venue, near the middle of the market. */
export function quote({
  side,
  qty,
  price,
}: {
  readonly side: "buy" | "sell";
  readonly qty: string;
  readonly price: number;
}) {
  return { symbol: SYMBOL, side, type: "limit", qty, limit: priceText(price) } as const;
}

function zero(): VenueCounts {
  return { placed: 0, filled: 0, canceled: 0, rejected: 0, executions: 0, messages: 0, reconnects: 0 };
}
