import type { GpuTemperature } from "../gpu-reading.ts";
import { entries, readNumber, readScaled, readText } from "./sysfs-file.ts";

/** Labels of the drivers amdgpu, i915 and xe. */
const LOCATIONS: Readonly<Record<string, GpuTemperature["location"]>> = {
  edge: "gpu",
  junction: "junction",
  mem: "memory",
  vram: "memory",
  pkg: "gpu",
};

/** The temperatures of a hwmon folder. Linux kernel, Documentation/hwmon/sysfs-interface: thousandths of a degree. */
export function temperatures(hwmon: string): readonly GpuTemperature[] {
  const numbers = entries(hwmon).flatMap((name) => /^temp(\d+)_input$/.exec(name)?.[1] ?? []);
  return numbers.flatMap((number) => {
    const milli = readNumber(hwmon, `temp${number}_input`);
    const location = LOCATIONS[readText(hwmon, `temp${number}_label`) ?? "edge"];
    // 0 stands for a sensor that is not there (memory of an RX 5500 XT).
    if (milli === undefined || milli === 0 || location === undefined) return [];
    const limits = {
      degradedAt: readScaled(1e-3, hwmon, `temp${number}_crit`),
      criticalAt: readScaled(1e-3, hwmon, `temp${number}_emergency`),
    };
    return [{ location, celsius: milli / 1e3, ...limits }];
  });
}

/** The latest power of some cards and kernels is `average`, of others `input`, of some both. Watts. */
export function power(hwmon: string): number | undefined {
  return readScaled(1e-6, hwmon, "power1_average") ?? readScaled(1e-6, hwmon, "power1_input");
}

/** From 0 to 1. PWM is on a scale of 255 where nothing else is said. */
export function fanSpeed(hwmon: string): number | undefined {
  const speed = readNumber(hwmon, "pwm1");
  const max = readNumber(hwmon, "pwm1_max") ?? 255;
  return speed === undefined || !(max > 0) ? undefined : speed / max;
}
