/**
 * One order, from its creation to its end, as a state machine (order-status.ts). Each transition moves the counts of what is
 * placed, active and closed, so that at any time placed = closed + active.
 */
import type { SpanContext } from "@opentelemetry/api";
import {
  add,
  compare,
  type Decimal,
  type DecimalInput,
  decimal,
  decimalNumber,
  multiply,
  negate,
  ZERO,
} from "./decimal.ts";
import { type Fill, type FillInput, readFill } from "./fill.ts";
import type { Anomaly, Benchmark, Operation, OrderSeries, OrderStage, OrderType, Side } from "./order-series.ts";
import {
  type EndStatus,
  isOpen,
  mayFollow,
  type OpenStatus,
  type OrderStatus,
  type OrderTransition,
} from "./order-status.ts";
import type { OrderTrace } from "./order-trace.ts";
import { errorReason, isDefinite, type RejectReason, rejectReason } from "./reject-reason.ts";
import { slippageBasisPoints } from "./slippage.ts";

/** The terms of an order, as they were understood. */
export interface OrderTerms {
  readonly clientId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly type: OrderType;
  /** `undefined` when it was not given, or was no number above zero: what is filled cannot be compared with it then. */
  readonly qty: Decimal | undefined;
  readonly limit: Decimal | undefined;
  readonly decisionPrice: Decimal | undefined;
  readonly arrivalPrice: Decimal | undefined;
  readonly timeInForce: string | undefined;
  /** When the decision was made, on the same clock as `now`. */
  readonly decidedAtMs: number | undefined;
  /** Of prices and volume. */
  readonly currency: string;
}

/** What an order tells of itself, and where it is kept. */
export interface OrderHost {
  readonly venue: string;
  readonly now: () => number;
  anomaly(anomaly: Anomaly, order: Order, detail?: string): void;
  request(operation: Operation, error?: RejectReason): void;
  fee(currency: string, amount: number): void;
  clockError(): void;
  changed(order: Order, event: OrderEventName, detail?: object): void;
  filled(order: Order, fill: Fill, options: { readonly reversed: boolean }): void;
  closed(order: Order): void;
  renamed(order: Order, before: { readonly clientId: string; readonly venueId: string | undefined }): void;
}

/** The names of the structured log events of an order. */
export type OrderEventName =
  | "order.placed"
  | "order.accepted"
  | "order.triggered"
  | "order.filled"
  | "order.bust"
  | "order.cancel_requested"
  | "order.cancel_rejected"
  | "order.replace_requested"
  | "order.replace_rejected"
  | "order.replaced"
  | "order.request_failed"
  | "order.closed"
  | "order.anomaly";

const NO_IDS: readonly string[] = [];
const FORWARD = { reversed: false };
const REVERSED = { reversed: true };

// A class for its hot path: benchmarks/trading.ts.
export class Order {
  readonly symbol: string;
  readonly side: Side;
  readonly type: OrderType;
  private terms: OrderTerms;
  private state: OrderStatus = "initialized";
  private venueName: string | undefined;
  private filledQty: Decimal = ZERO;
  private filledNotional: Decimal = ZERO;
  /** Those before a replacement. */
  formerClientIds: readonly string[] = NO_IDS;
  private firstExecution: Fill | undefined;
  private executions: Map<string, Fill> | undefined;
  private readonly host: OrderHost;
  private readonly series: OrderSeries;
  private readonly trace: OrderTrace | undefined;
  // Milliseconds of the host's clock; NaN is not yet.
  private readonly createdAt: number;
  private sentAt = Number.NaN;
  private acceptedAt = Number.NaN;
  private firstFillAt = Number.NaN;
  private lastFillAt = Number.NaN;
  private cancelAt = Number.NaN;
  private replaceAt = Number.NaN;
  private awaitsNew = false;

  /** Made by `orders.create()`. */
  constructor(host: OrderHost, series: OrderSeries, terms: OrderTerms, trace?: OrderTrace) {
    this.host = host;
    this.series = series;
    this.terms = terms;
    this.symbol = terms.symbol;
    this.side = terms.side;
    this.type = terms.type;
    this.trace = trace;
    this.createdAt = host.now();
    const { decidedAtMs } = terms;
    if (decidedAtMs !== undefined) this.stage("decide", decidedAtMs, this.createdAt);
  }

