import { join } from "node:path";
import { type GpuDevice, VENDOR_NAMES } from "../gpu-reading.ts";
import { PCI_VENDORS } from "./pci-devices.ts";
import { entries, linkName, readText } from "./sysfs-file.ts";

/** A GPU as the kernel's graphics subsystem shows it. */
export interface Card {
  readonly device: GpuDevice;
  /** `/sys/class/drm/card0`. */
  readonly folder: string;
  /** `/sys/class/drm/card0/device`. */
  readonly deviceFolder: string;
  /** Its folder of sensors. */
  readonly hwmon: string | undefined;
}

/** The cards of one vendor; connectors such as `card0-DP-1` are none. `drivers` are names of hwmon folders. */
export function cards(sysfs: string, vendor: GpuDevice["vendor"], drivers: readonly string[]): readonly Card[] {
  const found = entries(sysfs, "class/drm").filter((name) => /^card\d+$/.test(name));
  return found
    .map((name) => join(sysfs, "class/drm", name))
    .filter((folder) => PCI_VENDORS[readText(folder, "device/vendor") ?? ""] === vendor)
    .map((folder, index) => {
      const deviceFolder = join(folder, "device");
      return {
        folder,
        deviceFolder,
        hwmon: hwmonOf(deviceFolder, drivers),
        device: deviceOf(deviceFolder, vendor, index),
      };
    });
}

function deviceOf(deviceFolder: string, vendor: GpuDevice["vendor"], index: number): GpuDevice {
  const slot = /^PCI_SLOT_NAME=(.+)$/m.exec(readText(deviceFolder, "uevent") ?? "")?.[1] ?? linkName(deviceFolder);
  const model = readText(deviceFolder, "product_name") ?? readText(deviceFolder, "device");
  const name = `${VENDOR_NAMES[vendor]} ${model ?? "GPU"}`;
  return { id: slot ?? `${vendor}-${index}`, index, name, vendor, model, pciAddress: slot };
}

function hwmonOf(deviceFolder: string, drivers: readonly string[]): string | undefined {
  return entries(deviceFolder, "hwmon")
    .map((name) => join(deviceFolder, "hwmon", name))
    .find((folder) => drivers.includes(readText(folder, "name") ?? ""));
}
