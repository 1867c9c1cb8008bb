/** Places of the time zone database, as Go's time.Location knows them. */
export interface TimeZone {
  /** How far its clocks are ahead of UTC. */
  offsetMs(timeMs: number): number;
  /** Its short name: `CET`, or `+03` where it has none. */
  shortName(timeMs: number): string;
}

export const utc: TimeZone = { offsetMs: () => 0, shortName: () => "UTC" };

/** Each language knows the short names of its own places only. */
const LANGUAGES = ["en-US", "en-GB", "en-IN", "en-AU", "en-NZ", "en-ZA", "en-HK", "ja"];

/** @throws Error in Go's words when there is no such place */
export function timeZone(name: string): TimeZone {
  if (name === "" || name === "UTC") return utc;
  // Intl takes offsets too, which are no places.
  if (/^[+-]/.test(name)) throw unknown(name);
  try {
    const clock = clockOf(name === "Local" ? Intl.DateTimeFormat().resolvedOptions().timeZone : name);
    return { offsetMs: clock.offsetMs, shortName: (timeMs) => clock.names(timeMs) ?? numeric(clock.offsetMs(timeMs)) };
  } catch {
    throw unknown(name);
  }
}

const fields = {
  ...({ era: "short", year: "numeric", month: "numeric", day: "numeric" } as const),
  ...({ hour: "numeric", minute: "numeric", second: "numeric" } as const),
};

function clockOf(timeZone: string) {
  const wall = new Intl.DateTimeFormat("en-US", { ...fields, hourCycle: "h23", timeZone });
  const named = LANGUAGES.map((language) => new Intl.DateTimeFormat(language, { timeZone, timeZoneName: "short" }));
  return {
    offsetMs(timeMs: number): number {
      const parts = new Map(wall.formatToParts(timeMs).map(({ type, value }) => [type, value]));
      const number = (type: keyof typeof fields) => Number(parts.get(type));
      const year = parts.get("era") === "AD" ? number("year") : 1 - number("year");
      // Date.UTC() takes the year 1 for 1901.
      const shown = new Date(0);
      shown.setUTCFullYear(year, number("month") - 1, number("day"));
      return shown.setUTCHours(number("hour"), number("minute"), number("second")) - Math.floor(timeMs / 1000) * 1000;
    },
    names(timeMs: number): string | undefined {
      for (const format of named) {
        const name = format.formatToParts(timeMs).find(({ type }) => type === "timeZoneName")?.value ?? "";
        if (/^[A-Z]+$/.test(name)) return name;
      }
      return undefined;
    },
  };
}

function numeric(offsetMs: number): string {
  // Before there were zones, each place had the time of its own sun.
  if (offsetMs % 60_000 !== 0) return "LMT";
  const minutes = Math.abs(offsetMs) / 60_000;
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  const rest = minutes % 60;
  return `${offsetMs < 0 ? "-" : "+"}${two(minutes / 60)}${rest === 0 ? "" : two(rest)}`;
}

function unknown(name: string): Error {
  return new Error(`unknown time zone ${name}`);
}
