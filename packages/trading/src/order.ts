/**
 * One order, from its creation to its end, as a state machine (order-status.ts). Longer than other files because it is the one
 * list of what may happen to an order; what each event leads to is in the files that it uses.
 */
import type { SpanContext } from "@opentelemetry/api";
import { type Decimal, decimal, decimalNumber, multiply, signOf } from "./decimal.ts";
import { type Fill, type FillInput, readFill } from "./fill.ts";
import { OrderFills } from "./order-fills.ts";
import type { OrderHost } from "./order-host.ts";
import { recordResult } from "./order-result.ts";
import type { Anomaly, OrderSeries, OrderType, Side } from "./order-series.ts";
import { OrderState } from "./order-state.ts";
import {
  type EndStatus,
  isOpen,
  mayFollow,
  type OpenStatus,
  type OrderStatus,
  type OrderTransition,
} from "./order-status.ts";
import type { OrderTerms, ReplacedTerms, ResumedState } from "./order-terms.ts";
import type { OrderTrace } from "./order-trace.ts";
import { errorReason, isDefinite, type RejectReason, rejectReason } from "./reject-reason.ts";
import { slippageBasisPoints } from "./slippage.ts";

const NO_IDS: readonly string[] = [];
const FORWARD = { reversed: false };
const REVERSED = { reversed: true };

// A class for its hot path: benchmarks/trading.ts.
export class Order {
  private terms: OrderTerms;
  private readonly state: OrderState;
  private readonly fills: OrderFills = new OrderFills();
  private readonly host: OrderHost;
  private readonly series: OrderSeries;
  private readonly trace: OrderTrace | undefined;
  private venueName: string | undefined;
  /** Those before a replacement. */
  formerClientIds: readonly string[] = NO_IDS;
  /** Of the index that finds it by its ids. */
  closedIn = 0;
  // Milliseconds of the host's clock; NaN is not yet.
  private readonly createdAt: number;
  private sentAt = Number.NaN;
  private acceptedAt = Number.NaN;
  private cancelAt: number | undefined;
  private replaceAt: number | undefined;
  private awaitsNew = false;

  /** Made by `orders.create()`. */
  constructor(host: OrderHost, series: OrderSeries, terms: OrderTerms, trace?: OrderTrace) {
    this.host = host;
    this.series = series;
    this.terms = terms;
    this.state = new OrderState(series);
    this.trace = trace;
    this.createdAt = host.now();
    const { decidedAtMs } = terms;
    if (decidedAtMs !== undefined) series.ofType.stage("decide", decidedAtMs, this.createdAt);
  }

  get status(): OrderStatus {
    return this.state.status;
  }

  get symbol(): string {
    return this.terms.symbol;
  }

  get side(): Side {
    return this.terms.side;
  }

  get type(): OrderType {
    return this.terms.type;
  }

  get clientId(): string {
    return this.terms.clientId;
  }

  /** The venue's own id, once it is known. */
  get venueId(): string | undefined {
    return this.venueName;
  }

  get venue(): string {
    return this.host.venue;
  }

  get qty(): Decimal | undefined {
    return this.terms.qty;
  }

  get limit(): Decimal | undefined {
    return this.terms.limit;
  }

  /** The currency of its prices. */
  get currency(): string {
    return this.terms.currency;
  }

  /** Whether a cancel was asked for and not answered yet. */
  get awaitsCancel(): boolean {
    return this.cancelAt !== undefined;
  }

  /** Whether new terms were asked for and not answered yet. */
  get awaitsReplace(): boolean {
    return this.replaceAt !== undefined;
  }

  /** Of the root of its trace: for links, and for logs. */
  get spanContext(): SpanContext | undefined {
    return this.trace?.spanContext;
  }

  get cumQty(): Decimal {
    return this.fills.qty;
  }

  /** What was paid for `cumQty`. */
  get notional(): Decimal {
    return this.fills.notional;
  }

  /** How long the venue took to acknowledge it, once it has. */
  get ackMs(): number | undefined {
    const ms = this.acceptedAt - this.sentAt;
    return ms >= 0 ? ms : undefined;
  }

