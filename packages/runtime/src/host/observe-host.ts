import { catalogue } from "../catalogue.ts";
import type { ObservedGroup } from "../observed-group.ts";
import { cpuModes } from "./cpu-times.ts";
import { cpuLimitOf } from "./cpu-utilization.ts";
import type { Mount } from "./file-systems.ts";
import type { HostSample } from "./host.ts";

/** Observes the metrics of the host in its latest sample; without a fresh one they are absent. */
export function observeHost(group: ObservedGroup, latest: () => HostSample | undefined): void {
  observeCpu(group, latest);
  observeMemory(group, latest);
  observeFileSystems(group, latest);
  observeTraffic(group, latest);
  observeHardware(group, latest);
}

function observeCpu(group: ObservedGroup, latest: () => HostSample | undefined): void {
  group.counter(catalogue.cpuTime, (observe) => {
    for (const [core, times] of latest()?.cores ?? []) {
      for (const mode of cpuModes) observe(times[mode], { "cpu.mode": mode, "cpu.logical_number": core });
    }
  });
  group.gauge(catalogue.cpuUtilization, (observe) => {
    for (const [core, shares] of latest()?.shares ?? []) {
      for (const mode of cpuModes) observe(shares[mode], { "cpu.mode": mode, "cpu.logical_number": core });
    }
  });
  group.gauge(catalogue.cpuLimit, (observe) => {
    const sample = latest();
    const limit = sample && cpuLimitOf(sample);
    if (limit !== undefined) observe(limit);
  });
  group.gauge(catalogue.load, (observe) => {
    const [one, five, fifteen] = latest()?.load ?? [];
    if (one !== undefined) observe(one, { "telltale.window": "1m" });
    if (five !== undefined) observe(five, { "telltale.window": "5m" });
    if (fifteen !== undefined) observe(fifteen, { "telltale.window": "15m" });
  });
}

function observeMemory(group: ObservedGroup, latest: () => HostSample | undefined): void {
  group.upDownCounter(catalogue.memoryUsage, (observe) => {
    const memory = latest()?.memory;
    if (memory === undefined) return;
    observe(memory.usedBytes, { "system.memory.state": "used" });
    observe(memory.freeBytes, { "system.memory.state": "free" });
  });
  group.upDownCounter(catalogue.memoryLimit, (observe) => {
    const memory = latest()?.memory;
    if (memory) observe(memory.limitBytes);
  });
  group.gauge(catalogue.memoryUtilization, (observe) => {
    const memory = latest()?.memory;
    if (memory === undefined) return;
    observe(memory.usedBytes / memory.limitBytes, { "system.memory.state": "used" });
    observe(memory.freeBytes / memory.limitBytes, { "system.memory.state": "free" });
  });
  if (process.platform !== "linux") return;
  group.upDownCounter(catalogue.memoryAvailable, (observe) => {
    const memory = latest()?.memory;
    if (memory) observe(memory.availableBytes);
  });
}

function observeFileSystems(group: ObservedGroup, latest: () => HostSample | undefined): void {
  group.upDownCounter(catalogue.fileSystemUsage, (observe) => {
    for (const one of latest()?.fileSystems ?? []) {
      observe(one.usedBytes, { ...place(one), "system.filesystem.state": "used" });
      observe(one.freeBytes, { ...place(one), "system.filesystem.state": "free" });
      observe(one.reservedBytes, { ...place(one), "system.filesystem.state": "reserved" });
    }
  });
  group.gauge(catalogue.fileSystemUtilization, (observe) => {
    for (const one of latest()?.fileSystems ?? []) {
      const writable = one.usedBytes + one.freeBytes;
      if (writable > 0) observe(one.usedBytes / writable, place(one));
    }
  });
  group.upDownCounter(catalogue.fileSystemLimit, (observe) => {
    for (const one of latest()?.fileSystems ?? []) observe(one.sizeBytes, place(one));
  });
}

function place({ device, mountpoint, type }: Mount) {
  return {
    "system.device": device,
    "system.filesystem.mountpoint": mountpoint,
    "system.filesystem.type": type,
  };
}

function observeTraffic(group: ObservedGroup, latest: () => HostSample | undefined): void {
  group.counter(catalogue.diskIo, (observe) => {
    for (const { device, readBytes, writtenBytes } of latest()?.disks ?? []) {
      observe(readBytes, { "system.device": device, "disk.io.direction": "read" });
      observe(writtenBytes, { "system.device": device, "disk.io.direction": "write" });
    }
  });
  group.counter(catalogue.diskOperations, (observe) => {
    for (const { device, reads, writes } of latest()?.disks ?? []) {
      observe(reads, { "system.device": device, "disk.io.direction": "read" });
      observe(writes, { "system.device": device, "disk.io.direction": "write" });
    }
  });
  group.counter(catalogue.networkIo, (observe) => {
    for (const { name, receivedBytes, transmittedBytes } of latest()?.networks ?? []) {
      observe(receivedBytes, { "network.interface.name": name, "network.io.direction": "receive" });
      observe(transmittedBytes, { "network.interface.name": name, "network.io.direction": "transmit" });
    }
  });
  group.counter(catalogue.networkPackets, (observe) => {
    for (const { name, receivedPackets, transmittedPackets } of latest()?.networks ?? []) {
      if (Number.isNaN(receivedPackets)) continue;
      observe(receivedPackets, { "system.device": name, "network.io.direction": "receive" });
      observe(transmittedPackets, { "system.device": name, "network.io.direction": "transmit" });
    }
  });
  group.counter(catalogue.networkErrors, (observe) => {
    for (const { name, receiveErrors, transmitErrors } of latest()?.networks ?? []) {
      observe(receiveErrors, { "network.interface.name": name, "network.io.direction": "receive" });
      observe(transmitErrors, { "network.interface.name": name, "network.io.direction": "transmit" });
    }
  });
}

function observeHardware(group: ObservedGroup, latest: () => HostSample | undefined): void {
  group.gauge(catalogue.temperature, (observe) => {
    for (const { id, name, location, celsius } of latest()?.temperatures ?? []) {
      observe(celsius, { "hw.id": id, "hw.name": name, "hw.sensor_location": location });
    }
  });
  group.gauge(catalogue.batteryCharge, (observe) => {
    for (const { id, name, model, vendor, chemistry, charge } of latest()?.batteries ?? []) {
      if (charge === undefined) continue;
      const known = { "hw.model": model, "hw.vendor": vendor, "hw.battery.chemistry": chemistry };
      observe(charge, { "hw.id": id, "hw.name": name, ...known });
    }
  });
  group.gauge(catalogue.batteryTimeLeft, (observe) => {
    for (const { id, state, secondsLeft } of latest()?.batteries ?? []) {
      if (secondsLeft !== undefined) observe(secondsLeft, { "hw.id": id, "hw.battery.state": state });
    }
  });
}
