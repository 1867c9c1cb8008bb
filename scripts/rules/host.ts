import { catalogue as host } from "../../packages/runtime/src/catalogue.ts";
import type { RuleGroup } from "../alert.ts";
import { catalogue as scrape } from "../scrape-catalogue.ts";
import { selectors, stored } from "../series.ts";

const { series } = selectors();

const CPU_BUSY = "instance:system_cpu_busy:ratio_rate5m";
const ERRORS_NOW = "instance_component:telltale_component_errors:rate5m";
const ERRORS_USUAL = "instance_component:telltale_component_errors:rate1d";

const used = { "system.memory.state": "used" } as const;
const file = {
  "system.device": "sda1",
  "system.filesystem.mountpoint": "/var",
  "system.filesystem.type": "ext4",
} as const;
const fileLabels = { system_device: "sda1", system_filesystem_mountpoint: "/var", system_filesystem_type: "ext4" };
const battery = { "hw.id": "BAT0", "hw.name": "BAT0" } as const;
const draining = { "hw.id": "BAT0", "hw.battery.state": "discharging" } as const;
const check = { "telltale.check": "database" } as const;
const component = { "telltale.component": "ledger", "error.type": "timeout" } as const;

export const group: RuleGroup = {
  domain: "host",
  title: "Host and process",
  recordings: [
    {
      record: CPU_BUSY,
      expr: `1 - avg without (cpu_logical_number) (sum without (cpu_mode) (rate(${series(host.cpuTime, { "cpu.mode": "idle" })}[5m])))`,
      meaning: "Share of the CPU time of all cores that was not idle.",
    },
    {
      record: ERRORS_NOW,
      expr: `sum by (instance, telltale_component) (rate(${series(host.componentErrors)}[5m]))`,
      meaning: "Errors of a component a second, now.",
    },
    {
      record: ERRORS_USUAL,
      expr: `sum by (instance, telltale_component) (rate(${series(host.componentErrors)}[1d] offset 1h))`,
      meaning: "Errors of a component a second over a day, without the last hour.",
    },
  ],
  alerts: [
    {
      name: "ProcessUnresponsive",
      expr: `${series(scrape.up)} == 0`,
      for: "1m",
      severity: "critical",
      summary: "{{ $labels.instance }} has not answered for over 60 s",
      meaning:
        "The process is gone, hangs, or cannot be reached: nothing is known of it any more. On a server this is any target that it scrapes.",
      steps: [
        "Does it run? Its log ends with why it does not, and its exit code with which signal.",
        "Where it runs: a CPU profile, or its event loop's delay before it fell silent, tells what holds it.",
      ],
      fires: { samples: { [stored(scrape.up)]: "1 0x10" }, at: "3m", labels: { instance: "a" } },
      silent: { samples: { [stored(scrape.up)]: "1 0 0 1x10" }, at: "3m" },
    },
    {
      name: "HealthCheckFailing",
      expr: `${series(host.healthCheck, { "telltale.health.state": "unhealthy" })} == 1`,
      for: "1m",
      severity: "critical",
      summary: "Check {{ $labels.telltale_check }} of {{ $labels.instance }} is unhealthy",
      meaning: "A health check has failed for a minute. When it is a critical one, the process is not ready either.",
      steps: ["/healthz of the process says why: its check has the reason, and since when."],
      fires: {
        samples: { [stored(host.healthCheck, { ...check, "telltale.health.state": "unhealthy" })]: "0 1x6" },
        at: "3m",
        labels: { instance: "a", telltale_check: "database", telltale_health_state: "unhealthy" },
      },
      silent: {
        samples: {
          [stored(host.healthCheck, { ...check, "telltale.health.state": "unhealthy" })]: "0 1 0x6",
          [stored(host.healthCheck, { ...check, "telltale.health.state": "degraded" })]: "1x8",
        },
        at: "3m",
      },
    },
    {
      name: "HostCpuHigh",
      expr: `${CPU_BUSY} > 0.85`,
      for: "5m",
      severity: "warning",
      summary: "CPU above 85 % on {{ $labels.instance }}",
      meaning: "The host has little CPU time left: what comes now waits, and latency grows before throughput falls.",
      steps: [
        "See on the System overview which process and which mode (user, system, iowait) takes the time.",
        "Where it is this service: take a CPU profile, or add instances.",
        "Where steal is high, the neighbour on the machine takes it.",
      ],
      fires: { samples: idle("0+3x40"), at: "15m", labels: { instance: "a" } },
      silent: { samples: idle("0+6x40"), at: "15m" },
    },
    {
      name: "HostCpuCritical",
      expr: `${CPU_BUSY} > 0.95`,
      for: "5m",
      severity: "critical",
      summary: "CPU above 95 % on {{ $labels.instance }}",
      meaning: "The host has no CPU time left; health checks and telemetry are late as well.",
      steps: ["As for HostCpuHigh, but now: shed load or add capacity first, look for the cause second."],
      fires: { samples: idle("0+0.9x40"), at: "15m", labels: { instance: "a" } },
      silent: { samples: idle("0+3x40"), at: "15m" },
    },
    {
      name: "HostMemoryHigh",
      expr: `${series(host.memoryUtilization, used)} > 0.85`,
      for: "5m",
      severity: "warning",
      summary: "Memory above 85 % on {{ $labels.instance }}",
      meaning: "Less than 15 % of the memory is left to new work; the page cache is counted as free.",
      steps: [
        "See on the System overview whether the memory of this process grows steadily (a leak) or with the load.",
        "A heap snapshot of a process that grows tells what is kept.",
      ],
      fires: {
        samples: { [stored(host.memoryUtilization, used)]: "0.9x40" },
        at: "10m",
        labels: { instance: "a", system_memory_state: "used" },
      },
      silent: { samples: { [stored(host.memoryUtilization, used)]: "0.8x40" }, at: "10m" },
    },
    {
      name: "HostMemoryCritical",
      expr: `${series(host.memoryUtilization, used)} > 0.95`,
      for: "2m",
      severity: "critical",
      summary: "Memory above 95 % on {{ $labels.instance }}",
      meaning: "The kernel is about to end processes, the largest first.",
      steps: ["Restart what has grown, or give it more memory; then find out what kept it."],
      fires: {
        samples: { [stored(host.memoryUtilization, used)]: "0.97x20" },
        at: "5m",
        labels: { instance: "a", system_memory_state: "used" },
      },
      silent: { samples: { [stored(host.memoryUtilization, used)]: "0.9x20" }, at: "5m" },
    },
    {
      name: "LowMemory",
      expr: `${series(host.memoryAvailable)} / ${series(host.memoryLimit)} < 0.1`,
      for: "5m",
      severity: "warning",
      summary: "Less than 10 % of memory available on {{ $labels.instance }}",
      meaning: "What Linux could hand out without swapping is under a tenth of what this process may use.",
      steps: [
        "As for HostMemoryHigh. In a container compare with its limit, which may be lower than the machine's memory.",
      ],
      fires: { samples: memory("5e8x40"), at: "10m", labels: { instance: "a" } },
      silent: { samples: memory("2e9x40"), at: "10m" },
    },
    {
      name: "HostDiskHigh",
      expr: `${series(host.fileSystemUtilization)} > 0.85`,
      for: "10m",
      severity: "warning",
      summary: "{{ $labels.system_filesystem_mountpoint }} above 85 %",
      meaning: "The file system fills up.",
      steps: ["Rotate or remove logs and old data, or make it larger, before it is full."],
      fires: {
        samples: { [stored(host.fileSystemUtilization, file)]: "0.9x40" },
        at: "15m",
        labels: { instance: "a", ...fileLabels },
      },
      silent: { samples: { [stored(host.fileSystemUtilization, file)]: "0.8x40" }, at: "15m" },
    },
    {
      name: "HostDiskCritical",
      expr: `${series(host.fileSystemUtilization)} > 0.95`,
      for: "5m",
      severity: "critical",
      summary: "{{ $labels.system_filesystem_mountpoint }} above 95 %",
      meaning: "Writes are about to fail: databases stop, logs are lost.",
      steps: ["Free space now; the largest files of the mount are the first to look at."],
      fires: {
        samples: { [stored(host.fileSystemUtilization, file)]: "0.97x40" },
        at: "10m",
        labels: { instance: "a", ...fileLabels },
      },
      silent: { samples: { [stored(host.fileSystemUtilization, file)]: "0.9x40" }, at: "10m" },
    },
    {
      name: "FileDescriptorsNearLimit",
      expr: `${series(host.fileDescriptors)} / ${series(host.fileDescriptorLimit)} > 0.8`,
      for: "10m",
      severity: "warning",
      summary: "Over 80 % of file descriptors used on {{ $labels.instance }}",
      meaning: "At the limit, connections and files can no longer be opened (EMFILE).",
      steps: ["Look for sockets that are not closed; raise the limit (ulimit -n) if the load is real."],
      fires: { samples: descriptors("900x40"), at: "15m", labels: { instance: "a" } },
      silent: { samples: descriptors("700x40"), at: "15m" },
    },
    {
      name: "BatteryLow",
      expr: `${series(host.batteryCharge)} < 0.15 and on (instance, hw_id) ${series(host.batteryTimeLeft, { "hw.battery.state": "discharging" })}`,
      for: "2m",
      severity: "warning",
      summary: "Battery {{ $labels.hw_name }} below 15 % and discharging",
      meaning: "The machine runs from a battery that is nearly empty.",
      steps: ["Connect it to power, or shut it down in order."],
      fires: {
        samples: {
          [stored(host.batteryCharge, battery)]: "0.1x20",
          [stored(host.batteryTimeLeft, draining)]: "600x20",
        },
        at: "5m",
        labels: { instance: "a", hw_id: "BAT0", hw_name: "BAT0" },
      },
      // It is charged: there is no time until it is empty.
      silent: { samples: { [stored(host.batteryCharge, battery)]: "0.1x20" }, at: "5m" },
    },
    {
      name: "ErrorRateAboveBaseline",
      expr: `${ERRORS_NOW} > 3 * ${ERRORS_USUAL} and ${ERRORS_NOW} > 0.1`,
      for: "10m",
      severity: "warning",
      summary: "Errors of {{ $labels.telltale_component }} are three times their daily level",
      meaning: "A component fails much more often than it did over the last day, and more than once in ten seconds.",
      steps: ["The logs of the component, by error.type, tell which error it is; compare with the last deployment."],
      fires: {
        samples: { [stored(host.componentErrors, component)]: "0+4x765 3180+120x16" },
        interval: "2m",
        at: "26h",
        labels: { instance: "a", telltale_component: "ledger" },
      },
      // As many as always, however many these are.
      silent: {
        samples: { [stored(host.componentErrors, component)]: "0+120x782" },
        interval: "2m",
        at: "26h",
      },
    },
  ],
};

function idle(values: string): Record<string, string> {
  const of = (mode: "idle" | "user") => stored(host.cpuTime, { "cpu.mode": mode, "cpu.logical_number": 0 });
  return { [of("idle")]: values, [of("user")]: "0+25x40" };
}

function memory(available: string): Record<string, string> {
  return { [stored(host.memoryAvailable)]: available, [stored(host.memoryLimit)]: "8e9x40" };
}

function descriptors(open: string): Record<string, string> {
  return { [stored(host.fileDescriptors)]: open, [stored(host.fileDescriptorLimit)]: "1024x40" };
}
