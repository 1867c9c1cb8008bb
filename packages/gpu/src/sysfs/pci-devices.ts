import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { GpuDevice } from "../gpu-reading.ts";
import { entries, readText } from "./sysfs-file.ts";

export interface PciDevice {
  /** As in `0000:3b:00.0`. */
  readonly address: string;
  readonly vendor: GpuDevice["vendor"];
  /** Asleep to save power; reading it would wake it up. */
  readonly suspended: boolean;
}

export const PCI_VENDORS: Readonly<Record<string, GpuDevice["vendor"]>> = {
  "0x10de": "nvidia",
  "0x1002": "amd",
  "0x8086": "intel",
};

/** Base class "display controller" of the PCI specification, and AMD's accelerators without a display, "processing accelerators". */
const CLASSES = ["0x03", "0x12"];

/** The GPUs on the PCI bus; `undefined` where the bus cannot be seen, as on macOS, Windows and some sandboxes. Wakes nothing. */
export function pciDevices(sysfs: string): readonly PciDevice[] | undefined {
  const addresses = entries(sysfs, "bus/pci/devices");
  if (addresses.length === 0) return undefined;
  return addresses.flatMap((address) => {
    const folder = `${sysfs}/bus/pci/devices/${address}`;
    const vendor = PCI_VENDORS[readText(folder, "vendor") ?? ""];
    if (vendor === undefined || !CLASSES.includes(readText(folder, "class")?.slice(0, 4) ?? "")) return [];
    return [{ address, vendor, suspended: isSuspended(folder) }];
  });
}

/**
 * Whose GPUs are on the PCI bus; `undefined` where it cannot be seen. For the application's thread: a server's bus has hundreds
 * of devices, so that they are read one after the other, with whatever else there is to do in between.
 */
export async function pciVendors(sysfs: string): Promise<ReadonlySet<GpuDevice["vendor"]> | undefined> {
  const bus = join(sysfs, "bus/pci/devices");
  const addresses = await readdir(bus).catch(() => []);
  if (addresses.length === 0) return undefined;
  const found = new Set<GpuDevice["vendor"]>();
  for (const address of addresses) {
    const text = (file: string): Promise<string> => readFile(join(bus, address, file), "latin1").catch(() => "");
    if (!CLASSES.includes((await text("class")).slice(0, 4))) continue;
    const vendor = PCI_VENDORS[(await text("vendor")).trim()];
    if (vendor !== undefined) found.add(vendor);
  }
  return found;
}

/** Answered by the kernel's power management from its own books: the device sleeps on. */
export function isSuspended(deviceFolder: string): boolean {
  return readText(deviceFolder, "power/runtime_status") === "suspended";
}
