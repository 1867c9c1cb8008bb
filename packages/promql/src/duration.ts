/** Durations as Prometheus writes them: `1h30m`, `250ms`. Numbers of milliseconds here. */

const unitMs = { y: 31_536_000_000, w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;

const units = Object.keys(unitMs) as (keyof typeof unitMs)[];

/** The longest duration, that of Go's time.Duration, in milliseconds. */
export const MAX_DURATION_MS: number = 2 ** 63 / 1e6;

/** A duration without sign, units from large to small; `0` needs none. The result is in milliseconds. @throws Error */
export function parseDuration(text: string): number {
  if (text === "0") return 0;
  if (text === "") throw new Error("empty duration string");
  const invalid = () => new Error(`not a valid duration string: ${JSON.stringify(text)}`);
  let rest = text;
  let durationMs = 0;
  let lastUnit = -1;
  while (rest !== "") {
    const part = /^(\d+)(\D+)/.exec(rest);
    if (part === null) throw invalid();
    const unit = units.indexOf(part[2] as keyof typeof unitMs);
    if (unit === -1) throw new Error(`unknown unit ${JSON.stringify(part[2])} in duration ${JSON.stringify(text)}`);
    if (unit <= lastUnit) throw invalid();
    lastUnit = unit;
    durationMs += Number(part[1]) * unitMs[units[unit]!];
    if (durationMs >= MAX_DURATION_MS) throw new Error("duration out of range");
    rest = rest.slice(part[0].length);
  }
  return durationMs;
}

/** `5400000` as `1h30m`; years and weeks only where nothing remains. */
export function formatDuration(durationMs: number): string {
  let rest = Math.trunc(Math.abs(durationMs));
  if (rest === 0) return "0s";
  let text = durationMs < 0 ? "-" : "";
  for (const unit of units) {
    const exact = unit === "y" || unit === "w";
    if (exact && rest % unitMs[unit] !== 0) continue;
    const count = Math.floor(rest / unitMs[unit]);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * unitMs[unit];
  }
  return text;
}
