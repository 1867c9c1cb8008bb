/** Go's time.Time and time.Duration, as templates see them. */

import { formatFloat } from "../go-template/format-float.ts";
import { GoStruct, type TemplateFunction, type Value } from "../go-template/value.ts";
import { type TimeZone, timeZone, utc } from "./time-zone.ts";

const months = [
  ...["January", "February", "March", "April", "May", "June", "July"],
  ...["August", "September", "October", "November", "December"],
];
const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** A time with its methods: `{{ ($value | toTime).Format "2006-01-02" }}`. */
export function goTime(timeMs: number, zone: TimeZone = utc): GoStruct {
  const date = wallDate(timeMs, zone);
  const text = () => formatTime(timeMs, "2006-01-02 15:04:05.999999999 -0700 MST", zone);
  const int = (value: number): TemplateFunction => method(() => BigInt(Math.floor(value)));
  return new GoStruct(
    "time.Time",
    {},
    {
      text,
      methods: {
        String: method(text),
        Format: { parameters: ["string"], call: (layout) => formatTime(timeMs, layout as string, zone) },
        UTC: method(() => goTime(timeMs)),
        Local: method(() => goTime(timeMs, timeZone("Local"))),
        After: { parameters: ["time.Time"], call: (other) => timeMs > timeOf(other!) },
        Before: { parameters: ["time.Time"], call: (other) => timeMs < timeOf(other!) },
        Equal: { parameters: ["time.Time"], call: (other) => timeMs === timeOf(other!) },
        Sub: { parameters: ["time.Time"], call: (other) => goDuration((timeMs - timeOf(other!)) / 1000) },
        IsZero: method(() => timeMs === ZERO_TIME_MS),
        Unix: int(timeMs / 1000),
        UnixMilli: int(timeMs),
        UnixNano: method(() => BigInt(Math.floor(timeMs)) * 1_000_000n),
        Year: int(date.getUTCFullYear()),
        Month: method(() => named("time.Month", months[date.getUTCMonth()]!, date.getUTCMonth() + 1)),
        Day: int(date.getUTCDate()),
        Hour: int(date.getUTCHours()),
        Minute: int(date.getUTCMinutes()),
        Second: int(date.getUTCSeconds()),
        Weekday: method(() => named("time.Weekday", weekdays[date.getUTCDay()]!, date.getUTCDay())),
        YearDay: int(yearDay(date)),
      },
    },
  );
}

/** The same time in another place. */
export function inZone(time: GoStruct, zone: TimeZone): GoStruct {
  return goTime(timeOf(time), zone);
}

/** Milliseconds since 1970 of a time.Time. */
export function timeOf(time: Value): number {
  return Number((time as GoStruct).methods["UnixMilli"]!.call());
}

/** The time that Go calls zero, 1 January of the year 1. */
export const ZERO_TIME_MS: number = Date.UTC(2001, 0, 1) - 730_485 * 86_400_000;

/** A duration with its methods: `{{ ($value | toDuration).Minutes }}`. */
export function goDuration(seconds: number): GoStruct {
  const nanoseconds = Math.trunc(seconds * 1e9);
  const text = () => durationText(nanoseconds);
  return new GoStruct(
    "time.Duration",
    {},
    {
      text,
      number: nanoseconds / 1e9,
      methods: {
        String: method(text),
        Seconds: method(() => nanoseconds / 1e9),
        Minutes: method(() => nanoseconds / 60e9),
        Hours: method(() => nanoseconds / 3600e9),
        Milliseconds: method(() => BigInt(Math.trunc(nanoseconds / 1e6))),
        Microseconds: method(() => BigInt(Math.trunc(nanoseconds / 1e3))),
        Nanoseconds: method(() => BigInt(nanoseconds)),
        Abs: method(() => goDuration(Math.abs(seconds))),
      },
    },
  );
}

