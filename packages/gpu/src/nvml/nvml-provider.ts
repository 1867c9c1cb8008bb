import {
  faultOf,
  GpuError,
  type GpuFault,
  type GpuProbe,
  type GpuProvider,
  type ProviderOptions,
} from "../gpu-provider.ts";
import type { GpuDevice } from "../gpu-reading.ts";
import { suspendedFault } from "../nvidia-smi/nvidia-smi-provider.ts";
import { kernelPciAddress } from "../nvidia-smi/smi-fields.ts";
import { pciDevices } from "../sysfs/pci-devices.ts";
import { NVML, nvmlFault } from "./nvml-code.ts";
import { type NvmlDevice, nvmlDevice } from "./nvml-device.ts";
import { type Handle, loadNvml, type Nvml } from "./nvml-library.ts";
import { type XidEvents, xidEvents } from "./xid-events.ts";

/** NVIDIA's management library, called through koffi. Its calls block: it belongs into a process or thread of its own. */
export function nvmlProvider(options: ProviderOptions): GpuProvider {
  let nvml: Nvml | undefined;
  let devices: readonly NvmlDevice[] = [];
  let lost: readonly GpuDevice[] = [];
  let known: readonly GpuDevice[] = [];
  let events: XidEvents | undefined;
  let isOpen = false;

  function close(): void {
    events?.close();
    events = undefined;
    devices = [];
    if (isOpen) nvml?.nvmlShutdown();
    isOpen = false;
  }

  function open(): GpuProbe {
    const onBus = pciDevices(options.sysfs)?.filter(({ vendor }) => vendor === "nvidia");
    // A session keeps every device awake, so it is not even begun.
    if (!options.wakeSuspended && onBus?.length && onBus.every(({ suspended }) => suspended)) return suspendedFault;
    nvml ??= loadNvml(options.nvmlLibrary);
    check(nvml.nvmlInit_v2(), "nvmlInit_v2");
    isOpen = true;
    const { found, fault } = devicesOf(nvml);
    // One that is lost has no name: it is one of those that had one before.
    lost = fault === undefined ? [] : known.filter(({ id }) => !found.some((one) => one.device.id === id));
    if (found.length + lost.length === 0 && fault !== undefined) throw new GpuError(fault);
    if (found.length + lost.length === 0) {
      close();
      return {
        ok: false,
        code: "NO_DEVICE",
        message: "NVIDIA's driver is loaded and knows no device",
        hint: "see lspci and dmesg whether the device is there and sound; in a container, hand it over with --gpus all",
      };
    }
    devices = found.map((one) => nvmlDevice(nvml!, one, options));
    events = xidEvents(
      nvml,
      devices.map(({ handle }) => handle),
    );
    known = [...devices.map(({ device }) => device), ...lost];
    return { ok: true, devices: known };
  }

  return {
    name: "nvml",
    probe: async () => {
      close();
      try {
        return open();
      } catch (error) {
        close();
        return { ok: false, ...faultOf(error) };
      }
    },
    sample: async () => {
      const xids = events?.take();
      const read = devices.map((device) => ({ ...device.read(), xids: xids?.get(device.handle) }));
      return [...read, ...lost.map((device) => ({ device, state: "failed" as const }))];
    },
    close,
  };
}

interface Found {
  readonly handle: Handle;
  readonly device: GpuDevice;
}

/** The devices that answer, and why another does not. */
function devicesOf(nvml: Nvml): { readonly found: readonly Found[]; readonly fault: GpuFault | undefined } {
  const count = new Uint32Array(1);
  check(nvml.nvmlDeviceGetCount_v2(count), "nvmlDeviceGetCount_v2");
  const found: Found[] = [];
  let fault: GpuFault | undefined;
  for (let index = 0; index < count[0]!; index++) {
    const handle = new BigUint64Array(1);
    const code = nvml.nvmlDeviceGetHandleByIndex_v2(index, handle);
    const device = code === NVML.success ? identify(nvml, handle[0]!, index) : undefined;
    if (device === undefined) fault = nvmlFault(code === NVML.success ? NVML.gpuIsLost : code, "nvmlDeviceGetUUID");
    else found.push({ handle: handle[0]!, device });
  }
  return { found, fault };
}

/** Without a lasting name there is none: an index belongs to another device after a reset. */
function identify(nvml: Nvml, handle: Handle, index: number): GpuDevice | undefined {
  const text = Buffer.alloc(96);
  const name = nvml.nvmlDeviceGetName(handle, text, 96) === NVML.success ? textOf(text, 0) : "NVIDIA GPU";
  const uuid = nvml.nvmlDeviceGetUUID(handle, text, 96) === NVML.success ? textOf(text, 0) : undefined;
  // nvml.h, nvmlPciInfo_t: the address in text stands twice, the longer one after 36 bytes.
  const pci = Buffer.alloc(68);
  const hasAddress = nvml.nvmlDeviceGetPciInfo_v3(handle, pci) === NVML.success;
  const pciAddress = hasAddress ? kernelPciAddress(textOf(pci, 36)) : undefined;
  const id = uuid ?? pciAddress;
  return id === undefined ? undefined : { id, index, name, vendor: "nvidia", model: name, pciAddress };
}

function textOf(bytes: Buffer, from: number): string {
  const end = bytes.indexOf(0, from);
  return bytes.toString("latin1", from, end === -1 ? undefined : end);
}

function check(code: number, call: string): void {
  if (code === NVML.success) return;
  throw new GpuError(nvmlFault(code, call));
}
