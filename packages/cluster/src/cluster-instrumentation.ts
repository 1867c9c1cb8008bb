import type { MeterProvider, TracerProvider } from "@opentelemetry/api";
import { type Cluster, createCluster } from "./cluster.ts";
import type { ClusterOptions } from "./cluster-options.ts";
import { clusterScope } from "./cluster-scope.ts";

/** What OpenTelemetry gives to every instrumentation, besides our options. */
export interface ClusterInstrumentationConfig extends ClusterOptions {
  /** @default true */
  readonly enabled?: boolean;
}

/**
 * A cluster as an OpenTelemetry instrumentation, for `bootstrap({ instrumentations: { cluster: { … } } })` and NodeSDK. It
 * patches nothing: `cluster()` is where the application tells of its cluster.
 */
export class ClusterInstrumentation {
  readonly instrumentationName: string = clusterScope.name;
  readonly instrumentationVersion: string = clusterScope.version;
  private config: ClusterInstrumentationConfig;
  private made: Cluster | undefined;

  /** @throws TypeError with code TELLTALE_BAD_CLUSTER_OPTION */
  constructor(config: ClusterInstrumentationConfig = {}) {
    this.config = config;
    if (config.enabled !== false) this.enable();
  }

  /** Where to tell of the cluster; undefined while it is disabled. */
  get cluster(): Cluster | undefined {
    return this.made;
  }

  enable(): void {
    this.made ??= createCluster(this.config);
  }

  /** What is as it is, such as the nodes, leaves the metrics; what was counted stays. */
  disable(): void {
    this.made?.[Symbol.dispose]();
    this.made = undefined;
  }

  /** Nodes and queues have no spans. */
  setTracerProvider(_tracerProvider: TracerProvider): void {}

  /** The instruments of @telltale/metrics belong to the process and not to a provider: a reader gets them by `instrumentProducer()`. */
  setMeterProvider(_meterProvider: MeterProvider): void {}

  setConfig(config: ClusterInstrumentationConfig): void {
    this.disable();
    this.config = config;
    if (config.enabled !== false) this.enable();
  }

  getConfig(): ClusterInstrumentationConfig {
    return this.config;
  }
}