  /** In basis points, above zero adverse: against the price of its decision, or else of its arrival, or its limit. */
  get slippage(): number | undefined {
    const { decisionPrice, arrivalPrice, limit } = this.terms;
    const benchmark = decisionPrice ?? arrivalPrice ?? limit;
    if (benchmark === undefined || this.fills.isResumed) return undefined;
    return slippageBasisPoints(this.fills, benchmark, this.side);
  }

  /** Whether it waits for its end. */
  get isActive(): boolean {
    return isOpen(this.status);
  }

  get isClosed(): boolean {
    return this.state.isClosed;
  }

  /** Whether the venue has said that it has it, or shown it by an execution or an end. */
  get isAcknowledged(): boolean {
    return this.isClosed || !Number.isNaN(this.acceptedAt);
  }

  /**
   * Runs the request that sends the order, its span active inside, and gives what it gives. An error that says that the
   * venue refused closes the order as rejected; after a timeout or a lost connection it stays pending. The error is thrown on.
   */
  submit<T>(request: () => T): T {
    if (!this.begin()) return request();
    let result: T;
    try {
      result = this.trace === undefined ? request() : this.trace.submit(request);
    } catch (error) {
      this.wasSent();
      this.requestFailed(error);
      throw error;
    }
    this.wasSent();
    if (isThenable(result)) {
      return Promise.resolve(result).then(
        (value) => {
          this.newAnswered();
          this.trace?.submitted();
          return value;
        },
        (error: unknown) => {
          this.requestFailed(error);
          throw error;
        },
      ) as T;
    }
    this.trace?.submitted();
    return result;
  }

  /** The order has been sent by code of its own. */
  sent(): void {
    if (!this.begin()) return;
    this.trace?.sent();
    this.wasSent();
    this.trace?.submitted();
  }

  /** The venue has it: FIX ExecType New. */
  accepted(known?: { readonly venueId?: string | undefined }): void {
    // Asked to cancel or filled before it came, an acknowledgement is late and no surprise.
    const isLate = Number.isNaN(this.acceptedAt) && isOpen(this.status) && this.status !== "pending_new";
    if (!isLate && !this.may("new")) return;
    this.identified(known?.venueId);
    this.state.place();
    this.acceptedAt = this.host.now();
    this.series.ofType.stage("ack", this.sentAt, this.acceptedAt);
    this.newAnswered();
    if (!isLate) this.state.move("new");
    this.trace?.accepted(known?.venueId);
    this.host.changed(this, "order.accepted");
  }

  /** A stop or trigger price was reached; the order goes on as it is. */
  triggered(): void {
    if (!this.may("triggered")) return;
    this.trace?.event("triggered");
    this.host.changed(this, "order.triggered");
  }

  /** An execution: partial, complete, late after a cancel, or beyond the order's quantity. */
  filled(input: FillInput): void {
    const fill = readFill(input);
    // The instrument's own guard drops it, and counts and tells that.
    if (fill === undefined) this.series.volume.add(Number.NaN);
    else this.execute(fill);
  }

  /** The venue takes an execution back: FIX ExecType Trade Cancel. Its volume stays counted, its position does not. */
  bust(execId: string): void {
    const fill = this.fills.execution(execId);
    if (fill === undefined) {
      this.anomaly("invalid_transition", `bust of unknown execution ${execId}`);
      return;
    }
    this.fills.remove(fill);
    if (this.status === "partially_filled") this.state.move(this.restingStatus());
    this.trace?.event("bust", { "trading.exec.id": execId });
    this.host.filled(this, fill, REVERSED);
    this.host.changed(this, "order.bust", { execId });
  }

  cancelRequested(): void {
    if (!this.may("pending_cancel")) return;
    this.cancelAt = this.host.now();
    this.state.move("pending_cancel");
    this.trace?.cancelRequested();
    this.host.changed(this, "order.cancel_requested");
  }

