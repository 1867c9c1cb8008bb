/** The orders of one venue: makes them, finds them again for the reports of the venue, and keeps no more than it may. */
import type { Span } from "@opentelemetry/api";
import { add, compare, decimal, divide, multiply, negate, signOf, subtract } from "./decimal.ts";
import type { Fill } from "./fill.ts";
import { Order, type OrderEventName, type OrderHost, type OrderTerms, type ResumedState } from "./order.ts";
import type { OrderReport } from "./order-report.ts";
import { type Anomaly, type Operation, VenueSeries } from "./order-series.ts";
import { type NewOrder, readSide, readTerms } from "./order-terms.ts";
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
  readonly told: (order: OrderEvent) => void;
  readonly onAnomaly: (anomaly: Anomaly, venue: string) => void;
}

/** A structured log event of an order. */
export interface OrderEvent {
  readonly name: OrderEventName;
  readonly venue: string;
  readonly order: Order | undefined;
  readonly detail: Readonly<Record<string, unknown>> | undefined;
}

export class Orders {
  readonly venue: string;
  private readonly series: VenueSeries;
  private readonly surroundings: OrdersSurroundings;
  private readonly adoptUnknown: boolean;
  private readonly host: OrderHost;
  private readonly byClientId = new Map<string, Order>();
  private readonly byVenueId = new Map<string, Order>();
  private readonly listeners: FillListener[] = [];
  private active = 0;
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
    if (this.byClientId.size >= this.surroundings.maxOpenOrders * KEPT_PER_OPEN) this.makeRoom();
    const terms = readTerms(input, clientId);
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
    if (input.venueId !== undefined) this.indexByVenue(input.venueId, order);
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
      closed: () => {
        this.active--;
      },
      renamed: (order, before) => {
        if (before.clientId !== order.clientId) {
          // Reports on the old id may still come.
          this.byClientId.set(order.clientId, order);
        }
        if (order.venueId !== undefined) this.indexByVenue(order.venueId, order);
      },
    };
  }

  private tell(name: OrderEventName, order: Order | undefined, detail?: Readonly<Record<string, unknown>>): void {
    this.surroundings.told({ name, venue: this.venue, order, detail });
  }

  private indexByVenue(venueId: string, order: Order): void {
    this.byVenueId.set(venueId, order);
    if (this.byVenueId.size <= this.surroundings.maxOpenOrders * KEPT_PER_OPEN) return;
    for (const oldest of this.byVenueId.keys()) {
      this.byVenueId.delete(oldest);
      return;
    }
  }

  private nextClientId(): string {
    this.created++;
    return `${PROCESS_PREFIX}${this.created.toString(36)}`;
  }

  /** Forgets the order that was kept for longest without being open; one that is open goes to the back instead. */
  private makeRoom(): void {
    for (const [clientId, order] of this.byClientId) {
      this.byClientId.delete(clientId);
      if (order.isClosed) return;
      this.byClientId.set(clientId, order);
    }
  }

  private abandonOldest(): void {
    for (const [clientId, order] of this.byClientId) {
      if (order.isClosed) continue;
      if (order.isActive) order.abandon();
      // Created and never sent: nobody counts it.
      else {
        this.active--;
        this.series.anomaly("abandoned");
        this.byClientId.delete(clientId);
      }
      return;
    }
  }
}

/** Closed orders are kept for late fills and duplicates, as many as may be open. */
const KEPT_PER_OPEN = 2;

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
