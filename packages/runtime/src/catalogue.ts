import { bounded, type Catalogue, open } from "@telltale/metrics";

/**
 * Every metric of this package; the table in README.md is made from it. The names are OpenTelemetry's semantic conventions
 * for `process`, `nodejs`, `v8js`, `system` and `hw`; what these lack is under `telltale`.
 */
export const catalogue = {
  eventLoopDelayMin: eventLoopDelay("min", "Least delay of the event loop in the last interval."),
  eventLoopDelayMax: eventLoopDelay("max", "Greatest delay of the event loop in the last interval."),
  eventLoopDelayMean: eventLoopDelay("mean", "Mean delay of the event loop in the last interval."),
  eventLoopDelayStddev: eventLoopDelay("stddev", "Standard deviation of the event loop's delay in the last interval."),
  eventLoopDelayP50: eventLoopDelay("p50", "Delay of the event loop that half of the last interval's did not exceed."),
  eventLoopDelayP90: eventLoopDelay("p90", "Delay of the event loop that 90 % of the last interval's did not exceed."),
  eventLoopDelayP99: eventLoopDelay("p99", "Delay of the event loop that 99 % of the last interval's did not exceed."),
  eventLoopUtilization: {
    kind: "gauge",
    name: "nodejs.eventloop.utilization",
    unit: "1",
    description: "Share of the last interval in which the event loop was busy.",
  },
  eventLoopTime: {
    kind: "counter",
    name: "nodejs.eventloop.time",
    unit: "s",
    description: "Time that the event loop has been in each state.",
    attributes: { "nodejs.eventloop.state": ["active", "idle"] },
  },
  garbageCollection: {
    kind: "histogram",
    name: "v8js.gc.duration",
    unit: "s",
    description: "Duration of a garbage collection.",
    attributes: { "v8js.gc.type": ["major", "minor", "incremental", "weakcb"] },
    boundaries: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 10],
  },
  heapUsed: heapSpace("v8js.memory.heap.used", "Heap in use."),
  heapSize: heapSpace("v8js.memory.heap.space.size", "Heap that is reserved for a space."),
  heapAvailable: heapSpace("v8js.memory.heap.space.available_size", "Heap that a space can still hand out."),
  heapPhysical: heapSpace("v8js.memory.heap.space.physical_size", "Heap of a space that memory stands behind."),
  heapLimit: {
    kind: "upDownCounter",
    name: "telltale.heap.limit",
    unit: "By",
    description: "Size at which the heap is full and the process ends.",
  },
  activeResources: {
    kind: "upDownCounter",
    name: "v8js.resource.active",
    unit: "{resource}",
    description: "Handles and requests that keep the event loop alive.",
    attributes: { "v8js.resource.type": bounded(50) },
  },
  processCpuTime: {
    kind: "counter",
    name: "process.cpu.time",
    unit: "s",
    description: "CPU time of this process.",
    attributes: { "cpu.mode": ["user", "system"] },
  },
  processCpuUtilization: {
    kind: "gauge",
    name: "process.cpu.utilization",
    unit: "1",
    description: "CPU time of this process in the last interval, as a share of the CPUs that it may use.",
    attributes: { "cpu.mode": ["user", "system"] },
  },
  processMemory: {
    kind: "upDownCounter",
    name: "process.memory.usage",
    unit: "By",
    description: "Resident memory of this process.",
  },
  fileDescriptors: {
    kind: "upDownCounter",
    name: "process.unix.file_descriptor.count",
    unit: "{file_descriptor}",
    description: "Open file descriptors of this process.",
  },
  fileDescriptorLimit: {
    kind: "upDownCounter",
    name: "telltale.file_descriptor.limit",
    unit: "{file_descriptor}",
    description: "How many file descriptors this process may open: its soft limit.",
  },
  uptime: { kind: "gauge", name: "process.uptime", unit: "s", description: "Age of this process." },
  cpuTime: {
    kind: "counter",
    name: "system.cpu.time",
    unit: "s",
    description: "CPU time of each core in each mode.",
    attributes: { "cpu.mode": cpuModes(), "cpu.logical_number": open<number>() },
  },
  cpuUtilization: {
    kind: "gauge",
    name: "system.cpu.utilization",
    unit: "1",
    description: "Share of the last interval that each core was in each mode.",
    attributes: { "cpu.mode": cpuModes(), "cpu.logical_number": open<number>() },
  },
  cpuLimit: {
    kind: "gauge",
    name: "telltale.host.cpu.limit",
    unit: "{cpu}",
    description:
      "CPUs that may be used: the cores on which the process may run, or the cgroup's quota where that is lower.",
  },
  load: {
    kind: "gauge",
    name: "telltale.host.load",
    unit: "{thread}",
    description: "Threads that ran or waited for a CPU, averaged over one, five and fifteen minutes.",
    attributes: { "telltale.window": ["1m", "5m", "15m"] },
  },
  memoryUsage: {
    kind: "upDownCounter",
    name: "system.memory.usage",
    unit: "By",
    description: "Memory in each state; used is what is not available to new work.",
    attributes: { "system.memory.state": ["used", "free"] },
  },
  memoryLimit: {
    kind: "upDownCounter",
    name: "system.memory.limit",
    unit: "By",
    description: "Memory that there is: the cgroup's limit where it is lower than the machine's memory.",
  },
  memoryUtilization: {
    kind: "gauge",
    name: "system.memory.utilization",
    unit: "1",
    description: "Share of the memory in each state.",
    attributes: { "system.memory.state": ["used", "free"] },
  },
  memoryAvailable: {
    kind: "upDownCounter",
    name: "system.memory.linux.available",
    unit: "By",
    description: "The machine's memory that new work can have without swapping: MemAvailable of Linux.",
  },
  fileSystemUsage: {
    kind: "upDownCounter",
    name: "system.filesystem.usage",
    unit: "By",
    description: "Space of a file system in each state.",
    attributes: { ...fileSystem(), "system.filesystem.state": ["used", "free", "reserved"] },
  },
  fileSystemUtilization: {
    kind: "gauge",
    name: "system.filesystem.utilization",
    unit: "1",
    description: "Used space as a share of used and free space.",
    attributes: fileSystem(),
  },
  fileSystemLimit: {
    kind: "upDownCounter",
    name: "system.filesystem.limit",
    unit: "By",
    description: "Size of a file system.",
    attributes: fileSystem(),
  },
  diskIo: {
    kind: "counter",
    name: "system.disk.io",
    unit: "By",
    description: "Bytes read from and written to a disk.",
    attributes: { "system.device": bounded(100), "disk.io.direction": ["read", "write"] },
  },
  diskOperations: {
    kind: "counter",
    name: "system.disk.operations",
    unit: "{operation}",
    description: "Operations of a disk.",
    attributes: { "system.device": bounded(100), "disk.io.direction": ["read", "write"] },
  },
  networkIo: {
    kind: "counter",
    name: "system.network.io",
    unit: "By",
    description: "Bytes received and transmitted by a network interface.",
    attributes: { "network.interface.name": bounded(100), "network.io.direction": ["receive", "transmit"] },
  },
  networkPackets: {
    kind: "counter",
    name: "system.network.packet.count",
    unit: "{packet}",
    description: "Packets received and transmitted by a network interface.",
    attributes: { "system.device": bounded(100), "network.io.direction": ["receive", "transmit"] },
  },
  networkErrors: {
    kind: "counter",
    name: "system.network.errors",
    unit: "{error}",
    description: "Errors of a network interface.",
    attributes: { "network.interface.name": bounded(100), "network.io.direction": ["receive", "transmit"] },
  },
  temperature: {
    kind: "gauge",
    name: "hw.temperature",
    unit: "Cel",
    description: "Temperature that a sensor reads.",
    attributes: { "hw.id": bounded(100), "hw.name": bounded(100), "hw.sensor_location": bounded(100) },
  },
  batteryCharge: {
    kind: "gauge",
    name: "hw.battery.charge",
    unit: "1",
    description: "Share of a battery's capacity that is charged.",
    attributes: {
      "hw.id": bounded(20),
      "hw.name": bounded(20),
      "hw.model": bounded(20),
      "hw.vendor": bounded(20),
      "hw.battery.chemistry": bounded(20),
    },
  },
  batteryTimeLeft: {
    kind: "gauge",
    name: "hw.battery.time_left",
    unit: "s",
    description: "Time until a battery is empty, or full while it is charged.",
    attributes: { "hw.id": bounded(20), "hw.battery.state": ["charging", "discharging"] },
  },
  sampleDuration: {
    kind: "histogram",
    name: "telltale.host.sample.duration",
    unit: "s",
    description: "How long the main thread was busy with one sample of the host.",
    boundaries: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.1],
  },
  hostHealth: {
    kind: "upDownCounter",
    name: "telltale.host.health",
    unit: "1",
    description: "1 for the state that a resource is in by its thresholds, 0 for the others.",
    attributes: {
      "telltale.check": ["cpu", "memory", "disk", "battery", "event_loop", "fd"],
      "telltale.health.state": healthStates(),
    },
  },
  healthCheck: {
    kind: "upDownCounter",
    name: "telltale.health.check",
    unit: "1",
    description: "1 for the state that a health check is in, 0 for the others.",
    attributes: { "telltale.check": bounded(100), "telltale.health.state": healthStates() },
  },
  healthCheckDuration: {
    kind: "histogram",
    name: "telltale.health.check.duration",
    unit: "s",
    description: "How long a health check took to answer.",
    attributes: { "telltale.check": bounded(100) },
    boundaries: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
  ready: {
    kind: "upDownCounter",
    name: "telltale.health.ready",
    unit: "1",
    description: "1 while this process says that it is ready for work.",
  },
  componentErrors: {
    kind: "counter",
    name: "telltale.component.errors",
    unit: "{error}",
    description: "Errors by the component in which they happened.",
    attributes: { "telltale.component": bounded(100), "error.type": bounded(100) },
  },
  scopeDuration: {
    kind: "histogram",
    name: "telltale.profile.scope.duration",
    unit: "s",
    description: "How long a profiled section of code took.",
    attributes: { "telltale.scope": bounded(200) },
    boundaries: [0.000001, 0.00001, 0.0001, 0.001, 0.01, 0.1, 1, 10],
  },
} as const satisfies Catalogue;

function eventLoopDelay<N extends string>(statistic: N, description: string) {
  const name: `nodejs.eventloop.delay.${N}` = `nodejs.eventloop.delay.${statistic}`;
  return { kind: "gauge", name, unit: "s", description } as const;
}

function heapSpace<N extends string>(name: N, description: string) {
  const attributes = { "v8js.heap.space.name": open() };
  return { kind: "upDownCounter", name, unit: "By", description, attributes } as const;
}

function cpuModes() {
  return ["user", "nice", "system", "idle", "iowait", "interrupt", "steal"] as const;
}

function fileSystem() {
  return {
    "system.device": bounded(100),
    "system.filesystem.mountpoint": bounded(100),
    "system.filesystem.type": bounded(50),
  } as const;
}

function healthStates() {
  return ["healthy", "degraded", "unhealthy"] as const;
}