  /** The venue does not cancel: the order is what it was before. Normal when a fill was faster. */
  cancelRejected(reason?: string): void {
    if (!this.awaitsCancel) {
      this.anomaly("invalid_transition", "cancel rejected that was not requested");
      return;
    }
    const type = rejectReason(reason);
    this.cancelAt = undefined;
    this.host.request("cancel", type);
    if (this.status === "pending_cancel") this.state.move(this.restingStatus());
    this.trace?.cancelEnded(type);
    this.host.changed(this, "order.cancel_rejected", { reason });
  }

  canceled({ reason }: { readonly reason?: string | undefined } = {}): void {
    if (this.may("canceled")) this.close("canceled", undefined, reason);
  }

  /** `reason`: the venue's words or code; one of a closed set goes into the metric. */
  rejected({ reason }: { readonly reason?: string | undefined } = {}): void {
    if (this.may("rejected")) this.close("rejected", rejectReason(reason), reason);
  }

  /** The local risk check did not let it out. */
  denied({ rule }: { readonly rule?: string | undefined } = {}): void {
    if (this.may("denied")) this.close("denied", "risk", rule);
  }

  expired({ reason }: { readonly reason?: string | undefined } = {}): void {
    if (this.may("expired")) this.close("expired", undefined, reason);
  }

  replaceRequested(): void {
    if (!this.may("pending_replace")) return;
    this.replaceAt = this.host.now();
    this.state.move("pending_replace");
    this.trace?.replaceRequested();
    this.host.changed(this, "order.replace_requested");
  }

  replaceRejected(reason?: string): void {
    if (!this.awaitsReplace) {
      this.anomaly("invalid_transition", "replace rejected that was not requested");
      return;
    }
    const type = rejectReason(reason);
    this.replaceAt = undefined;
    this.host.request("replace", type);
    if (this.status === "pending_replace") this.state.move(this.restingStatus());
    this.trace?.replaceEnded(type);
    this.host.changed(this, "order.replace_rejected", { reason });
  }

  /** The venue has new terms for it; what is left out is as before. A quantity that is filled already ends the order. */
  replaced(terms: ReplacedTerms = {}): void {
    // A fill may have come between request and answer.
    const requestedAt = isOpen(this.status) ? this.replaceAt : undefined;
    if (requestedAt === undefined && !this.may("replaced")) return;
    const { clientId } = this;
    this.terms = {
      ...this.terms,
      clientId: terms.clientId ?? clientId,
      qty: decimal(terms.qty) ?? this.terms.qty,
      limit: decimal(terms.limit) ?? this.terms.limit,
    };
    this.venueName = terms.venueId ?? this.venueName;
    if (clientId !== this.clientId) this.formerClientIds = [...this.formerClientIds, clientId];
    if (requestedAt !== undefined) {
      this.host.request("replace");
      this.series.ofType.stage("replace", requestedAt, this.host.now());
      this.replaceAt = undefined;
    }
    this.host.renamed(this);
    this.trace?.replaceEnded(undefined, this.clientId);
    this.host.changed(this, "order.replaced");
    if (this.fills.against(this.qty) >= 0) this.close("filled");
    else this.state.move(this.status === "pending_cancel" ? "pending_cancel" : this.restingStatus());
  }

  /** The venue's own id has become known. */
  identified(venueId: string | undefined): void {
    if (venueId === undefined || venueId === this.venueName) return;
    this.venueName = venueId;
    this.host.renamed(this);
  }

  /** It has been kept for too long without an end. */
  abandon(): void {
    if (!this.isActive) return;
    this.host.anomaly("abandoned", this);
    this.close("abandoned");
  }

  /** Continues an order of before a restart, without counting what was counted then. */
  resumed(status: "new" | "partially_filled", { cumQty, venueId }: ResumedState): void {
    const qty = decimal(cumQty);
    if (qty !== undefined && signOf(qty) > 0) this.fills.resume(qty);
    this.venueName = venueId;
    this.acceptedAt = this.createdAt;
    this.state.place();
    this.state.move(status);
    this.trace?.resumed();
  }