/** Go's layouts, the reference time being Mon Jan 2 15:04:05 MST 2006. */
export function formatTime(timeMs: number, layout: string, zone: TimeZone = utc): string {
  const date = wallDate(timeMs, zone);
  const hour12 = date.getUTCHours() % 12 || 12;
  const two = (value: number) => String(value).padStart(2, "0");
  const year = date.getUTCFullYear();
  const fields: Readonly<Record<string, string>> = {
    January: months[date.getUTCMonth()]!,
    Jan: months[date.getUTCMonth()]!.slice(0, 3),
    Monday: weekdays[date.getUTCDay()]!,
    Mon: weekdays[date.getUTCDay()]!.slice(0, 3),
    MST: zone.shortName(timeMs),
    "2006": String(year).padStart(4, "0"),
    "06": two(year % 100),
    "01": two(date.getUTCMonth() + 1),
    "1": String(date.getUTCMonth() + 1),
    "002": String(yearDay(date)).padStart(3, "0"),
    __2: String(yearDay(date)).padStart(3),
    _2: String(date.getUTCDate()).padStart(2),
    "02": two(date.getUTCDate()),
    "2": String(date.getUTCDate()),
    "15": two(date.getUTCHours()),
    "03": two(hour12),
    "3": String(hour12),
    "04": two(date.getUTCMinutes()),
    "4": String(date.getUTCMinutes()),
    "05": two(date.getUTCSeconds()),
    "5": String(date.getUTCSeconds()),
    PM: date.getUTCHours() < 12 ? "AM" : "PM",
    pm: date.getUTCHours() < 12 ? "am" : "pm",
  };
  const offsetMs = zone.offsetMs(timeMs);
  const pattern =
    /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|__2|_2006|_2|2006|002|0[1-6]|15|PM|pm|Z07(?::?00)?(?::?00)?|-07(?::?00)?(?::?00)?|[.,](?:0+|9+)(?!\d)|[1-5]/g;
  return layout.replace(pattern, (token) => {
    const field = fields[token];
    if (field !== undefined) return field;
    if (token === "_2006") return `_${fields["2006"]}`;
    if (token.startsWith("Z07") && offsetMs === 0) return "Z";
    if (/^[Z-]07/.test(token)) return offset(offsetMs, token.slice(1));
    return fraction(date.getUTCMilliseconds(), token);
  });
}

/** What the clocks of a place show, in the fields of UTC. */
function wallDate(timeMs: number, zone: TimeZone): Date {
  return new Date(timeMs + zone.offsetMs(timeMs));
}

/** `07:00`, `0700`, `07` and those with seconds, by how far the clocks are ahead. */
function offset(offsetMs: number, layout: string): string {
  const seconds = Math.abs(offsetMs) / 1000;
  const parts = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map((one) =>
    String(Math.floor(one)).padStart(2, "0"),
  );
  const colon = layout.includes(":") ? ":" : "";
  return (offsetMs < 0 ? "-" : "+") + parts.slice(0, layout.replaceAll(":", "").length / 2).join(colon);
}

/** `.000` has as many digits as zeros, `.999` none where they would be zeros. */
function fraction(milliseconds: number, token: string): string {
  const digits = String(milliseconds)
    .padStart(3, "0")
    .padEnd(9, "0")
    .slice(0, token.length - 1);
  if (token[1] === "0") return token[0] + digits;
  const trimmed = digits.replace(/0+$/, "");
  return trimmed === "" ? "" : token[0] + trimmed;
}

function yearDay(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
}

function durationText(nanoseconds: number): string {
  if (nanoseconds === 0) return "0s";
  const sign = nanoseconds < 0 ? "-" : "";
  const magnitude = Math.abs(nanoseconds);
  if (magnitude < 1e3) return `${sign}${magnitude}ns`;
  if (magnitude < 1e6) return `${sign}${formatFloat(magnitude / 1e3, "f", -1)}µs`;
  if (magnitude < 1e9) return `${sign}${formatFloat(magnitude / 1e6, "f", -1)}ms`;
  const hours = Math.floor(magnitude / 3600e9);
  const minutes = Math.floor(magnitude / 60e9) % 60;
  const seconds = formatFloat((magnitude % 60e9) / 1e9, "f", -1);
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}s` : `${sign}${seconds}s`;
}

function named(type: string, name: string, number: number): GoStruct {
  return new GoStruct(type, {}, { text: () => name, number });
}

function method(call: () => Value): TemplateFunction {
  return { parameters: [], call };
}
