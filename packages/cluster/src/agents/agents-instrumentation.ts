import type { MeterProvider, TracerProvider } from "@opentelemetry/api";
import { clusterScope } from "../cluster-scope.ts";
import { type Agents, createAgents } from "./agents.ts";
import type { AgentsOptions } from "./agents-options.ts";

/** What OpenTelemetry gives to every instrumentation, besides our options. */
export interface AgentsInstrumentationConfig extends AgentsOptions {
  /** @default true */
  readonly enabled?: boolean;
}

/**
 * Agents as an OpenTelemetry instrumentation, for `bootstrap({ instrumentations: { agents: true } })` and NodeSDK. It
 * patches nothing: `agents()` is where the application tells of its agents.
 */
export class AgentsInstrumentation {
  readonly instrumentationName: string = `${clusterScope.name}/agents`;
  readonly instrumentationVersion: string = clusterScope.version;
  private config: AgentsInstrumentationConfig;
  private made: Agents | undefined;

  /** @throws TypeError with code TELLTALE_BAD_AGENTS_OPTION */
  constructor(config: AgentsInstrumentationConfig = {}) {
    this.config = config;
    if (config.enabled !== false) this.enable();
  }

  /** Where to tell of the agents; undefined while it is disabled. */
  get agents(): Agents | undefined {
    return this.made;
  }

  enable(): void {
    this.made ??= createAgents(this.config);
  }

  /** What is as it is, such as how many there are, leaves the metrics; what was counted stays. */
  disable(): void {
    this.made?.[Symbol.dispose]();
    this.made = undefined;
  }

  /** Agents have no spans of their own. */
  setTracerProvider(_tracerProvider: TracerProvider): void {}

  /** The instruments of @telltale/metrics belong to the process and not to a provider: a reader gets them by `instrumentProducer()`. */
  setMeterProvider(_meterProvider: MeterProvider): void {}

  setConfig(config: AgentsInstrumentationConfig): void {
    this.disable();
    this.config = config;
    if (config.enabled !== false) this.enable();
  }

  getConfig(): AgentsInstrumentationConfig {
    return this.config;
  }
}
