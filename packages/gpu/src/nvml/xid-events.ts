import { NVML } from "./nvml-code.ts";
import type { Handle, Nvml } from "./nvml-library.ts";

export interface XidEvents {
  /** The events since the last call, by device. Waits for none. */
  take(): ReadonlyMap<Handle, readonly number[]>;
  close(): void;
}

/** nvml.h, nvmlEventTypeXidCriticalError. */
const XID = 0x8;
/** A device that falls apart writes thousands: the rest waits for the next sample. */
const MOST_EVENTS = 256;

/** Watches for XID events: the driver keeps them in an event set that is emptied at each sample. */
export function xidEvents(nvml: Nvml, handles: readonly Handle[]): XidEvents {
  const set = new BigUint64Array(1);
  // nvml.h, nvmlEventData_t: device, type, data, GPU and compute instance.
  const event = new BigUint64Array(4);
  let open = nvml.nvmlEventSetCreate(set) === NVML.success;
  const watched = handles.filter(
    (handle) => open && nvml.nvmlDeviceRegisterEvents(handle, XID, set[0]!) === NVML.success,
  );
  return {
    take() {
      const found = new Map<Handle, number[]>(watched.map((handle) => [handle, []]));
      for (let i = 0; open && watched.length > 0 && i < MOST_EVENTS; i++) {
        if (nvml.nvmlEventSetWait_v2(set[0]!, event, 0) !== NVML.success) break;
        if (Number(event[1]) === XID) found.get(event[0]!)?.push(Number(event[2]));
      }
      return found;
    },
    close() {
      if (open) nvml.nvmlEventSetFree(set[0]!);
      open = false;
    },
  };
}
