import { GpuError } from "../gpu-provider.ts";
import { isLasting, isLost, NVML, nvmlFault } from "./nvml-code.ts";

/** Asks one device; what it does not have is not asked again. */
export interface NvmlQuestions {
  /** Whether the call succeeded: only then was anything written. @throws GpuError when the device is lost */
  ask(call: string, invoke: () => number): boolean;
}

export function nvmlQuestions(): NvmlQuestions {
  const absent = new Set<string>();
  return {
    ask(call, invoke) {
      if (absent.has(call)) return false;
      const code = invoke();
      if (code === NVML.success) return true;
      if (isLost(code)) throw new GpuError(nvmlFault(code, call));
      if (isLasting(code)) absent.add(call);
      return false;
    },
  };
}
