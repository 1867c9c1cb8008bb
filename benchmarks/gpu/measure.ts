/**
 * One case of bench:gpu in a process of its own: samples eight devices each second for so many seconds, and writes the CPU time of
 * the main thread, and of the whole process, in milliseconds a second.
 */
import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { instrumentProducer } from "@telltale/metrics";
import { type GpuOptions, startGpu } from "../../packages/gpu/src/index.ts";

const [name = "", seconds = "10", options = "{}"] = process.argv.slice(2);
const stop = await start(name, JSON.parse(options) as GpuOptions);
// Past what is done once: the helper's start, the first look for devices, the compilation of what is run often.
await sleep(Math.min(3, Number(seconds)) * 1_000);
const before = { thread: process.threadCpuUsage(), process: process.cpuUsage() };
await sleep(Number(seconds) * 1_000);
const after = { thread: process.threadCpuUsage(before.thread), process: process.cpuUsage(before.process) };
const perSecond = ({ user, system }: { readonly user: number; readonly system: number }): number =>
  (user + system) / 1e3 / Number(seconds);
const collectMs = await collection();
process.stdout.write(
  JSON.stringify({ threadMs: perSecond(after.thread), processMs: perSecond(after.process), collectMs }),
);
stop();

async function start(of: string, given: GpuOptions): Promise<() => void> {
  if (of === "nothing") {
    const timer = setInterval(() => {}, 1_000);
    return () => clearInterval(timer);
  }
  if (of === "systeminformation") {
    const { graphics } = createRequire(import.meta.url)("systeminformation") as { graphics(): Promise<unknown> };
    const timer = setInterval(() => void graphics(), 1_000);
    return () => clearInterval(timer);
  }
  const gpu = startGpu({ intervalMs: 1_000, ...given });
  const devices = await gpu.collectAll();
  if (devices.size !== 8) throw new Error(`${devices.size} devices instead of 8: ${gpu.status().message}`);
  return () => void gpu.stop();
}

/** What a reader's collection of all these series takes, as the least of some. */
async function collection(): Promise<number> {
  const producer = instrumentProducer();
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 50; i++) {
    const startMs = performance.now();
    await producer.collect();
    least = Math.min(least, performance.now() - startMs);
  }
  return least;
}
