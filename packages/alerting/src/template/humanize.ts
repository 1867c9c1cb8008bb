/** Numbers for people, as Prometheus' template functions write them. */

import { formatFloat } from "../go-template/format-float.ts";

const large = ["k", "M", "G", "T", "P", "E", "Z", "Y"];
const binary = ["ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"];
const small = ["m", "u", "n", "p", "f", "a", "z", "y"];

/** `1234567` as `1.235M`, `0.0012` as `1.2m`. */
export function humanize(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return fourDigits(value);
  return Math.abs(value) >= 1 ? scaled(value, large, 1000) : enlarged(value);
}

/** `2048` as `2ki`. */
export function humanize1024(value: number): string {
  if (Math.abs(value) <= 1 || !Number.isFinite(value)) return fourDigits(value);
  return scaled(value, binary, 1024);
}

/** `0.25` as `25%`. */
export function humanizePercentage(value: number): string {
  return `${fourDigits(value * 100)}%`;
}

/** Seconds: `93784` as `1d 2h 3m 4s`, `0.0012` as `1.2ms`. */
export function humanizeDuration(value: number): string {
  if (!Number.isFinite(value)) return fourDigits(value);
  if (value === 0) return "0s";
  if (Math.abs(value) < 1) return `${enlarged(value)}s`;
  const sign = value < 0 ? "-" : "";
  const duration = Math.trunc(Math.abs(value));
  const [seconds, minutes] = [duration % 60, Math.trunc(duration / 60) % 60];
  const [hours, days] = [Math.trunc(duration / 3600) % 24, Math.trunc(duration / 86_400)];
  if (days !== 0) return `${sign}${days}d ${hours}h ${minutes}m ${seconds}s`;
  if (hours !== 0) return `${sign}${hours}h ${minutes}m ${seconds}s`;
  if (minutes !== 0) return `${sign}${minutes}m ${seconds}s`;
  return `${sign}${fourDigits(Math.abs(value))}s`;
}

/** `%.4g`. */
export function fourDigits(value: number): string {
  return formatFloat(value, "g", 4);
}

function scaled(value: number, prefixes: readonly string[], factor: number): string {
  let rest = value;
  let prefix = "";
  for (const next of prefixes) {
    if (Math.abs(rest) < factor) break;
    prefix = next;
    rest /= factor;
  }
  return fourDigits(rest) + prefix;
}

function enlarged(value: number): string {
  let rest = value;
  let prefix = "";
  for (const next of small) {
    if (Math.abs(rest) >= 1) break;
    prefix = next;
    rest *= 1000;
  }
  return fourDigits(rest) + prefix;
}
