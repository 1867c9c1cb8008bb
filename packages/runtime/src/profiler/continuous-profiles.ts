import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { context, diag, ROOT_CONTEXT } from "@opentelemetry/api";
import { replaceFile } from "../replace-file.ts";
import { captureCpuProfile, MAX_FREQUENCY_HZ } from "./capture.ts";

export interface ContinuousProfilesOptions {
  /** Where `cpu-2026-11-22T09-30-00-000Z-4711.pprof`, with the id of the process, and the others go. */
  readonly folder: string;
  /** How often a profile is begun. @default 60000 */
  readonly intervalMs?: number;
  /** How long each of them is. @default 10 */
  readonly seconds?: number;
  /** How often a stack is taken. @default 100 */
  readonly frequencyHz?: number;
  /** How many files are kept, of all processes that have this folder. @default 60 */
  readonly keep?: number;
}

const AN_HOUR_MS = 3_600_000;
const FILE = /^cpu-[\dTZ-]+\.pprof$/;

/**
 * Takes a short CPU profile again and again, and keeps the latest in a folder, until it is disposed of. It keeps no process alive.
 * @throws TypeError with code TELLTALE_BAD_INTERVAL when a profile would not be done before the next, or
 * TELLTALE_BAD_CAPTURE
 */
export function continuousProfiles({
  folder,
  intervalMs = 60_000,
  seconds = 10,
  frequencyHz = 100,
  keep = 60,
}: ContinuousProfilesOptions): Disposable {
  if (!(seconds > 0 && intervalMs > seconds * 1_000 && intervalMs < 2 ** 31)) {
    const message = `intervalMs of the profiles is ${intervalMs} and each takes ${seconds} s; give an interval that is longer, such as 60000, and below ${2 ** 31}`;
    throw Object.assign(new TypeError(message), { code: "TELLTALE_BAD_INTERVAL" });
  }
  for (const [option, value, most] of [
    ["frequencyHz", frequencyHz, MAX_FREQUENCY_HZ],
    ["keep", keep, Number.POSITIVE_INFINITY],
  ] as const) {
    if (value > 0 && value <= most) continue;
    const message = `${option} of the profiles is ${String(value)}; give a number above 0, at most ${most}`;
    throw Object.assign(new TypeError(message), { code: "TELLTALE_BAD_CAPTURE" });
  }
  const ending = new AbortController();
  let isFailing = false;
  async function take(): Promise<void> {
    const begun = timeText(Date.now());
    const bytes = await captureCpuProfile({ seconds, frequencyHz, signal: ending.signal, keepAlive: false });
    if (ending.signal.aborted) return;
    await mkdir(folder, { recursive: true });
    await replaceFile(join(folder, `cpu-${begun}-${process.pid}.pprof`), bytes);
    const all = (await readdir(folder)).filter((name) => FILE.test(name)).sort();
    // Those of hours to come are of a clock that has been put right since, and go first.
    const soon = `cpu-${timeText(Date.now() + AN_HOUR_MS)}`;
    const names = [...all.filter((name) => name > soon), ...all.filter((name) => name <= soon)];
    // Another process may have removed it.
    for (const name of names.slice(0, Math.max(0, names.length - keep))) await rm(join(folder, name), { force: true });
    isFailing = false;
  }
  function tick(): void {
    take().catch((error: unknown) => {
      // Somebody has asked for a profile meanwhile: the next one will do.
      if ((error as { code?: unknown }).code === "TELLTALE_PROFILER_BUSY") return;
      if (!isFailing) diag.warn(`telltale: no profile can be kept in ${folder}`, error);
      isFailing = true;
    });
  }
  // Of no request, whose trace the profiles would else all name.
  const timer = context.with(ROOT_CONTEXT, () => setInterval(tick, intervalMs).unref());
  return {
    [Symbol.dispose]: () => {
      clearInterval(timer);
      ending.abort();
    },
  };
}

function timeText(atMs: number): string {
  return new Date(atMs).toISOString().replace(/[:.]/g, "-");
}
