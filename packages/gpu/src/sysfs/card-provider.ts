import type { GpuProvider, GpuProviderName } from "../gpu-provider.ts";
import type { GpuReading } from "../gpu-reading.ts";
import type { Card } from "./cards.ts";
import { isSuspended } from "./pci-devices.ts";
import { readText } from "./sysfs-file.ts";

export interface CardProviderOptions {
  readonly name: GpuProviderName;
  readonly find: () => readonly Card[];
  readonly read: (card: Card) => GpuReading;
  readonly wakeSuspended: boolean;
  /** The kernel's driver, for the hint. */
  readonly driver: string;
}

/** A provider whose devices are cards of sysfs. One that sleeps has only its state: reading a sensor would wake it up. */
export function cardProvider({ name, find, read, wakeSuspended, driver }: CardProviderOptions): GpuProvider {
  let found: readonly Card[] = [];
  return {
    name,
    probe: async () => {
      found = find();
      if (found.length > 0) return { ok: true, devices: found.map(({ device }) => device) };
      return {
        ok: false,
        code: "NO_DEVICE",
        message: `no card of the driver ${driver} in /sys/class/drm`,
        hint: `if there should be one: load the driver (modprobe ${driver.split(" ")[0]}), and in a container mount /sys`,
      };
    },
    sample: async () =>
      found.map((card): GpuReading => {
        // Unplugged, or its driver unloaded: what had a name before has none now.
        if (readText(card.deviceFolder, "vendor") === undefined) return { device: card.device, state: "failed" };
        return !wakeSuspended && isSuspended(card.deviceFolder) ? { device: card.device, state: "ok" } : read(card);
      }),
    close: () => {
      found = [];
    },
  };
}
