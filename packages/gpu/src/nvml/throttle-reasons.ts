import type { ThrottleReason } from "../gpu-reading.ts";

/** nvml.h, nvmlClocksEventReasons. The bit 0x100, a display's clock, has no word in the catalogue. */
const BITS: readonly (readonly [bigint, ThrottleReason])[] = [
  [0x1n, "idle"],
  [0x2n, "app_clocks"],
  [0x4n, "sw_power_cap"],
  [0x8n, "hw_slowdown"],
  [0x10n, "sync_boost"],
  [0x20n, "sw_thermal"],
  [0x40n, "hw_thermal"],
  [0x80n, "hw_power_brake"],
];

export function throttleReasonsOf(mask: bigint): readonly ThrottleReason[] {
  return BITS.filter(([bit]) => (mask & bit) !== 0n).map(([, reason]) => reason);
}
