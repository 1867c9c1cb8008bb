/** Trading as an OpenTelemetry instrumentation, for `bootstrap()` and for the list of a NodeSDK. */
import type { TracerProvider } from "@opentelemetry/api";
import { InstrumentationBase, type InstrumentationConfig } from "@opentelemetry/instrumentation";
import { configureTrading, traceTradingWith } from "./own-trading.ts";
import { checkTradingOptions, type TradingOptions } from "./trading.ts";
import { tradingScope } from "./trading-scope.ts";

export interface TradingInstrumentationConfig extends InstrumentationConfig, TradingOptions {}

/**
 * Gives `trading()` its options and its tracer provider. It patches nothing: orders are told by the application.
 * @throws TypeError with code TELLTALE_BAD_TRADING_OPTION
 */
export class TradingInstrumentation extends InstrumentationBase<TradingInstrumentationConfig> {
  constructor(config: TradingInstrumentationConfig = {}) {
    super(tradingScope.name, tradingScope.version, config);
    const { enabled: _, ...options } = config;
    checkTradingOptions(options);
    configureTrading(options);
  }

  protected override init(): undefined {
    return undefined;
  }

  override setTracerProvider(tracerProvider: TracerProvider): void {
    super.setTracerProvider(tracerProvider);
    traceTradingWith(tracerProvider);
  }
}
