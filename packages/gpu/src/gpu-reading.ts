/** What one sample says of one device. A reading that the device does not have is absent, never 0. */
export interface GpuReading {
  readonly device: GpuDevice;
  readonly state: GpuState;
  /** Busy shares, from 0 to 1. */
  readonly utilization?: number | undefined;
  readonly encoderUtilization?: number | undefined;
  readonly decoderUtilization?: number | undefined;
  /** Share of time in which memory was accessed; how full it is, is `memoryUsed / memoryTotal`. */
  readonly memoryActivity?: number | undefined;
  /** Bytes. */
  readonly memoryUsed?: number | undefined;
  /** Bytes. */
  readonly memoryTotal?: number | undefined;
  /** Bytes. */
  readonly memoryReserved?: number | undefined;
  /** Bytes of this process. */
  readonly processMemory?: number | undefined;
  readonly migMemory?: readonly MigMemory[] | undefined;
  readonly temperatures?: readonly GpuTemperature[] | undefined;
  readonly powerWatts?: number | undefined;
  readonly powerLimitWatts?: number | undefined;
  readonly energyJoules?: number | undefined;
  /** From 0 to 1. */
  readonly fanSpeed?: number | undefined;
  readonly clocksHz?: Readonly<Partial<Record<GpuClock, number | undefined>>> | undefined;
  /** The reasons that limit the clocks now; absent where they cannot be told. */
  readonly throttleReasons?: readonly ThrottleReason[] | undefined;
  readonly throttleSeconds?: Readonly<Partial<Record<ThrottleReason, number | undefined>>> | undefined;
  readonly errors?: Readonly<Partial<Record<GpuErrorKind, number | undefined>>> | undefined;
  /** Bytes since the driver was loaded. */
  readonly pcieBytes?: Traffic | undefined;
  /** Bytes a second. */
  readonly pcieThroughput?: Traffic | undefined;
  readonly pcieLinkGeneration?: number | undefined;
  readonly pcieLinkWidth?: number | undefined;
  /** Bytes since the driver was loaded. */
  readonly nvlinkBytes?: Traffic | undefined;
  /** XID events since the sample before. */
  readonly xids?: readonly number[] | undefined;
}

/** Which device it is. `id` is its UUID, or its PCI address where it has none; `index` may change when it is reset. */
export interface GpuDevice {
  readonly id: string;
  readonly index: number;
  readonly name: string;
  readonly vendor: "nvidia" | "amd" | "intel";
  readonly model?: string | undefined;
  /** As in `0000:3b:00.0`. */
  readonly pciAddress?: string | undefined;
}

export const VENDOR_NAMES: Readonly<Record<GpuDevice["vendor"], string>> = {
  nvidia: "NVIDIA",
  amd: "AMD",
  intel: "Intel",
};

export interface GpuTemperature {
  readonly location: "gpu" | "memory" | "junction";
  readonly celsius: number;
  /** Above it the device slows down. */
  readonly degradedAt?: number | undefined;
  /** Above it the device is switched off. */
  readonly criticalAt?: number | undefined;
}

export interface MigMemory {
  readonly instanceId: number;
  /** Bytes. */
  readonly used: number;
}

export interface Traffic {
  readonly receive?: number | undefined;
  readonly transmit?: number | undefined;
}

export type GpuState = "ok" | "degraded" | "failed" | "predicted_failure";
export type GpuClock = "graphics" | "sm" | "memory" | "video";
export type GpuErrorKind = "corrected" | "uncorrected" | "pcie_replay" | "nvlink_crc" | "row_remap";
export type ThrottleReason =
  | "sw_power_cap"
  | "hw_slowdown"
  | "sw_thermal"
  | "hw_thermal"
  | "hw_power_brake"
  | "sync_boost"
  | "app_clocks"
  | "idle";

/** What limits the clocks because something is too hot. */
export const THERMAL_REASONS: readonly ThrottleReason[] = ["sw_thermal", "hw_thermal", "hw_slowdown"];

/** A device that is slowed down by heat is degraded; one that waits for a reset to map bad memory out will fail. */
export function stateOf(found: {
  readonly throttleReasons?: readonly ThrottleReason[] | undefined;
  readonly remapPending?: boolean;
  readonly remapFailed?: boolean;
}): GpuState {
  if (found.remapFailed === true || found.remapPending === true) return "predicted_failure";
  return found.throttleReasons?.some((reason) => THERMAL_REASONS.includes(reason)) ? "degraded" : "ok";
}
