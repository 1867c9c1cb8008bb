import {
  type AttributeValues,
  counter,
  forgetInstrument,
  histogram,
  type Instrument,
  type InstrumentDeclaration,
  type Observe,
  observedCounter,
  observedGauge,
  observedUpDownCounter,
} from "@telltale/metrics";
import { catalogue } from "./catalogue.ts";
import type { SampleListener } from "./gpu-collection.ts";
import type { GpuFault } from "./gpu-provider.ts";
import {
  type GpuDevice,
  type GpuReading,
  type GpuState,
  type GpuTemperature,
  type ThrottleReason,
  type Traffic,
  VENDOR_NAMES,
} from "./gpu-reading.ts";
import type { ProviderSample } from "./helper/dialogue.ts";

/** Whose metrics these are. Packages that measure the same kind of hardware declare the same names in scopes of their own. */
export const gpuScope: { readonly name: string } = { name: "@telltale/gpu" };

/** The metrics of all devices; they only read what was sampled last. */
export function observeDevices(latest: () => ReadonlyMap<string, GpuReading>): Disposable {
  const made: Instrument[] = [];
  type Entry<K, A extends AttributeValues> = InstrumentDeclaration<A> & { readonly kind: K };
  type Read<A> = (observe: Observe<A>, reading: GpuReading) => void;
  const each =
    <A>(read: Read<A>) =>
    (observe: Observe<A>): void => {
      for (const reading of latest().values()) read(observe, reading);
    };
  const gauge = <const A extends AttributeValues>(entry: Entry<"gauge", A>, read: Read<A>): void =>
    void made.push(observedGauge({ ...entry, scope: gpuScope }, each(read)));
  const sum = <const A extends AttributeValues>(entry: Entry<"counter", A>, read: Read<A>): void =>
    void made.push(observedCounter({ ...entry, scope: gpuScope }, each(read)));
  const level = <const A extends AttributeValues>(entry: Entry<"upDownCounter", A>, read: Read<A>): void =>
    void made.push(observedUpDownCounter({ ...entry, scope: gpuScope }, each(read)));

  gauge(catalogue.utilization, (observe, reading) => {
    const tasks = {
      general: reading.utilization,
      encoder: reading.encoderUtilization,
      decoder: reading.decoderUtilization,
    };
    for (const [task, value] of present(tasks)) observe(value, { ...of(reading.device), "hw.gpu.task": task });
  });
  level(
    catalogue.memoryUsage,
    whole((reading) => reading.memoryUsed),
  );
  level(
    catalogue.memoryLimit,
    whole((reading) => reading.memoryTotal),
  );
  gauge(
    catalogue.memoryUtilization,
    whole(({ memoryUsed, memoryTotal }) =>
      memoryUsed === undefined || !memoryTotal ? undefined : memoryUsed / memoryTotal,
    ),
  );
  gauge(
    catalogue.memoryActivity,
    whole((reading) => reading.memoryActivity),
  );
  level(
    catalogue.memoryReserved,
    whole((reading) => reading.memoryReserved),
  );
  gauge(
    catalogue.powerLimit,
    whole((reading) => reading.powerLimitWatts),
  );
  gauge(
    catalogue.pcieLinkGeneration,
    whole((reading) => reading.pcieLinkGeneration),
  );
  gauge(
    catalogue.pcieLinkWidth,
    whole((reading) => reading.pcieLinkWidth),
  );
  gauge(
    catalogue.power,
    typed((reading) => reading.powerWatts),
  );
  sum(
    catalogue.energy,
    typed((reading) => reading.energyJoules),
  );
  sum(
    catalogue.pcieIo,
    directed((reading) => reading.pcieBytes),
  );
  sum(
    catalogue.nvlinkIo,
    directed((reading) => reading.nvlinkBytes),
  );
  gauge(
    catalogue.pcieThroughput,
    directed((reading) => reading.pcieThroughput),
  );
  gauge(catalogue.temperature, (observe, { device, temperatures = [] }) => {
    for (const temperature of temperatures) observe(temperature.celsius, sensorOf(device, temperature));
  });
  gauge(catalogue.temperatureLimit, (observe, { device, temperatures = [] }) => {
    for (const temperature of temperatures) {
      const sensor = sensorOf(device, temperature);
      const { degradedAt, criticalAt } = temperature;
      if (degradedAt !== undefined) observe(degradedAt, { ...sensor, "hw.limit_type": "high.degraded" });
      if (criticalAt !== undefined) observe(criticalAt, { ...sensor, "hw.limit_type": "high.critical" });
    }
  });
  gauge(catalogue.fanSpeed, (observe, { device, fanSpeed }) => {
    if (fanSpeed !== undefined) observe(fanSpeed, { "hw.id": `${device.id}:fan`, "hw.parent": device.id });
  });
  sum(catalogue.errors, (observe, { device, errors = {} }) => {
    for (const [kind, value] of present(errors)) observe(value, { ...typedOf(device), "error.type": kind });
  });
  level(catalogue.status, (observe, { device, state }) => {
    for (const one of STATES) observe(one === state ? 1 : 0, { ...typedOf(device), "hw.state": one });
  });
  gauge(catalogue.clockFrequency, (observe, { device, clocksHz = {} }) => {
    for (const [clock, value] of present(clocksHz)) observe(value, { ...of(device), "gpu.clock": clock });
  });
  level(catalogue.throttleActive, (observe, { device, throttleReasons }) => {
    if (throttleReasons === undefined) return;
    for (const reason of REASONS) {
      observe(throttleReasons.includes(reason) ? 1 : 0, { ...of(device), "gpu.throttle.reason": reason });
    }
  });
  sum(catalogue.throttleTime, (observe, { device, throttleSeconds = {} }) => {
    for (const [reason, value] of present(throttleSeconds)) {
      observe(value, { ...of(device), "gpu.throttle.reason": reason });
    }
  });
  level(catalogue.migMemoryUsage, (observe, { device, migMemory = [] }) => {
    for (const { instanceId, used } of migMemory) {
      observe(used, { "hw.id": device.id, "gpu.instance.id": String(instanceId) });
    }
  });
  level(catalogue.processMemoryUsage, (observe, { device, processMemory }) => {
    if (processMemory !== undefined) observe(processMemory, { "hw.id": device.id });
  });
  return {
    [Symbol.dispose]: () => {
      for (const instrument of made.splice(0)) forgetInstrument(instrument);
    },
  };
}

