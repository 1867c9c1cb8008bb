/** The orders of one venue: makes them, finds them again for the reports of the venue, and keeps no more than it may. */
import type { Span } from "@opentelemetry/api";
import { add, compare, decimal, divide, multiply, negate, signOf, subtract } from "./decimal.ts";
import type { Fill } from "./fill.ts";
import { Order } from "./order.ts";
import type { OrderEventName, OrderHost } from "./order-host.ts";
import { OrderIndex } from "./order-index.ts";
import type { OrderReport } from "./order-report.ts";
import { type Anomaly, type Operation, SymbolSeries, VenueSeries } from "./order-series.ts";
import { type NewOrder, type OrderTerms, type ResumedState, readTerms } from "./order-terms.ts";
import type { OrderTrace } from "./order-trace.ts";
import type { Portfolio } from "./portfolio.ts";
import { type RejectReason, rejectReason } from "./reject-reason.ts";
import { quoteCurrency, readSide } from "./venue-words.ts";

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
  private readonly index = new OrderIndex<Order>();
  private readonly listeners: FillListener[] = [];
  private readonly symbols = new Map<string, SymbolSeries>();
  private created = 0;
  private linked = 0;
  private highPart = "";

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
    return this.index.activeCount;
  }

  /** A new order, not sent yet. Never throws: what cannot be read of it is left out. */
  create(input: NewOrder): Order {
    const clientId = input.clientId ?? this.nextClientId();
    const symbol = this.symbolOf(input);
    const terms = readTerms(input, clientId, symbol.currency);
    const trace = this.surroundings.traceOf(this.venue, terms, input);
    const series = symbol.of(terms.side, terms.type);
    const order = new Order(this.host, series, terms, trace);
    this.index.created(order);
    if (this.index.activeCount > this.surroundings.maxOpenOrders) this.abandonOldest();
    return order;
  }

  /** Continues an order of before a restart, as the venue knows it. */
  resume(input: NewOrder & ResumedState & { readonly status?: "new" | "partially_filled" }): Order {
    const order = this.create(input);
    const cumQty = decimal(input.cumQty);
    const isFilled = cumQty !== undefined && signOf(cumQty) > 0;
    order.resumed(input.status ?? (isFilled ? "partially_filled" : "new"), input);
    this.index.renamed(order);
    return order;
  }

  /** The order with this client id or venue id; closed ones are kept for a while, for what comes late. */
  find({ clientId, venueId }: { readonly clientId?: string | undefined; readonly venueId?: string | undefined }) {
    const byClient = clientId === undefined ? undefined : this.index.withClientId(clientId);
    return byClient ?? (venueId === undefined ? undefined : this.index.withVenueId(venueId));
  }

  /** Tells `listener` of every fill from now on. */
  onFill(listener: FillListener): void {
    this.listeners.push(listener);
  }

  /** A client id that says which trace the order belongs to: Binance and most others allow 36 of these characters. */
  clientIdFor(span: Span): string {
    this.linked++;
    return `${span.spanContext().traceId}${(this.linked % 36 ** 4).toString(36).padStart(4, "0")}`;
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
      this.find(report) ??
      (report.origClientId === undefined ? undefined : this.index.withClientId(report.origClientId));
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
      changed: (order, name, detail) => this.tell(name, order, detail),
      filled: (order, fill, options) => {
        for (const listener of listeners) listener(order, fill, options);
      },
      closed: (order) => this.index.closed(order),
      renamed: (order) => this.index.renamed(order),
    };
  }

  private tell(name: OrderEventName, order: Order | undefined, detail?: object): void {
    this.surroundings.told(name, this.venue, order, detail);
  }

  // Hot: benchmarks/trading.ts. Currencies are mostly left out, and known by the symbol.
  private symbolOf({ symbol, currency }: NewOrder): SymbolSeries {
    const key = currency === undefined ? symbol : `${symbol}\n${currency}`;
    const known = this.symbols.get(key);
    if (known !== undefined) return known;
    const name = String(symbol);
    const made = new SymbolSeries(this.series, {
      symbol: this.surroundings.symbolOf(name),
      currency: currency ?? quoteCurrency(name),
    });
    if (this.symbols.size < MAX_SYMBOLS) this.symbols.set(key, made);
    return made;
  }

  /** Of two parts, since numbers are slow to write: the first of them is the same for many. */
  private nextClientId(): string {
    const low = this.created % LOW_PARTS.length;
    if (low === 0) this.highPart = `${PROCESS_PREFIX}${(this.created / LOW_PARTS.length).toString(36)}`;
    this.created++;
    return this.highPart + LOW_PARTS[low];
  }

  private abandonOldest(): void {
    const order = this.index.oldestOpen();
    if (order === undefined) return;
    if (order.isActive) order.abandon();
    else {
      // Created and never sent: it was not counted.
      this.series.anomaly("abandoned");
      this.index.discarded(order);
    }
  }
}

/** Beyond these, the instruments keep what comes as `other` anyway. */
const MAX_SYMBOLS = 1_000;

const PROCESS_PREFIX = `t${Date.now().toString(36)}-`;
const LOW_PARTS: readonly string[] = Array.from({ length: 36 ** 2 }, (_, i) => i.toString(36).padStart(2, "0"));

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
