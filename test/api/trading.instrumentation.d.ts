export interface TradingInstrumentationConfig extends InstrumentationConfig, TradingOptions {
}
export declare class TradingInstrumentation extends InstrumentationBase<TradingInstrumentationConfig> {
    constructor(config?: TradingInstrumentationConfig);
    protected init(): undefined;
    setTracerProvider(tracerProvider: TracerProvider): void;
}
