import type { MeterProvider, TracerProvider } from "@opentelemetry/api";
import { configureMl, type MlOptions, traceMlWith } from "./ml-options.ts";
import { mlScope } from "./ml-scope.ts";

/** What OpenTelemetry gives to every instrumentation, besides our options. */
export interface MlInstrumentationConfig extends MlOptions {
  /** @default true */
  readonly enabled?: boolean;
}

/**
 * Training and prediction as an OpenTelemetry instrumentation, for `bootstrap({ instrumentations: { ml: { … } } })` and NodeSDK.
 * It patches nothing: `training()` and `predict()` are where the application tells, and have these options from now on.
 */
export class MlInstrumentation {
  readonly instrumentationName: string = mlScope.name;
  readonly instrumentationVersion: string = mlScope.version;
  private config: MlInstrumentationConfig;

  /** @throws TypeError with code TELLTALE_BAD_ML_OPTION */
  constructor(config: MlInstrumentationConfig = {}) {
    this.config = config;
    if (config.enabled !== false) this.enable();
  }

  enable(): void {
    const { enabled: _, ...options } = this.config;
    configureMl(options);
  }

  /** Runs that start from now on have the default options. */
  disable(): void {
    configureMl({});
  }

  setTracerProvider(tracerProvider: TracerProvider): void {
    traceMlWith(tracerProvider);
  }

  /** The instruments of @telltale/metrics belong to the process and not to a provider: a reader gets them by `instrumentProducer()`. */
  setMeterProvider(_meterProvider: MeterProvider): void {}

  setConfig(config: MlInstrumentationConfig): void {
    this.config = config;
    if (config.enabled === false) this.disable();
    else this.enable();
  }

  getConfig(): MlInstrumentationConfig {
    return this.config;
  }
}
