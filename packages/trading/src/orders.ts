/** The orders of one venue: makes them, finds them again for the reports of the venue, and keeps no more than it may. */
import type { Span } from "@opentelemetry/api";
import { add, compare, decimal, divide, multiply, negate, signOf, subtract } from "./decimal.ts";
import type { Fill } from "./fill.ts";
import { Order, type OrderEventName, type OrderHost, type OrderTerms, type ResumedState } from "./order.ts";
import type { OrderReport } from "./order-report.ts";
import { type Anomaly, type Operation, VenueSeries } from "./order-series.ts";
import { type NewOrder, quoteCurrency, readSide, readTerms } from "./order-terms.ts";
import type { OrderTrace } from "./order-trace.ts";
import type { Portfolio } from "./portfolio.ts";
import { type RejectReason, rejectReason } from "./reject-reason.ts";

/** Told of every fill: a portfolio, or code of the application. */
export type FillListener = (order: Order, fill: Fill, options: { readonly reversed: boolean }) => void;

export interface OrdersOptions {
  readonly venue: string;
  /** @default that of `trading()` */
  readonly strategy?: string;
  /** Makes an order of a report about one that nobody created here, instead of an anomaly. @default false */
  readonly adoptUnknown?: boolean;
  /** Told of every fill. */
  readonly portfolio?: Portfolio;
}

/** What the orders of a venue share with the rest of the package. */
export interface OrdersSurroundings {
  readonly strategy: string;
  readonly maxOpenOrders: number;
  readonly now: () => number;
  readonly symbolOf: (symbol: string) => string;
  readonly traceOf: (venue: string, terms: OrderTerms, input: NewOrder) => OrderTrace | undefined;
  readonly told: OrderEventListener;
  readonly onAnomaly: (anomaly: Anomaly, venue: string) => void;
}

/** Told of each event, by arguments, since most of them are of no interest to anybody. */
export type OrderEventListener = (
  name: OrderEventName,
  venue: string,
  order: Order | undefined,
  detail: object | undefined,
) => void;

export class Orders {
  readonly venue: string;
  private readonly series: VenueSeries;
  private readonly surroundings: OrdersSurroundings;
  private readonly adoptUnknown: boolean;
  private readonly host: OrderHost;
  private readonly byClientId = new Map<string, Order>();
  private readonly byVenueId = new Map<string, Order>();
  private readonly listeners: FillListener[] = [];
  /** The oldest of those that are open, as far as they were looked up. */
  private aging: Order[] = [];
  /** The orders that were closed last, in turns. */
  private readonly lastClosed: (Order | undefined)[] = Array.from({ length: KEPT_CLOSED }, () => undefined);
  private closedAt = 0;
  private active = 0;
  private readonly currencies = new Map<string, string>();
  private created = 0;

  /** Made by `trading.orders()`. */
  constructor(options: OrdersOptions, surroundings: OrdersSurroundings) {
    this.venue = options.venue;
    this.adoptUnknown = options.adoptUnknown ?? false;
    this.surroundings = surroundings;
    this.series = new VenueSeries({ venue: options.venue, strategy: options.strategy ?? surroundings.strategy });
    this.host = this.hostOfOrders();
  }

  /** How many orders are not closed. */
  get activeCount(): number {
    return this.active;
  }

  /** A new order, not sent yet. Never throws: what cannot be read of it is left out. */
  create(input: NewOrder): Order {
    const clientId = input.clientId ?? this.nextClientId();
    const terms = readTerms(input, clientId, this.currencyOf(input));
    const trace = this.surroundings.traceOf(this.venue, terms, input);
    const series = this.series.of(this.surroundings.symbolOf(terms.symbol), terms);
    const order = new Order(this.host, series, terms, trace);
    this.active++;
    this.byClientId.set(clientId, order);
    if (this.active > this.surroundings.maxOpenOrders) this.abandonOldest();
    return order;
  }

