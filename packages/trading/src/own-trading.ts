/** The one `Trading` of an application that has one strategy: configured by name in `bootstrap()`, used without being passed on. */
import type { TracerProvider } from "@opentelemetry/api";
import { diag } from "@opentelemetry/api";
import { createTrading, type Trading, type TradingOptions } from "./trading.ts";

let configured: TradingOptions | undefined;
let provider: TracerProvider | undefined;
let own: Trading | undefined;

/** The application's own, with the options of `bootstrap({ instrumentations: { trading: {…} } })` or those of the first call. */
export function trading(options: TradingOptions = {}): Trading {
  if (own === undefined) {
    own = createTrading({ ...configured, ...options });
    if (provider !== undefined) own.setTracerProvider(provider);
  }
  return own;
}

/** What the instrumentation was given; too late for one that is in use already. */
export function configureTrading(options: TradingOptions): void {
  if (own !== undefined && Object.keys(options).length > 0) {
    diag.warn(
      "telltale: instrumentations.trading comes after the first call of trading(), whose options stay as they are",
    );
  }
  configured = options;
}

export function traceTradingWith(tracerProvider: TracerProvider): void {
  provider = tracerProvider;
  own?.setTracerProvider(tracerProvider);
}
