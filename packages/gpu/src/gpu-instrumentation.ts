import type { MeterProvider, TracerProvider } from "@opentelemetry/api";
import { type Gpu, type GpuHandle, gpu, startGpu } from "./gpu.ts";
import type { GpuOptions } from "./gpu-options.ts";

/** Options of the instrumentation: those of `startGpu`, and whether it starts by itself. */
export interface GpuInstrumentationConfig extends GpuOptions {
  /** @default true */
  readonly enabled?: boolean;
}

/**
 * The same as an instrumentation, for `bootstrap({ instrumentations: { gpu: true } })` and for plain OpenTelemetry, whose metric
 * reader has to be given `metricProducers: [instrumentProducer()]` of @telltale/metrics.
 */
export class GpuInstrumentation {
  readonly instrumentationName: string = "@telltale/gpu";
  readonly instrumentationVersion: string = "0.1.0";
  #config: GpuInstrumentationConfig;
  #handle: GpuHandle | undefined;

  /** @throws TypeError with code TELLTALE_BAD_GPU_OPTION when it starts by itself */
  constructor(config: GpuInstrumentationConfig = {}) {
    this.#config = { enabled: true, ...config };
    if (this.#config.enabled) this.enable();
  }

  get gpu(): Gpu {
    return this.#handle ?? gpu;
  }

  enable(): void {
    const { enabled, ...options } = this.#config;
    this.#handle ??= startGpu(options);
  }

  disable(): void {
    void this.#handle?.stop();
    this.#handle = undefined;
  }

  setConfig(config: GpuInstrumentationConfig): void {
    this.#config = { enabled: true, ...config };
  }

  getConfig(): GpuInstrumentationConfig {
    return this.#config;
  }

  /** There are no spans here. */
  setTracerProvider(_tracerProvider: TracerProvider): void {}

  /** The metrics reach every reader that has the producer of @telltale/metrics; see there. */
  setMeterProvider(_meterProvider: MeterProvider): void {}
}
