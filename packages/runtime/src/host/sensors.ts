import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { cleanText } from "./clean-text.ts";

export interface Temperature {
  readonly id: string;
  readonly name: string;
  readonly location: string;
  readonly celsius: number;
}

/** Drivers of GPUs: their sensors belong to @telltale/gpu. */
const GPU_DRIVERS = new Set(["amdgpu", "nouveau", "radeon", "i915", "xe", "nvidia"]);

/** How often sensors are looked for anew: modules are loaded and disks are plugged in while a process runs. */
const REDISCOVER_MS = 600_000;

interface Sensor {
  readonly path: string;
  readonly id: string;
  readonly name: string;
  readonly location: string;
}

/** Reads the sensors under /sys/class/hwmon, or the thermal zones where there are none. Off the main thread: a chip may be slow. */
export function temperatureReader(sys: string): () => Promise<readonly Temperature[]> {
  let sensors: Promise<readonly Sensor[]> | undefined;
  let foundAtMs = 0;
  return async () => {
    if (sensors === undefined || performance.now() - foundAtMs > REDISCOVER_MS) {
      sensors = findSensors(sys);
      foundAtMs = performance.now();
    }
    const readings = await Promise.all((await sensors).map(read));
    return readings.flatMap((reading) => reading ?? []);
  };
}

async function read({ path, id, name, location }: Sensor): Promise<Temperature | undefined> {
  const text = await textOf(path);
  const celsius = Number(text || Number.NaN) / 1_000;
  return Number.isFinite(celsius) ? { id, name, location, celsius } : undefined;
}

async function findSensors(sys: string): Promise<readonly Sensor[]> {
  const chips = await entriesOf(join(sys, "class/hwmon"));
  const sensors = (await Promise.all(chips.map(sensorsOfChip))).flat();
  if (sensors.length > 0) return sensors;
  const zones = (await entriesOf(join(sys, "class/thermal"))).filter((path) => /thermal_zone\d+$/.test(path));
  return Promise.all(
    zones.map(async (path) => {
      const name = (await textOf(join(path, "type"))) ?? basename(path);
      return { path: join(path, "temp"), id: basename(path), name, location: name };
    }),
  );
}

async function sensorsOfChip(chip: string): Promise<readonly Sensor[]> {
  const name = (await textOf(join(chip, "name"))) ?? basename(chip);
  if (GPU_DRIVERS.has(name)) return [];
  const inputs = (await entriesOf(chip)).filter((path) => /^temp\d+_input$/.test(basename(path)));
  return Promise.all(
    inputs.map(async (path) => {
      const sensor = basename(path).replace("_input", "");
      const location = (await textOf(path.replace("_input", "_label"))) ?? sensor;
      return { path, id: `${basename(chip)}/${sensor}`, name, location };
    }),
  );
}

async function entriesOf(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.sort().map((name) => join(folder, name));
}

async function textOf(path: string): Promise<string | undefined> {
  const text = await readFile(path).catch(() => undefined);
  return text === undefined ? undefined : cleanText(text);
}