  get status(): OrderStatus {
    return this.state;
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
    return !Number.isNaN(this.cancelAt);
  }

  /** Whether new terms were asked for and not answered yet. */
  get awaitsReplace(): boolean {
    return !Number.isNaN(this.replaceAt);
  }

  /** Of the root of its trace: for links, and for logs. */
  get spanContext(): SpanContext | undefined {
    return this.trace?.spanContext;
  }

  get cumQty(): Decimal {
    return this.filledQty;
  }

  /** What was paid for `cumQty`. */
  get notional(): Decimal {
    return this.filledNotional;
  }

  /** Whether it waits for its end. */
  get isActive(): boolean {
    return isOpen(this.state);
  }

  get isClosed(): boolean {
    return this.state !== "initialized" && !isOpen(this.state);
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
    if (!this.begin("pending_new")) return request();
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
    if (!this.begin("pending_new")) return;
    this.trace?.sent();
    this.wasSent();
    this.trace?.submitted();
  }

  /** The venue has it: FIX ExecType New. */
  accepted({ venueId }: { readonly venueId?: string | undefined } = {}): void {
    // Asked to cancel or filled before it came, an acknowledgement is late and no surprise.
    const isLate = Number.isNaN(this.acceptedAt) && isOpen(this.state) && this.state !== "pending_new";
    if (!isLate && !this.may("new")) return;
    this.identified(venueId);
    this.place();
    this.acceptedAt = this.host.now();
    this.stage("ack", this.sentAt, this.acceptedAt);
    this.newAnswered();
    if (!isLate) this.move("new");
    this.trace?.accepted(venueId);
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
    const fill = this.executionOf(execId);
    if (fill === undefined) {
      this.anomaly("invalid_transition", `bust of unknown execution ${execId}`);
      return;
    }
    this.executions?.delete(execId);
    if (this.firstExecution === fill) this.firstExecution = undefined;
    this.filledQty = add(this.filledQty, negate(fill.qty));
    this.filledNotional = add(this.filledNotional, negate(multiply(fill.price, fill.qty)));
    if (this.state === "partially_filled") this.move(this.restingStatus());
    this.trace?.event("bust", { "trading.exec.id": execId });
    this.host.filled(this, fill, REVERSED);
    this.host.changed(this, "order.bust", { execId });
  }

  cancelRequested(): void {
    if (!this.may("pending_cancel")) return;
    this.cancelAt = this.host.now();
    this.move("pending_cancel");
    this.trace?.cancelRequested();
    this.host.changed(this, "order.cancel_requested");
  }

  /** The venue does not cancel: the order is what it was before. Normal when a fill was faster. */
  cancelRejected(reason?: string): void {
    if (Number.isNaN(this.cancelAt)) {
      this.anomaly("invalid_transition", "cancel rejected that was not requested");
      return;
    }
    const type = rejectReason(reason);
    this.cancelAt = Number.NaN;
    this.host.request("cancel", type);
    if (this.state === "pending_cancel") this.move(this.restingStatus());
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
    this.move("pending_replace");
    this.trace?.replaceRequested();
    this.host.changed(this, "order.replace_requested");
  }

  replaceRejected(reason?: string): void {
    if (Number.isNaN(this.replaceAt)) {
      this.anomaly("invalid_transition", "replace rejected that was not requested");
      return;
    }
    const type = rejectReason(reason);
    this.replaceAt = Number.NaN;
    this.host.request("replace", type);
    if (this.state === "pending_replace") this.move(this.restingStatus());
    this.trace?.replaceEnded(type);
    this.host.changed(this, "order.replace_rejected", { reason });
  }

