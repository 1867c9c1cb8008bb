import type { GpuFault } from "../gpu-provider.ts";

/** Return codes of NVML that something hangs on. nvml.h, nvmlReturn_t. */
export const NVML = {
  success: 0,
  notSupported: 3,
  noPermission: 4,
  insufficientSize: 7,
  driverNotLoaded: 9,
  timeout: 10,
  functionNotFound: 13,
  gpuIsLost: 15,
  resetRequired: 16,
  operatingSystem: 17,
  versionMismatch: 18,
  argumentVersionMismatch: 25,
  deprecated: 26,
} as const;

/** What is not there now will not be there at the next sample: not asked again. */
export function isLasting(code: number): boolean {
  return (
    code === NVML.notSupported ||
    code === NVML.functionNotFound ||
    code === NVML.argumentVersionMismatch ||
    code === NVML.deprecated ||
    code === NVML.noPermission
  );
}

export function isLost(code: number): boolean {
  return code === NVML.gpuIsLost || code === NVML.resetRequired;
}

/** A return code as what is the matter and what helps. */
export function nvmlFault(code: number, call: string): GpuFault {
  const message = (text: string): string => `${text} (${call} returned ${code})`;
  switch (code) {
    case NVML.driverNotLoaded:
      return {
        code: "DRIVER_NOT_LOADED",
        message: message("NVIDIA's driver is not loaded"),
        hint: "load the kernel module: modprobe nvidia; see dmesg when that fails",
      };
    case NVML.versionMismatch:
      return {
        code: "DRIVER_MISMATCH",
        message: message("library and driver are of different versions"),
        hint: "the driver was upgraded while it was loaded: reboot",
      };
    case NVML.noPermission:
      return {
        code: "NO_PERMISSION",
        message: message("no permission for the device"),
        hint: "give this user access to /dev/nvidia*",
      };
    case NVML.operatingSystem:
      return {
        code: "DEVICE_BLOCKED",
        message: message("the operating system or a cgroup keeps the device from this process"),
        hint: "hand the device to the container: --gpus all, or its device plug-in",
      };
    case NVML.gpuIsLost:
    case NVML.resetRequired:
      return {
        code: "DEVICE_LOST",
        message: message("the device is lost or must be reset"),
        hint: "see dmesg for its XID; nvidia-smi --gpu-reset, or reboot",
      };
    default:
      return { code: "FAILED", message: message("NVML failed"), hint: "see nvmlReturn_t in nvml.h, and dmesg" };
  }
}
