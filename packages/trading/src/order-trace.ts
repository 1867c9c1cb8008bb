/**
 * The spans of one order: a trace of its own with `order {symbol}` at its root, and below it `order submit`, `order ack`,
 * `order work`, `order cancel` and `order replace`. An order that rests for long is cut into segments, because a span is
 * exported only when it ends: each further one is a trace of its own, linked to the first.
 */
import {
  type Attributes,
  type Context,
  context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { recordError } from "@telltale/tracing";
import { add, type Decimal, decimalText, ZERO } from "./decimal.ts";
import type { Fill } from "./fill.ts";
import type { EndStatus } from "./order-status.ts";
import type { NewOrder, OrderTerms } from "./order-terms.ts";
import type { RejectReason } from "./reject-reason.ts";

/** The SDK keeps 128 events of a span: fills beyond these are summed. */
const MAX_FILL_EVENTS = 100;

export interface OrderTraceSetup {
  readonly venue: string;
  readonly strategy: string;
  /** Told of a trace that has spans open, and of its end, so that it can be cut while it rests. */
  readonly opened: (trace: OrderTrace) => void;
  readonly ended: (trace: OrderTrace) => void;
}

/** The trace of an order; without a recording root span it makes no others. */
export function startOrderTrace(
  tracer: Tracer,
  setup: OrderTraceSetup,
  terms: OrderTerms,
  input: NewOrder,
): OrderTrace {
  const parent = input.parent === undefined ? ROOT_CONTEXT : contextOf(input.parent);
  const attributes = rootAttributes(setup, terms);
  const options = input.links === undefined ? { attributes } : { attributes, links: [...input.links] };
  const root = tracer.startSpan(`order ${terms.symbol}`, options, parent);
  return new OrderTrace(tracer, setup, root, terms);
}

export class OrderTrace {
  private readonly tracer: Tracer;
  private readonly setup: OrderTraceSetup;
  private readonly terms: OrderTerms;
  private readonly isRecording: boolean;
  private readonly first: SpanContext;
  private root: Span | undefined;
  private below: Context;
  private request: Span | undefined;
  private acknowledgement: Span | undefined;
  private work: Span | undefined;
  private cancel: Span | undefined;
  private replace: Span | undefined;
  private fillEvents = 0;
  private moreFills = 0;
  private moreQty: Decimal = ZERO;

  constructor(tracer: Tracer, setup: OrderTraceSetup, root: Span, terms: OrderTerms) {
    this.tracer = tracer;
    this.setup = setup;
    this.terms = terms;
    this.root = root;
    this.first = root.spanContext();
    this.isRecording = root.isRecording();
    this.below = trace.setSpan(ROOT_CONTEXT, root);
    if (this.isRecording) setup.opened(this);
  }

  /** The span that what the order leads to can be linked to. */
  get spanContext(): SpanContext {
    return this.first;
  }

  /** Runs the request with its span active: what the client of the venue does becomes its child. */
  submit<T>(request: () => T): T {
    if (!this.isRecording) return context.with(trace.setSpan(context.active(), this.root ?? NONE), request);
    const span = this.child("order submit", SpanKind.CLIENT);
    this.request = span;
    return context.with(trace.setSpan(context.active(), span), request);
  }

  /** The order went out without code of its own to run. */
  sent(): void {
    if (this.isRecording) this.request = this.child("order submit", SpanKind.CLIENT);
  }

  submitted(): void {
    this.request?.end();
    this.request = undefined;
    if (this.isRecording && this.root !== undefined && this.work === undefined) {
      this.acknowledgement ??= this.child("order ack");
    }
  }

  submitFailed(error: unknown, reason: RejectReason): void {
    const span = this.request;
    if (span === undefined) return;
    recordError(error, { span });
    span.setAttribute("error.type", reason);
    span.end();
    this.request = undefined;
  }

  accepted(venueId: string | undefined): void {
    if (!this.isRecording) return;
    this.reopen();
    if (venueId !== undefined) this.root?.setAttribute("trading.order.id", venueId);
    this.acknowledgement?.end();
    this.acknowledgement = undefined;
    this.work ??= this.child("order work");
  }

  resumed(): void {
    if (this.isRecording) this.work ??= this.child("order work");
  }

  filled({ price, qty, execId, liquidity }: Fill): void {
    if (!this.isRecording) return;
    this.accepted(undefined);
    if (this.fillEvents >= MAX_FILL_EVENTS) {
      this.moreFills++;
      this.moreQty = add(this.moreQty, qty);
      return;
    }
    this.fillEvents++;
    this.work?.addEvent("fill", {
      "trading.price": decimalText(price),
      "trading.qty": decimalText(qty),
      "trading.liquidity": liquidity,
      ...(execId !== undefined && { "trading.exec.id": execId }),
    });
  }

  event(name: string, attributes?: Attributes): void {
    if (!this.isRecording) return;
    this.reopen();
    (this.work ?? this.root)?.addEvent(name, attributes);
  }

  cancelRequested(): void {
    if (!this.isRecording) return;
    this.reopen();
    this.cancel = this.child("order cancel", SpanKind.CLIENT);
  }

  cancelEnded(error?: RejectReason): void {
    this.cancel = endRequest(this.cancel, error);
  }

  replaceRequested(): void {
    if (!this.isRecording) return;
    this.reopen();
    this.replace = this.child("order replace", SpanKind.CLIENT);
  }

  replaceEnded(error?: RejectReason, clientId?: string): void {
    if (clientId !== undefined) this.root?.setAttribute(CLIENT_ID, clientId);
    this.replace = endRequest(this.replace, error);
  }

  closed(status: EndStatus, error?: RejectReason, text?: string): void {
    if (!this.isRecording) {
      this.root?.end();
      this.root = undefined;
      return;
    }
    this.reopen();
    this.root?.setAttribute("trading.order.status", status);
    // A cancel by the user and an expiry are no errors.
    if (status === "rejected" || status === "denied") {
      this.root?.setAttribute("error.type", error ?? "other");
      this.root?.setStatus(
        text === undefined ? { code: SpanStatusCode.ERROR } : { code: SpanStatusCode.ERROR, message: text },
      );
    }
    this.endAll();
    this.setup.ended(this);
  }

  /** Ends what is open, so that it is exported; the next event begins a trace that is linked to the first. */
  rest(): void {
    if (this.root === undefined) return;
    (this.work ?? this.root).addEvent("resting");
    this.endAll();
  }

  private endAll(): void {
    if (this.moreFills > 0) {
      this.work?.setAttributes({
        "trading.fills.more": this.moreFills,
        "trading.fills.more.qty": decimalText(this.moreQty),
      });
    }
    for (const span of [this.request, this.acknowledgement, this.cancel, this.replace, this.work, this.root])
      span?.end();
    this.request = this.acknowledgement = this.cancel = this.replace = this.work = this.root = undefined;
    this.moreFills = this.fillEvents = 0;
    this.moreQty = ZERO;
  }

  private reopen(): void {
    if (this.root !== undefined) return;
    const links: Link[] = [{ context: this.first, attributes: { "link.type": "continuation" } }];
    const attributes = rootAttributes(this.setup, this.terms);
    this.root = this.tracer.startSpan(`order ${this.terms.symbol}`, { attributes, links, root: true }, ROOT_CONTEXT);
    this.below = trace.setSpan(ROOT_CONTEXT, this.root);
    this.work = this.child("order work");
    this.setup.opened(this);
  }

  private child(name: string, kind: SpanKind = SpanKind.INTERNAL): Span {
    return this.tracer.startSpan(name, { kind, attributes: { [CLIENT_ID]: this.terms.clientId } }, this.below);
  }
}

const CLIENT_ID = "trading.order.client_id";

/** Stands where a closed order is submitted again. */
const NONE: Span = trace.wrapSpanContext({ traceId: "0".repeat(32), spanId: "0".repeat(16), traceFlags: 0 });

function endRequest(span: Span | undefined, error: RejectReason | undefined): undefined {
  if (span === undefined) return undefined;
  if (error !== undefined) {
    span.setAttribute("error.type", error);
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
  return undefined;
}

function contextOf(parent: Span | Context): Context {
  return "spanContext" in parent ? trace.setSpan(ROOT_CONTEXT, parent) : parent;
}

function rootAttributes({ venue, strategy }: OrderTraceSetup, terms: OrderTerms): Attributes {
  const attributes: Attributes = {
    "trading.venue": venue,
    "trading.symbol": terms.symbol,
    "trading.side": terms.side,
    "trading.order.type": terms.type,
    "trading.strategy": strategy,
    [CLIENT_ID]: terms.clientId,
  };
  if (terms.qty !== undefined) attributes["trading.order.qty"] = decimalText(terms.qty);
  if (terms.limit !== undefined) attributes["trading.order.limit"] = decimalText(terms.limit);
  if (terms.timeInForce !== undefined) attributes["trading.order.time_in_force"] = terms.timeInForce;
  return attributes;
}
