/**
 * A worker that watches the GPUs of its machine: npm run example gpu-worker -- [seconds]
 * It runs anywhere. Without a GPU it says what it looked for and what would help.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type GpuReading, gpu } from "@telltale/gpu";
import { bootstrap } from "telltale";

const seconds = secondsFrom(process.argv[2] ?? "3");

const telemetry = bootstrap({
  service: { name: "gpu-worker" },
  tracing: false,
  logging: { sinks: [] },
  metrics: { prometheus: { port: 0 } },
  instrumentations: { gpu: { intervalMs: 1_000 } },
});

// A real worker gets these seconds from its runtime: from CUDA events, or the timestamp queries of WebGPU.
const multiply = gpu.kernel("matrix_mul", { device: 0 });

await gpu.collectAll();
const { state, message, hint, tried } = gpu.status();
for (const one of tried) {
  console.log(`${one.provider.padEnd(13)} ${one.ok ? `${one.devices} device(s)` : `${one.code}: ${one.message}`}`);
}
console.log(state === "running" ? `\nFound ${message}.\n` : `\nNo GPU: ${message}.\nWhat would help: ${hint}.\n`);

for (let second = 0; second < seconds && state === "running"; second++) {
  for (const reading of (await gpu.collectAll()).values()) console.log(line(reading));
  multiply.record(0.0031);
  await sleep(1_000);
}

const page = await (await fetch(telemetry.prometheusUrl ?? "")).text();
const series = page.split("\n").filter((text) => /^(hw|gpu)_/.test(text)).length;
console.log(`${series} series of GPUs on ${telemetry.prometheusUrl}`);
await telemetry.shutdown();

function secondsFrom(text: string): number {
  const number = Number(text);
  if (text.trim() !== "" && number >= 0) return number;
  console.error(`The seconds to watch are "${text}"; give a number, as in: npm run example gpu-worker -- 10`);
  process.exit(1);
}

function line(reading: GpuReading): string {
  const { device, state: health, utilization, memoryUsed, memoryTotal, temperatures, powerWatts } = reading;
  const parts = [
    device.name,
    health,
    utilization === undefined ? undefined : `${Math.round(utilization * 100)} % busy`,
    memoryUsed === undefined ? undefined : `${gibibytes(memoryUsed)} of ${gibibytes(memoryTotal ?? Number.NaN)} GiB`,
    temperatures?.[0] && `${temperatures[0].celsius} °C`,
    powerWatts === undefined ? undefined : `${powerWatts.toFixed(0)} W`,
  ];
  return parts.filter((part) => part !== undefined).join("  ");
}

function gibibytes(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(1);
}
