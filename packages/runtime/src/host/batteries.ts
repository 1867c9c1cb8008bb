import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { cleanText } from "./clean-text.ts";

export interface Battery {
  readonly id: string;
  readonly name: string;
  readonly model: string;
  readonly vendor: string;
  readonly chemistry: string;
  /** From 0 to 1. */
  readonly charge: number | undefined;
  /** Undefined when it is full, or does not say. */
  readonly state: "charging" | "discharging" | undefined;
  /** To empty, or to full while it is charged. */
  readonly secondsLeft: number | undefined;
}

/** How often batteries are looked for where there were none. */
const REDISCOVER_MS = 600_000;

/** Reads the batteries of this machine under /sys/class/power_supply; those of mice and keyboards are not its own. */
export function batteryReader(sys: string): () => Promise<readonly Battery[]> {
  let noneAtMs: number | undefined;
  return async () => {
    if (noneAtMs !== undefined && performance.now() - noneAtMs < REDISCOVER_MS) return [];
    const found = await readBatteries(sys);
    noneAtMs = found.length === 0 ? performance.now() : undefined;
    return found;
  };
}

async function readBatteries(sys: string): Promise<readonly Battery[]> {
  const folder = join(sys, "class/power_supply");
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    names.sort().map(async (name) => {
      const uevent = await readFile(join(folder, name, "uevent")).catch(() => undefined);
      return uevent === undefined ? undefined : parseBattery(name, uevent);
    }),
  );
  return found.filter((battery) => battery !== undefined);
}

/** A battery by its `uevent` file; undefined for a mains adapter, and for the battery of a peripheral. */
export function parseBattery(id: string, uevent: Uint8Array): Battery | undefined {
  const fields = new Map<string, string>();
  for (const line of splitLines(uevent)) {
    const text = cleanText(line);
    const equals = text.indexOf("=");
    if (equals !== -1) fields.set(text.slice(0, equals).replace(/^POWER_SUPPLY_/, ""), text.slice(equals + 1).trim());
  }
  if (fields.get("TYPE") !== "Battery" || fields.get("SCOPE") === "Device") return undefined;
  // A place for one, whose charge would be 0.
  if (fields.get("PRESENT") === "0") return undefined;
  const number = (...keys: readonly string[]): number | undefined => {
    for (const key of keys) {
      const value = Number(fields.get(key) || Number.NaN);
      if (Number.isFinite(value)) return Math.abs(value);
    }
    return undefined;
  };
  // In energy, microwatt hours, or in charge, microampere hours: both halves of a battery's numbers are of one kind.
  const [now, full, rate] = [
    number("ENERGY_NOW", "CHARGE_NOW"),
    number("ENERGY_FULL", "CHARGE_FULL"),
    number(fields.has("ENERGY_NOW") ? "POWER_NOW" : "CURRENT_NOW"),
  ];
  const percent = number("CAPACITY");
  const state = stateOf(fields.get("STATUS"));
  return {
    id,
    name: id,
    model: fields.get("MODEL_NAME") ?? "",
    vendor: fields.get("MANUFACTURER") ?? "",
    chemistry: fields.get("TECHNOLOGY") ?? "",
    charge: now !== undefined && full ? Math.min(1, now / full) : percent === undefined ? undefined : percent / 100,
    state,
    secondsLeft: secondsLeft({ now, full, rate, state }),
  };
}

function stateOf(status: string | undefined): Battery["state"] {
  if (status === "Charging") return "charging";
  return status === "Discharging" ? "discharging" : undefined;
}

function secondsLeft({
  now,
  full,
  rate,
  state,
}: {
  readonly now: number | undefined;
  readonly full: number | undefined;
  readonly rate: number | undefined;
  readonly state: Battery["state"];
}): number | undefined {
  if (now === undefined || rate === undefined || rate === 0 || state === undefined) return undefined;
  if (state === "discharging") return (now / rate) * 3_600;
  return full === undefined ? undefined : (Math.max(0, full - now) / rate) * 3_600;
}

function splitLines(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  let start = 0;
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return [...lines, bytes.subarray(start)];
}
