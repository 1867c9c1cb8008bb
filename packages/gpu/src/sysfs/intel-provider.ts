import { join } from "node:path";
import type { GpuProvider, ProviderOptions } from "../gpu-provider.ts";
import { type GpuReading, stateOf, type ThrottleReason } from "../gpu-reading.ts";
import { cardProvider } from "./card-provider.ts";
import { type Card, cards } from "./cards.ts";
import { fanSpeed, power, temperatures } from "./sensor-readings.ts";
import { entries, readNumber, readScaled } from "./sysfs-file.ts";

/** Files of i915 (`throttle_reason_pl1`) and xe (`throttle/reason_pl1`) that hold 1 while the reason limits the clock. */
const REASONS: Readonly<Record<string, ThrottleReason>> = {
  pl1: "sw_power_cap",
  pl2: "sw_power_cap",
  pl4: "hw_power_brake",
  thermal: "hw_thermal",
  prochot: "hw_slowdown",
};

/**
 * Intel's GPUs, as the drivers i915 and xe show them in sysfs: clock, throttling, energy, temperature. How busy they are is not
 * there; that would need the usage of each process or perf events.
 * @see https://docs.kernel.org/gpu/i915.html
 */
export function intelProvider(options: ProviderOptions): GpuProvider {
  return cardProvider({
    name: "intel-sysfs",
    find: () => cards(options.sysfs, "intel", ["i915", "xe"]),
    read: readCard,
    wakeSuspended: options.wakeSuspended,
    driver: "i915 or xe",
  });
}

function readCard(card: Card): GpuReading {
  const throttleReasons = throttling(card);
  const graphics = clock(card);
  return {
    device: card.device,
    state: stateOf({ throttleReasons }),
    throttleReasons,
    ...(graphics !== undefined && { clocksHz: { graphics } }),
    ...(card.hwmon !== undefined && sensors(card.hwmon)),
  };
}

function sensors(hwmon: string): Partial<GpuReading> {
  return {
    temperatures: temperatures(hwmon),
    powerWatts: power(hwmon),
    powerLimitWatts: readScaled(1e-6, hwmon, "power1_max"),
    energyJoules: readScaled(1e-6, hwmon, "energy1_input"),
    fanSpeed: fanSpeed(hwmon),
  };
}

function clock({ folder, deviceFolder }: Card): number | undefined {
  const megahertz =
    readNumber(folder, "gt/gt0/rps_act_freq_mhz") ??
    readNumber(folder, "gt_act_freq_mhz") ??
    readNumber(deviceFolder, "tile0/gt0/freq0/act_freq");
  return megahertz === undefined ? undefined : megahertz * 1e6;
}

function throttling({ folder, deviceFolder }: Card): readonly ThrottleReason[] | undefined {
  const places = [
    { at: join(folder, "gt/gt0"), prefix: "throttle_reason_" },
    { at: join(deviceFolder, "tile0/gt0/freq0/throttle"), prefix: "reason_" },
  ];
  const place = places.find(({ at, prefix }) => entries(at).some((name) => name.startsWith(prefix)));
  if (place === undefined) return undefined;
  const active = Object.entries(REASONS).filter(([name]) => readNumber(place.at, place.prefix + name) === 1);
  return [...new Set(active.map(([, reason]) => reason))];
}
