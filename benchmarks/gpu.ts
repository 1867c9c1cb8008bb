/**
 * npm run bench:gpu: what sampling eight devices each second costs the application's thread. The devices are those of the library
 * that stands in for NVIDIA's in the tests, and of a folder that looks like sysfs. One process for each case, in turns.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { GpuOptions } from "../packages/gpu/src/index.ts";
import { noCompiler, nvmlStandIn } from "../packages/gpu/src/stand-in/nvml-stand-in.ts";
import { median, table, writeSection } from "./report.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "20" },
    /** One short round, and nothing is written. */
    quick: { type: "boolean" },
  },
});
const rounds = values.quick ? 1 : Number(values.rounds);
const seconds = values.quick ? "0.5" : values.seconds;

/** A thousandth of a core. */
const GOAL_MS_A_SECOND = 1;

interface Measured {
  readonly threadMs: number;
  readonly processMs: number;
  readonly collectMs: number;
}

const folder = mkdtempSync(join(tmpdir(), "telltale-bench-gpu-"));
try {
  if (noCompiler === undefined) {
    using standIn = nvmlStandIn();
    standIn.set({ count: 8 });
    run({ providers: ["nvml"], nvmlLibrary: standIn.library, sysfs: "/nowhere" });
  } else {
    process.stderr.write(`NVML is left out: ${noCompiler}\n`);
    run(undefined);
  }
} finally {
  rmSync(folder, { recursive: true });
}

function run(nvml: GpuOptions | undefined): void {
  const amd: GpuOptions = { providers: ["amdgpu-sysfs"], sysfs: sysfs(8) };
  const cases: Readonly<Record<string, readonly [name: string, options: GpuOptions]>> = {
    "nothing but a timer": ["nothing", {}],
    ...(nvml && {
      "NVML, in a process": ["gpu", { ...nvml, isolation: "process" }],
      "NVML, in a worker": ["gpu", { ...nvml, isolation: "worker" }],
    }),
    "amdgpu, in a process": ["gpu", { ...amd, isolation: "process" }],
    "systeminformation, `graphics()`": ["systeminformation", {}],
  };
  const measured = new Map(Object.keys(cases).map((title) => [title, [] as Measured[]]));
  for (let round = 0; round < rounds; round++) {
    for (const [title, [name, options]] of Object.entries(cases)) measured.get(title)!.push(measure(name, options));
  }
  report(measured);
}

function measure(name: string, options: GpuOptions): Measured {
  const script = join(import.meta.dirname, "gpu", "measure.ts");
  const args = ["--conditions=telltale-source", script, name, seconds, JSON.stringify(options)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as Measured;
}

function report(measured: ReadonlyMap<string, readonly Measured[]>): void {
  const of = (title: string, key: keyof Measured): number => median(measured.get(title)!.map((one) => one[key]));
  const idle = of("nothing but a timer", "threadMs");
  const rows = Array.from(measured.keys(), (title) => {
    const added = of(title, "threadMs") - idle;
    const series = /NVML|amdgpu/.test(title) ? of(title, "collectMs").toFixed(2) : "";
    return [title, of(title, "threadMs").toFixed(2), `${(added / 10).toFixed(3)} %`, series];
  });
  const text = table([
    ["sampled by", "main thread, ms of CPU a second", "added, of a core", "collection of the metrics, ms"],
    ...rows,
  ]);
  process.stdout.write(`${text}\n`);
  if (values.quick) return;
  writeSection(
    "gpu",
    "GPUs: `npm run bench:gpu`",
    `CPU time of the application's thread while eight devices are sampled each second, medians of ${rounds} rounds of ${seconds} s in
turns. The devices are a library that stands in for NVIDIA's and a folder that looks like sysfs; \`graphics()\` finds no device at
all. Goal: at most ${GOAL_MS_A_SECOND} ms a second, a thousandth of a core.

${text}`,
  );
}

/** Eight cards with the files of an RX 7900. */
function sysfs(count: number): string {
  const files = {
    vendor: "0x1002",
    device: "0x744c",
    gpu_busy_percent: 42,
    mem_busy_percent: 7,
    mem_info_vram_used: 2_147_483_648,
    mem_info_vram_total: 25_753_026_560,
    current_link_speed: "16.0 GT/s PCIe",
    current_link_width: 16,
    "hwmon/hwmon4/name": "amdgpu",
    "hwmon/hwmon4/temp1_input": 54_000,
    "hwmon/hwmon4/temp1_label": "edge",
    "hwmon/hwmon4/temp2_input": 66_000,
    "hwmon/hwmon4/temp2_label": "junction",
    "hwmon/hwmon4/power1_average": 95_000_000,
    "hwmon/hwmon4/power1_cap": 339_000_000,
    "hwmon/hwmon4/pwm1": 51,
    "hwmon/hwmon4/pwm1_max": 255,
    "hwmon/hwmon4/freq1_input": 2_304_000_000,
    "hwmon/hwmon4/freq1_label": "sclk",
  };
  for (let i = 0; i < count; i++) {
    const device = join(folder, "class/drm", `card${i}`, "device");
    mkdirSync(join(device, "hwmon/hwmon4"), { recursive: true });
    writeFileSync(join(device, "uevent"), `PCI_SLOT_NAME=0000:0${i}:00.0\n`);
    for (const [path, value] of Object.entries(files)) writeFileSync(join(device, path), `${value}\n`);
  }
  return folder;
}
