import type { GpuDevice, GpuReading } from "./gpu-reading.ts";

/** Where readings come from. */
export type GpuProviderName = "nvml" | "nvidia-smi" | "amdgpu-sysfs" | "intel-sysfs";

export const PROVIDER_NAMES: readonly GpuProviderName[] = ["nvml", "nvidia-smi", "amdgpu-sysfs", "intel-sysfs"];

export const VENDOR_OF: Readonly<Record<GpuProviderName, GpuDevice["vendor"]>> = {
  nvml: "nvidia",
  "nvidia-smi": "nvidia",
  "amdgpu-sysfs": "amd",
  "intel-sysfs": "intel",
};

/** Why a provider has nothing to offer. */
export type GpuFaultCode =
  | "NO_DEVICE"
  | "NO_DRIVER"
  | "NO_MODULE"
  | "NO_PERMISSION"
  | "NO_TOOL"
  | "ADDONS_DISABLED"
  | "DRIVER_NOT_LOADED"
  | "DRIVER_MISMATCH"
  | "DEVICE_BLOCKED"
  | "DEVICE_LOST"
  | "MUSL"
  | "SUSPENDED"
  | "TIMEOUT"
  | "UNSUPPORTED"
  | "FAILED";

export interface GpuFault {
  readonly code: GpuFaultCode;
  /** What is the matter. */
  readonly message: string;
  /** What would help. */
  readonly hint: string;
}

export type GpuProbe =
  | { readonly ok: true; readonly devices: readonly GpuDevice[] }
  | ({ readonly ok: false } & GpuFault);

/** One source of readings. It runs in the helper: it may block, and the application does not notice. */
export interface GpuProvider {
  readonly name: GpuProviderName;
  probe(): Promise<GpuProbe>;
  /** Rejects with a `GpuError` when no device can be read; a device that is lost is a reading whose state is `failed`. */
  sample(): Promise<readonly GpuReading[]>;
  close(): void;
}

/** What the providers need to know of the options. */
export interface ProviderOptions {
  readonly intervalMs: number;
  readonly pcieThroughput: boolean;
  readonly processMemory: boolean;
  readonly mig: boolean;
  readonly wakeSuspended: boolean;
  /** The process whose memory on the device is asked for. */
  readonly processId: number;
  readonly nvmlLibrary?: string | undefined;
  readonly nvidiaSmi: string;
  /** Where sysfs is mounted. */
  readonly sysfs: string;
}

/** An error that says as much as a fault. */
export class GpuError extends Error {
  readonly fault: GpuFault;

  constructor(fault: GpuFault, cause?: unknown) {
    super(`${fault.message}; ${fault.hint}`, { cause });
    this.name = "GpuError";
    this.fault = fault;
  }
}

export function faultOf(error: unknown): GpuFault {
  if (error instanceof GpuError) return error.fault;
  const message = error instanceof Error ? error.message : String(error);
  return { code: "FAILED", message, hint: "see the message" };
}