  /** The venue has new terms for it; what is left out is as before. A quantity that is filled already ends the order. */
  replaced(terms: ReplacedTerms = {}): void {
    // A fill may have come between request and answer.
    const awaited = !Number.isNaN(this.replaceAt) && isOpen(this.state);
    if (!awaited && !this.may("replaced")) return;
    const before = { clientId: this.clientId, venueId: this.venueName };
    this.terms = {
      ...this.terms,
      clientId: terms.clientId ?? this.terms.clientId,
      qty: decimal(terms.qty) ?? this.terms.qty,
      limit: decimal(terms.limit) ?? this.terms.limit,
    };
    this.venueName = terms.venueId ?? this.venueName;
    if (before.clientId !== this.clientId) this.formerClientIds = [...this.formerClientIds, before.clientId];
    if (awaited) {
      this.host.request("replace");
      this.stage("replace", this.replaceAt, this.host.now());
      this.replaceAt = Number.NaN;
    }
    this.host.renamed(this, before);
    this.trace?.replaceEnded(undefined, this.clientId);
    this.host.changed(this, "order.replaced");
    if (this.isComplete()) this.close("filled");
    else this.move(this.state === "pending_cancel" ? "pending_cancel" : this.restingStatus());
  }

  /** The venue's own id has become known. */
  identified(venueId: string | undefined): void {
    if (venueId === undefined || venueId === this.venueName) return;
    const before = { clientId: this.clientId, venueId: this.venueName };
    this.venueName = venueId;
    this.host.renamed(this, before);
  }

  /** It has been kept for too long without an end. */
  abandon(): void {
    if (!isOpen(this.state)) return;
    this.host.anomaly("abandoned", this);
    this.close("abandoned");
  }

  /** Continues an order of before a restart, without counting what was counted then. */
  resumed(status: "new" | "partially_filled", { cumQty, venueId }: ResumedState): void {
    this.filledQty = decimal(cumQty) ?? ZERO;
    this.venueName = venueId;
    this.acceptedAt = this.createdAt;
    this.place();
    this.move(status);
    this.trace?.resumed();
  }

  private execute(fill: Fill): void {
    const { execId } = fill;
    if (execId !== undefined && this.executionOf(execId) !== undefined) {
      this.anomaly("duplicate_execution", execId);
      return;
    }
    const { state } = this;
    const isAfterEnd = state === "canceled" || state === "filled" || state === "abandoned";
    if (!isAfterEnd && state !== "initialized" && !isOpen(state)) {
      this.anomaly("invalid_transition", `fill after ${state}`);
      return;
    }
    this.remember(fill);
    this.place();
    this.newAnswered();
    this.lastFillAt = this.host.now();
    if (Number.isNaN(this.firstFillAt)) {
      this.firstFillAt = this.lastFillAt;
      if (!isAfterEnd) this.stage("first_fill", this.acknowledgedAt(), this.firstFillAt);
    }
    const notional = multiply(fill.price, fill.qty);
    this.filledQty = add(this.filledQty, fill.qty);
    this.filledNotional = add(this.filledNotional, notional);
    this.series.execution(fill.liquidity);
    this.series.volume.add(Math.abs(decimalNumber(notional)));
    if (fill.fee !== undefined) this.host.fee(fill.fee.currency, decimalNumber(fill.fee.amount));
    this.trace?.filled(fill);
    if (this.isOverfilled()) this.anomaly("overfill", execId);
    else if (isAfterEnd) this.anomaly("late_fill", execId);
    this.host.filled(this, fill, FORWARD);
    this.host.changed(this, "order.filled", fill);
    if (isAfterEnd) return;
    if (this.isComplete()) this.close("filled");
    else this.move("partially_filled");
  }

  private begin(status: "pending_new"): boolean {
    if (this.state !== "initialized") {
      this.anomaly("invalid_transition", `submit after ${this.state}`);
      return false;
    }
    this.place();
    this.move(status);
    this.awaitsNew = true;
    this.host.changed(this, "order.placed");
    return true;
  }

  private wasSent(): void {
    this.sentAt = this.host.now();
    this.stage("submit", this.createdAt, this.sentAt);
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
    if (this.state === "pending_new" && isDefinite(reason)) this.close("rejected", reason, messageOf(error));
  }

  /** Counts it as placed, when it is heard of for the first time. */
  private place(): void {
    if (this.state === "initialized") this.series.placed.add(1);
  }

  private move(to: OpenStatus): void {
    if (this.state === to) return;
    if (isOpen(this.state)) this.series.active[this.state].add(-1);
    this.series.active[to].add(1);
    this.state = to;
  }