  /** Continues an order of before a restart, as the venue knows it. */
  resume(input: NewOrder & ResumedState & { readonly status?: "new" | "partially_filled" }): Order {
    const order = this.create(input);
    const cumQty = decimal(input.cumQty);
    const isFilled = cumQty !== undefined && signOf(cumQty) > 0;
    order.resumed(input.status ?? (isFilled ? "partially_filled" : "new"), input);
    if (input.venueId !== undefined) this.byVenueId.set(input.venueId, order);
    return order;
  }

  /** The order with this client id or venue id; closed ones are kept for a while, for what comes late. */
  find({ clientId, venueId }: { readonly clientId?: string | undefined; readonly venueId?: string | undefined }) {
    const byClient = clientId === undefined ? undefined : this.byClientId.get(clientId);
    return byClient ?? (venueId === undefined ? undefined : this.byVenueId.get(venueId));
  }

  /** Tells `listener` of every fill from now on. */
  onFill(listener: FillListener): void {
    this.listeners.push(listener);
  }

  /** A client id that says which trace the order belongs to: Binance and most others allow 36 of these characters. */
  clientIdFor(span: Span): string {
    this.created++;
    return `${span.spanContext().traceId}${(this.created % 36 ** 4).toString(36).padStart(4, "0")}`;
  }

  /** Applies what a venue reports; adapters make such reports of its messages. Repeated statuses change nothing. */
  apply(report: OrderReport): void {
    const order = this.orderOf(report);
    if (order === undefined) {
      this.series.anomaly("unknown_order");
      this.surroundings.onAnomaly("unknown_order", this.venue);
      this.tell("order.anomaly", undefined, { anomaly: "unknown_order", ...report });
      return;
    }
    order.identified(report.venueId);
    if (report.event === "cancel_rejected" && !order.awaitsCancel) {
      // Asked for by code that did not say so here.
      this.series.request("cancel", rejectReason(report.reason));
    } else if (report.event === "replace_rejected" && !order.awaitsReplace) {
      this.series.request("replace", rejectReason(report.reason));
    } else applyReport(order, report);
  }

  private orderOf(report: OrderReport): Order | undefined {
    const order =
      this.find(report) ?? (report.origClientId === undefined ? undefined : this.byClientId.get(report.origClientId));
    if (order !== undefined || !this.adoptUnknown) return order;
    const { symbol, clientId, venueId, qty, limit, type } = report;
    if (symbol === undefined) return undefined;
    return this.create({
      symbol,
      clientId: clientId ?? venueId,
      side: readSide(report.side),
      qty: qty ?? Number.NaN,
      limit,
      type,
    });
  }

  private hostOfOrders(): OrderHost {
    const { series, surroundings, listeners } = this;
    return {
      venue: this.venue,
      now: surroundings.now,
      anomaly: (anomaly, order, detail) => {
        series.anomaly(anomaly);
        surroundings.onAnomaly(anomaly, this.venue);
        this.tell("order.anomaly", order, { anomaly, detail });
      },
      request: (operation: Operation, error?: RejectReason) => series.request(operation, error),
      fee: (currency, amount) => series.fee(currency, amount),
      clockError: () => series.clockErrors.add(1),
      changed: (order, name, detail) => this.tell(name, order, detail),
      filled: (order, fill, options) => {
        for (const listener of listeners) listener(order, fill, options);
      },
      closed: (order) => {
        this.active--;
        const oldest = this.lastClosed[this.closedAt];
        this.lastClosed[this.closedAt] = order;
        this.closedAt = (this.closedAt + 1) % KEPT_CLOSED;
        if (oldest !== undefined) this.forget(oldest);
      },
      renamed: (order, before) => {
        if (before.clientId !== order.clientId) {
          // Reports on the old id may still come.
          this.byClientId.set(order.clientId, order);
        }
        if (before.venueId !== undefined) this.byVenueId.delete(before.venueId);
        if (order.venueId !== undefined) this.byVenueId.set(order.venueId, order);
      },
    };
  }

