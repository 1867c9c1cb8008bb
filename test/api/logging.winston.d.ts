export interface WinstonInstrumentationConstructor {
    new (config?: WinstonInstrumentationConfig): Contrib;
}
export declare const WinstonInstrumentation: WinstonInstrumentationConstructor;