  private close(status: EndStatus, error?: RejectReason, text?: string): void {
    const { series, host } = this;
    this.place();
    if (isOpen(this.state)) series.active[this.state].add(-1);
    // A fill that completes it has just looked at the clock.
    const closedAt = status === "filled" ? this.lastFillAt : host.now();
    this.state = status;
    series.closed(status, error);
    this.newAnswered(status === "rejected" ? error : undefined);
    if (!Number.isNaN(this.cancelAt) && status === "canceled") {
      host.request("cancel");
      this.stage("cancel", this.cancelAt, closedAt);
      this.cancelAt = Number.NaN;
    }
    if (!Number.isNaN(this.lastFillAt)) {
      this.stage("fill", this.acknowledgedAt(), this.lastFillAt);
      this.recordSlippage();
    }
    if (status !== "denied") this.stage("total", this.createdAt, closedAt);
    this.recordFillRatio();
    this.trace?.closed(status, error, text);
    host.changed(this, "order.closed", text === undefined ? undefined : { reason: text });
    host.closed(this);
  }

  private recordFillRatio(): void {
    const { qty } = this.terms;
    if (qty === undefined) return;
    const { filledQty } = this;
    const ratio = compare(filledQty, qty) >= 0 ? 1 : decimalNumber(filledQty) / decimalNumber(qty);
    this.series.ofType.fillRatio.record(ratio);
  }

  private recordSlippage(): void {
    this.recordSlippageFrom("decision", this.terms.decisionPrice);
    this.recordSlippageFrom("arrival", this.terms.arrivalPrice);
    this.recordSlippageFrom("limit", this.terms.limit);
  }

  private recordSlippageFrom(benchmark: Benchmark, price: Decimal | undefined): void {
    if (price === undefined) return;
    const filled = { qty: this.filledQty, notional: this.filledNotional };
    const basisPoints = slippageBasisPoints(filled, price, this.side);
    if (basisPoints !== undefined) this.series.slippage(benchmark, basisPoints);
  }

  /** From the acknowledgement, or from the sending of an order that was filled without one. */
  private acknowledgedAt(): number {
    return Number.isNaN(this.acceptedAt) ? this.sentAt : this.acceptedAt;
  }

  private stage(stage: OrderStage, fromMs: number, toMs: number): void {
    const durationMs = toMs - fromMs;
    if (durationMs >= 0) this.series.ofType.stage(stage, durationMs / 1_000);
    else if (durationMs < 0) this.host.clockError();
  }

  /** What it is when nothing is pending. */
  private restingStatus(): OpenStatus {
    if (this.filledQty.units !== 0) return "partially_filled";
    return Number.isNaN(this.acceptedAt) ? "pending_new" : "new";
  }

  private isComplete(): boolean {
    const { qty } = this.terms;
    return qty !== undefined && compare(this.filledQty, qty) >= 0;
  }

  private isOverfilled(): boolean {
    const { qty } = this.terms;
    return qty !== undefined && compare(this.filledQty, qty) > 0;
  }

  private executionOf(execId: string): Fill | undefined {
    return this.firstExecution?.execId === execId ? this.firstExecution : this.executions?.get(execId);
  }

  private remember(fill: Fill): void {
    if (this.firstExecution === undefined) this.firstExecution = fill;
    else if (fill.execId !== undefined) {
      this.executions ??= new Map();
      this.executions.set(fill.execId, fill);
    }
  }

  private may(transition: OrderTransition): boolean {
    if (mayFollow(this.state, transition)) return true;
    this.anomaly("invalid_transition", `${transition} after ${this.state}`);
    return false;
  }

  private anomaly(anomaly: Anomaly, detail?: string): void {
    this.host.anomaly(anomaly, this, detail);
    this.trace?.event(`anomaly ${anomaly}`);
  }
}

/** What a venue says of an order that it replaced. */
export interface ReplacedTerms {
  readonly qty?: DecimalInput | undefined;
  readonly limit?: DecimalInput | undefined;
  /** FIX gives a replaced order a new id. */
  readonly clientId?: string | undefined;
  readonly venueId?: string | undefined;
}

export interface ResumedState {
  readonly cumQty?: DecimalInput | undefined;
  readonly venueId?: string | undefined;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" && value !== null && typeof (value as { readonly then?: unknown }).then === "function"
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