  private tell(name: OrderEventName, order: Order | undefined, detail?: object): void {
    this.surroundings.told(name, this.venue, order, detail);
  }

  /** Many at once, because a Map is passed over from its beginning. */
  private oldestOpen(): Order | undefined {
    for (let order = this.aging.pop(); order !== undefined; order = this.aging.pop()) if (!order.isClosed) return order;
    for (const order of this.byClientId.values()) {
      if (!order.isClosed) this.aging.push(order);
      if (this.aging.length >= AGING_AT_ONCE) break;
    }
    this.aging.reverse();
    return this.aging.pop();
  }

  private currencyOf({ symbol, currency }: NewOrder): string {
    if (currency !== undefined) return currency;
    let quote = this.currencies.get(symbol);
    if (quote === undefined) {
      quote = quoteCurrency(String(symbol));
      if (this.currencies.size < MAX_CURRENCIES) this.currencies.set(symbol, quote);
    }
    return quote;
  }

  private nextClientId(): string {
    this.created++;
    return `${PROCESS_PREFIX}${this.created.toString(36)}`;
  }

  private forget(order: Order): void {
    for (const id of [order.clientId, ...order.formerClientIds]) {
      if (this.byClientId.get(id) === order) this.byClientId.delete(id);
    }
    const { venueId } = order;
    if (venueId !== undefined && this.byVenueId.get(venueId) === order) this.byVenueId.delete(venueId);
  }

  private abandonOldest(): void {
    const order = this.oldestOpen();
    if (order === undefined) return;
    if (order.isActive) order.abandon();
    else {
      // Created and never sent: it was not counted.
      this.active--;
      this.series.anomaly("abandoned");
      this.forget(order);
    }
  }
}

/** Closed orders are kept for late fills and duplicates; more of them would cost the garbage collector much. */
const KEPT_CLOSED = 1_000;
const MAX_CURRENCIES = 1_000;
const AGING_AT_ONCE = 1_000;

const PROCESS_PREFIX = `t${Date.now().toString(36)}-`;

function applyReport(order: Order, report: OrderReport): void {
  const { reason } = report;
  catchUp(order, report);
  switch (report.event) {
    case "pending_new":
      if (order.status === "initialized") order.sent();
      return;
    case "new":
      // Said again with each snapshot; and often later than the first fill.
      if (order.status === "initialized" || !order.isAcknowledged) order.accepted({ venueId: report.venueId });
      return;
    case "triggered":
      order.triggered();
      return;
    case "fill":
      if (report.fill !== undefined) order.filled(report.fill);
      return;
    case "bust":
      order.bust(report.execId ?? "");
      return;
    case "pending_cancel":
      if (order.status !== "pending_cancel") order.cancelRequested();
      return;
    case "cancel_rejected":
      order.cancelRejected(reason);
      return;
    case "canceled":
      if (order.status !== "canceled") order.canceled({ reason });
      return;
    case "pending_replace":
      if (order.status !== "pending_replace") order.replaceRequested();
      return;
    case "replace_rejected":
      order.replaceRejected(reason);
      return;
    case "replaced":
      order.replaced(report);
      return;
    case "rejected":
      if (order.status !== "rejected") order.rejected({ reason });
      return;
    case "expired":
      if (order.status !== "expired") order.expired({ reason });
      return;
    case "status":
      return;
  }
}

/** Digits of a price that is computed from averages. */
const PRICE_SCALE = 12;

/** What was filled since the last report, where a venue tells only the sum. */
function catchUp(order: Order, { cumQty, averagePrice }: OrderReport): void {
  const total = decimal(cumQty);
  const average = decimal(averagePrice);
  if (total === undefined || average === undefined || compare(total, order.cumQty) <= 0) return;
  const qty = subtract(total, order.cumQty);
  const paid = add(multiply(average, total), negate(order.notional));
  order.filled({ qty, price: divide(paid, qty, PRICE_SCALE) });
}
