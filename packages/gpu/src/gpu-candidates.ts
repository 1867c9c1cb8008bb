import { existsSync } from "node:fs";
import type { ResolvedGpuOptions } from "./gpu-options.ts";
import { type GpuProviderName, PROVIDER_NAMES, VENDOR_OF } from "./gpu-provider.ts";
import { VENDOR_NAMES } from "./gpu-reading.ts";
import type { TriedProvider } from "./helper/dialogue.ts";
import { pciVendors } from "./sysfs/pci-devices.ts";

export interface Candidates {
  /** What the helper shall try. */
  readonly providers: readonly GpuProviderName[];
  /** What need not be tried, and why. */
  readonly ruledOut: readonly TriedProvider[];
}

/** NVIDIA's driver, and the one through which WSL hands on the GPU of Windows: its bus does not show it. */
const OFF_THE_BUS: readonly string[] = ["/dev/nvidiactl", "/dev/dxg"];

/**
 * Which providers can find anything here: a look at the PCI bus, so that on a machine without GPUs no process is started for
 * nothing, again and again. Providers that were asked for by name are tried in any case.
 */
export async function candidates({ providers, sysfs }: ResolvedGpuOptions): Promise<Candidates> {
  if (providers !== "auto") return { providers, ruledOut: [] };
  const onBus = await pciVendors(sysfs);
  if (onBus === undefined) return withoutPci();
  const vendors = new Set(onBus);
  if (OFF_THE_BUS.some((path) => existsSync(path))) vendors.add("nvidia");
  const found = PROVIDER_NAMES.filter((name) => vendors.has(VENDOR_OF[name]));
  const others = PROVIDER_NAMES.filter((name) => !found.includes(name));
  return {
    providers: found,
    ruledOut: others.map((provider) => ({
      provider,
      ok: false,
      code: "NO_DEVICE",
      message: `no GPU of ${VENDOR_NAMES[VENDOR_OF[provider]]} on the PCI bus`,
      hint: "if there should be one, see lspci; providers names what shall be tried in any case",
    })),
  };
}

/** Windows has NVIDIA's library and tool; in a sandbox and in WSL they may work though no bus is seen; macOS has nothing. */
function withoutPci(): Candidates {
  const tried = process.platform === "linux" || process.platform === "win32";
  const nvidia: readonly GpuProviderName[] = tried ? ["nvml", "nvidia-smi"] : [];
  return {
    providers: nvidia,
    ruledOut: PROVIDER_NAMES.filter((name) => !nvidia.includes(name)).map((provider) => ({
      provider,
      ok: false,
      code: "UNSUPPORTED",
      message: `${provider} cannot work here: ${process.platform} shows no PCI bus in sysfs`,
      hint: process.platform === "darwin" ? "GPUs of macOS are not covered" : "in a container, mount /sys",
    })),
  };
}
