import { type BoundCounter, type BoundHistogram, counter, histogram } from "@telltale/metrics";
import { catalogue } from "./catalogue.ts";
import { gpuScope } from "./observe-devices.ts";

/** A kernel that the application launches; nothing but the application can tell how long it ran. */
export interface GpuKernel {
  /**
   * Counts one launch and the seconds that it took on the device, as the runtime's own time stamps say: CUDA events, timestamp
   * queries of WebGPU. The time around the call that launches it is only that of the queue.
   */
  record(seconds: number): void;
  /** Counts launches of which the time is not known. */
  launched(count?: number): void;
}

interface Bound {
  readonly deviceId: string | undefined;
  readonly launches: BoundCounter;
  readonly duration: BoundHistogram;
}

/** `deviceId` is asked again each time: devices are found later than kernels are named. */
export function gpuKernel(type: string, deviceId: () => string | undefined): GpuKernel {
  let bound: Bound | undefined;
  const current = (): Bound => {
    const id = deviceId();
    if (bound?.deviceId !== id || bound === undefined) {
      const attributes = { "gpu.kernel.type": type, "hw.id": id };
      const launches = counter({ ...catalogue.kernelLaunches, scope: gpuScope }).bind(attributes);
      const duration = histogram({ ...catalogue.kernelDuration, scope: gpuScope }).bind(attributes);
      bound = { deviceId: id, launches, duration };
    }
    return bound;
  };
  return {
    record(seconds) {
      const { launches, duration } = current();
      launches.add(1);
      duration.record(seconds);
    },
    launched(count = 1) {
      current().launches.add(count);
    },
  };
}
