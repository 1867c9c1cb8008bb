import type { MeterProvider, TracerProvider } from "@opentelemetry/api";
import { consensusScope } from "../consensus-scope.ts";
import { createNetwork, type Network } from "./network.ts";
import type { NetworkOptions } from "./network-options.ts";

/** What OpenTelemetry gives to every instrumentation, besides our options. */
export interface P2pInstrumentationConfig extends NetworkOptions {
  /** @default true */
  readonly enabled?: boolean;
}

/**
 * A network of peers as an OpenTelemetry instrumentation, for `bootstrap({ instrumentations: { p2p: { … } } })` and NodeSDK. It
 * patches nothing: `network()` is where the application tells of its peers.
 */
export class P2pInstrumentation {
  readonly instrumentationName: string = `${consensusScope.name}/p2p`;
  readonly instrumentationVersion: string = consensusScope.version;
  private config: P2pInstrumentationConfig;
  private made: Network | undefined;

  /** @throws TypeError with code TELLTALE_BAD_P2P_OPTION */
  constructor(config: P2pInstrumentationConfig = {}) {
    this.config = config;
    if (config.enabled !== false) this.enable();
  }

  /** Where to tell of the peers; undefined while it is disabled. */
  get network(): Network | undefined {
    return this.made;
  }

  enable(): void {
    if (this.made !== undefined) return;
    this.made = createNetwork(this.config);
  }

  /** What is as it is, such as the peers, leaves the metrics; what was counted stays. */
  disable(): void {
    this.made?.[Symbol.dispose]();
    this.made = undefined;
  }

  /** Peers have no spans. */
  setTracerProvider(_tracerProvider: TracerProvider): void {}

  /** The instruments of @telltale/metrics belong to the process and not to a provider: a reader gets them by `instrumentProducer()`. */
  setMeterProvider(_meterProvider: MeterProvider): void {}

  setConfig(config: P2pInstrumentationConfig): void {
    this.disable();
    this.config = config;
    if (config.enabled !== false) this.enable();
  }

  getConfig(): P2pInstrumentationConfig {
    return this.config;
  }
}
