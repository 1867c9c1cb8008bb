import type { GpuFaultCode, GpuProviderName } from "./gpu-provider.ts";
import type { GpuDevice } from "./gpu-reading.ts";
import type { TriedProvider } from "./helper/dialogue.ts";

/** What was found, what was tried, and what would help. */
export interface GpuStatus {
  /** `off`: not started; `probing`: nothing known yet; `none`: no provider works. */
  readonly state: "off" | "probing" | "running" | "none";
  /** Those that work, with a comma between; `none`. */
  readonly provider: string;
  readonly devices: readonly GpuDevice[];
  /** Why there is nothing, or why the last sample failed. */
  readonly code?: GpuFaultCode | undefined;
  readonly message: string;
  readonly hint: string;
  readonly tried: readonly GpuTried[];
}

/** What came of one provider. */
export interface GpuTried {
  readonly provider: GpuProviderName;
  readonly ok: boolean;
  readonly devices: number;
  readonly code?: GpuFaultCode | undefined;
  readonly message: string;
  readonly hint: string;
}

export const OFF: GpuStatus = {
  state: "off",
  provider: "none",
  devices: [],
  message: "GPUs are not watched",
  hint: "bootstrap({ instrumentations: { gpu: true } }) or startGpu() starts it",
  tried: [],
};

export function triedOf(probe: TriedProvider): GpuTried {
  const { provider } = probe;
  if (!probe.ok) return { provider, ok: false, devices: 0, code: probe.code, message: probe.message, hint: probe.hint };
  return { provider, ok: true, devices: probe.devices.length, message: "works", hint: "" };
}

/** The faults that say most: of a driver that is there and does not work, rather than of one that is not there. */
export function statusOf(tried: readonly TriedProvider[]): GpuStatus {
  const working = tried.filter((one) => one.ok);
  const all = tried.map(triedOf);
  if (working.length > 0) {
    const devices = working.flatMap((one) => one.devices);
    const provider = working.map((one) => one.provider).join(",");
    return {
      state: "running",
      provider,
      devices,
      message: `${devices.length} GPU(s) by ${provider}`,
      hint: "",
      tried: all,
    };
  }
  const worst = all.toSorted((a, b) => weight(b.code) - weight(a.code))[0];
  return {
    state: "none",
    provider: "none",
    devices: [],
    code: worst?.code ?? "NO_DEVICE",
    message: all.every(({ code }) => code === "NO_DEVICE")
      ? "there is none of NVIDIA, AMD or Intel"
      : (worst?.message ?? "no provider was tried"),
    hint: worst?.hint ?? "",
    tried: all,
  };
}

function weight(code: GpuFaultCode | undefined): number {
  const order: readonly (GpuFaultCode | undefined)[] = [
    "UNSUPPORTED",
    "NO_DEVICE",
    "NO_TOOL",
    "NO_MODULE",
    "NO_DRIVER",
  ];
  const index = order.indexOf(code);
  return index === -1 ? order.length : index;
}
