import type { MeterProvider, TracerProvider } from "@opentelemetry/api";
import type { ConsensusOptions } from "./chain-options.ts";
import { type Consensus, createConsensus } from "./consensus.ts";
import { consensusScope } from "./consensus-scope.ts";

/** What OpenTelemetry gives to every instrumentation, besides our options. */
export interface ConsensusInstrumentationConfig extends ConsensusOptions {
  /** @default true */
  readonly enabled?: boolean;
}

/**
 * A chain as an OpenTelemetry instrumentation, for `bootstrap({ instrumentations: { consensus: { … } } })` and NodeSDK. It
 * patches nothing: `chain()` is where the application tells of its chain.
 */
export class ConsensusInstrumentation {
  readonly instrumentationName: string = consensusScope.name;
  readonly instrumentationVersion: string = consensusScope.version;
  private config: ConsensusInstrumentationConfig;
  private tracerProvider: TracerProvider | undefined;
  private made: Consensus | undefined;

  /** @throws TypeError with code TELLTALE_BAD_CONSENSUS_OPTION */
  constructor(config: ConsensusInstrumentationConfig = {}) {
    this.config = config;
    if (config.enabled !== false) this.enable();
  }

  /** Where to tell of the chain; undefined while it is disabled. */
  get consensus(): Consensus | undefined {
    return this.made;
  }

  enable(): void {
    if (this.made !== undefined) return;
    const tracerProvider = this.config.tracerProvider ?? this.tracerProvider;
    this.made = createConsensus(tracerProvider === undefined ? this.config : { ...this.config, tracerProvider });
  }

  /** What is as it is, such as the height, leaves the metrics; what was counted stays. */
  disable(): void {
    this.made?.[Symbol.dispose]();
    this.made = undefined;
  }

  setTracerProvider(tracerProvider: TracerProvider): void {
    this.tracerProvider = tracerProvider;
    this.made?.traceWith(tracerProvider);
  }

  /** The instruments of @telltale/metrics belong to the process and not to a provider: a reader gets them by `instrumentProducer()`. */
  setMeterProvider(_meterProvider: MeterProvider): void {}

  setConfig(config: ConsensusInstrumentationConfig): void {
    this.disable();
    this.config = config;
    if (config.enabled !== false) this.enable();
  }

  getConfig(): ConsensusInstrumentationConfig {
    return this.config;
  }
}
