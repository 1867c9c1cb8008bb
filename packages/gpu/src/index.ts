export { catalogue } from "./catalogue.ts";
export { type Gpu, type GpuHandle, gpu, startGpu } from "./gpu.ts";
export { GpuInstrumentation, type GpuInstrumentationConfig } from "./gpu-instrumentation.ts";
export type { GpuKernel } from "./gpu-kernel.ts";
export type { GpuOptions } from "./gpu-options.ts";
export type { GpuFaultCode, GpuProviderName } from "./gpu-provider.ts";
export type {
  GpuClock,
  GpuDevice,
  GpuErrorKind,
  GpuReading,
  GpuState,
  GpuTemperature,
  MigMemory,
  ThrottleReason,
  Traffic,
} from "./gpu-reading.ts";
export type { GpuStatus, GpuTried } from "./gpu-status.ts";