/** What is counted when a sample has been taken. */
export function sampleMetrics(): SampleListener & Disposable {
  const duration = histogram({ ...catalogue.collectDuration, scope: gpuScope });
  const failures = counter({ ...catalogue.collectFailures, scope: gpuScope });
  const xids = counter({ ...catalogue.xidErrors, scope: gpuScope });
  let last: ProviderSample["provider"] | undefined;
  return {
    onSample({ provider, seconds, readings, fault }) {
      last = provider;
      duration.record(seconds, { "gpu.provider": provider });
      if (fault !== undefined) failures.add(1, { "gpu.provider": provider, "error.type": fault.code });
      for (const { device, xids: seen = [] } of readings) {
        for (const xid of seen) xids.add(1, { "hw.id": device.id, "gpu.xid": String(xid) });
      }
    },
    onFailure(fault: GpuFault) {
      failures.add(1, { "gpu.provider": last, "error.type": fault.code });
    },
    [Symbol.dispose]: () => {
      for (const instrument of [duration, failures, xids]) forgetInstrument(instrument);
    },
  };
}

const STATES: readonly GpuState[] = ["ok", "degraded", "failed", "predicted_failure"];
const REASONS: readonly ThrottleReason[] = [
  "sw_power_cap",
  "hw_slowdown",
  "sw_thermal",
  "hw_thermal",
  "hw_power_brake",
  "sync_boost",
  "app_clocks",
  "idle",
];

function of({ id, name, model, vendor }: GpuDevice) {
  return { "hw.id": id, "hw.name": name, "hw.model": model, "hw.vendor": VENDOR_NAMES[vendor] };
}

function typedOf(device: GpuDevice) {
  return { ...of(device), "hw.type": "gpu" as const };
}

function sensorOf({ id }: GpuDevice, { location }: GpuTemperature) {
  return { "hw.id": `${id}:${location}`, "hw.parent": id, "hw.sensor_location": location };
}

type Value = (reading: GpuReading) => number | undefined;

function whole(value: Value) {
  return (observe: (value: number, attributes: ReturnType<typeof of>) => void, reading: GpuReading): void => {
    const read = value(reading);
    if (read !== undefined) observe(read, of(reading.device));
  };
}

function typed(value: Value) {
  return (observe: (value: number, attributes: ReturnType<typeof typedOf>) => void, reading: GpuReading): void => {
    const read = value(reading);
    if (read !== undefined) observe(read, typedOf(reading.device));
  };
}

type Directed = ReturnType<typeof of> & { readonly "network.io.direction": "receive" | "transmit" };

function directed(traffic: (reading: GpuReading) => Traffic | undefined) {
  return (observe: (value: number, attributes: Directed) => void, reading: GpuReading): void => {
    const { receive, transmit } = traffic(reading) ?? {};
    const device = of(reading.device);
    if (receive !== undefined) observe(receive, { ...device, "network.io.direction": "receive" });
    if (transmit !== undefined) observe(transmit, { ...device, "network.io.direction": "transmit" });
  };
}

function present<K extends string>(
  record: Readonly<Partial<Record<K, number | undefined>>>,
): readonly (readonly [K, number])[] {
  return Object.entries(record).filter(([, value]) => value !== undefined) as unknown as readonly (readonly [
    K,
    number,
  ])[];
}
