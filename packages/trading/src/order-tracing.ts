/** Which orders have traces, and the cutting of those that rest. */
import { ProxyTracerProvider, type Tracer, type TracerProvider, trace } from "@opentelemetry/api";
import type { NewOrder, OrderTerms } from "./order-terms.ts";
import { type OrderTrace, startOrderTrace } from "./order-trace.ts";
import { tradingScope } from "./trading-scope.ts";

export interface OrderTracingOptions {
  readonly strategy: string;
  /** An order that rests for so long has its spans ended; the next event opens new ones. */
  readonly segmentAfterMs: number;
  readonly now: () => number;
}

export interface OrderTracing extends Disposable {
  traceOf(venue: string, terms: OrderTerms, input: NewOrder): OrderTrace | undefined;
  /** Ends the spans of orders that rest; a timer does it by itself. */
  cutResting(): void;
  setTracerProvider(provider: TracerProvider): void;
}

export function orderTracing({ strategy, segmentAfterMs, now }: OrderTracingOptions): OrderTracing {
  const { name, version } = tradingScope;
  let tracer: Tracer = trace.getTracer(name, version);
  let isTraced = false;
  // In the order of their opening, so that those to cut come first.
  const open = new Map<OrderTrace, number>();
  let timer: NodeJS.Timeout | undefined;
  const cutResting = (): void => {
    const before = now() - segmentAfterMs;
    for (const [one, openedAt] of open) {
      if (openedAt > before) break;
      open.delete(one);
      one.rest();
    }
    if (open.size === 0) stop();
  };
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
  };
  const opened = (one: OrderTrace): void => {
    open.set(one, now());
    timer ??= setInterval(cutResting, Math.max(segmentAfterMs / 2, 1)).unref();
  };
  const setup = (venue: string) => ({ venue, strategy, opened, ended: (one: OrderTrace) => void open.delete(one) });
  const setups = new Map<string, ReturnType<typeof setup>>();
  return {
    traceOf: (venue, terms, input) => {
      isTraced ||= isRegistered(name);
      if (!isTraced) return undefined;
      let ofVenue = setups.get(venue);
      if (ofVenue === undefined) {
        ofVenue = setup(venue);
        setups.set(venue, ofVenue);
      }
      return startOrderTrace(tracer, ofVenue, terms, input);
    },
    cutResting,
    setTracerProvider: (provider) => {
      tracer = provider.getTracer(name, version);
      isTraced = true;
    },
    [Symbol.dispose]: () => {
      stop();
      for (const one of open.keys()) one.rest();
      open.clear();
    },
  };
}

/** Without a tracer provider an order has no trace to pay for. */
function isRegistered(name: string): boolean {
  const provider = trace.getTracerProvider();
  return !(provider instanceof ProxyTracerProvider) || provider.getDelegateTracer(name) !== undefined;
}
