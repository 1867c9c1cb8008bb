export declare class FastifyInstrumentation implements Instrumentation {
    #private;
    readonly instrumentationName: string;
    readonly instrumentationVersion: string;
    constructor(config?: InstrumentationConfig);
    enable(): void;
    disable(): void;
    setTracerProvider(tracerProvider: TracerProvider): void;
    setMeterProvider(_meterProvider: MeterProvider): void;
    setConfig(config: InstrumentationConfig): void;
    getConfig(): InstrumentationConfig;
}
