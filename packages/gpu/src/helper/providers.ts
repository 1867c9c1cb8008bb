import { faultOf, type GpuProvider, type GpuProviderName, type ProviderOptions } from "../gpu-provider.ts";
import { nvidiaSmiProvider } from "../nvidia-smi/nvidia-smi-provider.ts";
import { nvmlProvider } from "../nvml/nvml-provider.ts";
import { amdgpuProvider } from "../sysfs/amdgpu-provider.ts";
import { intelProvider } from "../sysfs/intel-provider.ts";
import type { HelperOptions, ProviderSample, TriedProvider } from "./dialogue.ts";

/** The providers of all vendors that this machine has devices of. */
export interface Providers {
  probe(options: HelperOptions): Promise<readonly TriedProvider[]>;
  sample(): Promise<readonly ProviderSample[]>;
  close(): void;
}

const MAKERS: Readonly<Record<GpuProviderName, (options: ProviderOptions) => GpuProvider>> = {
  nvml: nvmlProvider,
  "nvidia-smi": nvidiaSmiProvider,
  "amdgpu-sysfs": amdgpuProvider,
  "intel-sysfs": intelProvider,
};

export function providers(): Providers {
  const made = new Map<GpuProviderName, GpuProvider>();
  let working: readonly GpuProvider[] = [];
  return {
    async probe(options) {
      const tried: TriedProvider[] = [];
      const found: GpuProvider[] = [];
      for (const name of options.providers) {
        // The tool is the driver's other face: where the library works, or says that there is no device, it adds nothing.
        if (name === "nvidia-smi" && tried.some((one) => one.provider === "nvml" && isFinal(one))) continue;
        const provider = made.get(name) ?? MAKERS[name](options);
        made.set(name, provider);
        const probe = await provider.probe();
        tried.push({ provider: name, ...probe });
        if (probe.ok) found.push(provider);
      }
      working = found;
      return tried;
    },
    sample: () => Promise.all(working.map(sampleOf)),
    close() {
      for (const provider of made.values()) provider.close();
      working = [];
    },
  };
}

function isFinal(probe: TriedProvider): boolean {
  return probe.ok || probe.code === "NO_DEVICE" || probe.code === "SUSPENDED";
}

async function sampleOf(provider: GpuProvider): Promise<ProviderSample> {
  const startedMs = performance.now();
  const { name } = provider;
  const seconds = (): number => (performance.now() - startedMs) / 1e3;
  try {
    return { provider: name, readings: await provider.sample(), seconds: seconds() };
  } catch (error) {
    return { provider: name, readings: [], seconds: seconds(), fault: faultOf(error) };
  }
}