  private execute(fill: Fill): void {
    const { state, fills, series } = this;
    const { status } = state;
    const { execId } = fill;
    if (execId !== undefined && fills.execution(execId) !== undefined) {
      this.anomaly("duplicate_execution", execId);
      return;
    }
    const isAfterEnd = status === "canceled" || status === "filled" || status === "abandoned";
    if (!isAfterEnd && status !== "initialized" && !isOpen(status)) {
      this.anomaly("invalid_transition", `fill after ${status}`);
      return;
    }
    state.place();
    this.newAnswered();
    const notional = multiply(fill.price, fill.qty);
    const atMs = this.host.now();
    fills.add(fill, notional, atMs);
    if (Number.isNaN(fills.firstAt)) {
      fills.firstAt = atMs;
      if (!isAfterEnd) series.ofType.stage("first_fill", this.acknowledgedAt(), atMs);
    }
    series.execution(fill.liquidity);
    series.volume.add(Math.abs(decimalNumber(notional)));
    if (fill.fee !== undefined) this.host.fee(fill.fee.currency, decimalNumber(fill.fee.amount));
    this.trace?.filled(fill);
    const excess = fills.against(this.terms.qty);
    if (excess > 0) this.anomaly("overfill", execId);
    else if (isAfterEnd) this.anomaly("late_fill", execId);
    this.host.filled(this, fill, FORWARD);
    this.host.changed(this, "order.filled", fill);
    if (isAfterEnd) return;
    if (excess >= 0) this.close("filled");
    else state.move("partially_filled");
  }

  private begin(): boolean {
    if (this.status !== "initialized") {
      this.anomaly("invalid_transition", `submit after ${this.status}`);
      return false;
    }
    this.state.place();
    this.state.move("pending_new");
    this.awaitsNew = true;
    this.host.changed(this, "order.placed");
    return true;
  }

  private wasSent(): void {
    this.sentAt = this.host.now();
    this.series.ofType.stage("submit", this.createdAt, this.sentAt);
  }

  private newAnswered(error?: RejectReason): void {
    if (!this.awaitsNew) return;
    this.awaitsNew = false;
    this.host.request("new", error);
  }

  private requestFailed(error: unknown): void {
    const reason = errorReason(error);
    this.newAnswered(reason);
    this.trace?.submitFailed(error, reason);
    this.host.changed(this, "order.request_failed", { reason, error });
    // A report may have been faster than the answer to the request.
    if (this.status === "pending_new" && isDefinite(reason)) this.close("rejected", reason, messageOf(error));
  }

  private close(status: EndStatus, error?: RejectReason, text?: string): void {
    const { series, host, fills } = this;
    this.state.end(status, error);
    // A fill that completes it has just looked at the clock.
    const closedAt = status === "filled" ? fills.lastAt : host.now();
    this.newAnswered(status === "rejected" ? error : undefined);
    if (this.cancelAt !== undefined && status === "canceled") {
      host.request("cancel");
      series.ofType.stage("cancel", this.cancelAt, closedAt);
      this.cancelAt = undefined;
    }
    series.ofType.stage("fill", this.acknowledgedAt(), fills.lastAt);
    if (status !== "denied") series.ofType.stage("total", this.createdAt, closedAt);
    recordResult(series, this.terms, fills);
    this.trace?.closed(status, error, text);
    host.changed(this, "order.closed", text === undefined ? undefined : { reason: text });
    host.closed(this);
  }

  /** From the acknowledgement, or from the sending of an order that was filled without one. */
  private acknowledgedAt(): number {
    return Number.isNaN(this.acceptedAt) ? this.sentAt : this.acceptedAt;
  }

  /** What it is when nothing is pending. */
  private restingStatus(): OpenStatus {
    if (!this.fills.isEmpty) return "partially_filled";
    return Number.isNaN(this.acceptedAt) ? "pending_new" : "new";
  }

  private may(transition: OrderTransition): boolean {
    if (mayFollow(this.status, transition)) return true;
    this.anomaly("invalid_transition", `${transition} after ${this.status}`);
    return false;
  }

  private anomaly(anomaly: Anomaly, detail?: string): void {
    this.host.anomaly(anomaly, this, detail);
    this.trace?.event(`anomaly ${anomaly}`);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" && value !== null && typeof (value as { readonly then?: unknown }).then === "function"
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
