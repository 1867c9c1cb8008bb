import type { MeterProvider, TracerProvider } from "@opentelemetry/api";
import { type ResourceMonitor, type ResourceMonitorOptions, resourceMonitor } from "./monitor/resource-monitor.ts";
import { type ProcessMetrics, type ProcessMetricsOptions, startProcessMetrics } from "./process/process-metrics.ts";

interface Switched {
  readonly enabled?: boolean;
}

/** Something that starts and ends, in the form that OpenTelemetry's registries know. */
class Measuring<O extends object> {
  readonly instrumentationName: string = "@telltale/runtime";
  readonly instrumentationVersion: string = "0.1.0";
  readonly #start: (options: O) => Disposable;
  #config: O & Switched;
  #running: Disposable | undefined;

  constructor(start: (options: O) => Disposable, config: O & Switched) {
    this.#start = start;
    this.#config = { enabled: true, ...config };
    if (this.#config.enabled) this.enable();
  }

  enable(): void {
    const { enabled: _, ...options } = this.#config;
    this.#running ??= this.#start(options as O);
  }

  disable(): void {
    this.#running?.[Symbol.dispose]();
    this.#running = undefined;
  }

  setConfig(config: O & Switched): void {
    this.#config = { enabled: true, ...config };
  }

  getConfig(): O & Switched {
    return this.#config;
  }

  /** There are no spans here. */
  setTracerProvider(_tracerProvider: TracerProvider): void {}

  /** The metrics reach every reader that has the producer of @telltale/metrics; see there. */
  setMeterProvider(_meterProvider: MeterProvider): void {}
}

/** `instrumentations: { runtime: true }`: the process, Node.js and V8. */
export class RuntimeInstrumentation extends Measuring<ProcessMetricsOptions> {
  constructor(config: ProcessMetricsOptions & Switched = {}) {
    super((options): ProcessMetrics => startProcessMetrics(options), config);
  }
}

/** `instrumentations: { host: true }`: the machine, with the thresholds of `resourceMonitor`. */
export class HostInstrumentation extends Measuring<ResourceMonitorOptions> {
  constructor(config: ResourceMonitorOptions & Switched = {}) {
    super((options): ResourceMonitor => resourceMonitor(options).start(), config);
  }
}
