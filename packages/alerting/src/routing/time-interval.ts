import type { YamlValue } from "../yaml-reader.ts";

/** A named set of times, as alertmanager.yml has it. */
export interface NamedTimeInterval {
  readonly name: string;
  contains(timeMs: number): boolean;
}

interface Range {
  readonly begin: number;
  readonly end: number;
}

const weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const months = [
  ...["", "january", "february", "march", "april", "may", "june"],
  ...["july", "august", "september", "october", "november", "december"],
];

/** The time on a wall in some place. */
interface LocalTime {
  readonly minute: number;
  readonly day: number;
  readonly daysInMonth: number;
  readonly month: number;
  readonly weekday: number;
  readonly year: number;
}

type Test = (time: LocalTime) => boolean;

/** Reads `{ name, time_intervals: […] }`; faults are problems of the document. */
export function readTimeInterval(value: YamlValue): NamedTimeInterval {
  const fields = value.fields(["name", "time_intervals"]);
  const name = fields.get("name")?.text() ?? "";
  if (name === "") value.problem("missing name in time interval");
  const intervals = fields.get("time_intervals")?.items().map(readInterval) ?? [];
  return { name, contains: (timeMs) => intervals.some((contains) => contains(timeMs)) };
}

function readInterval(value: YamlValue): (timeMs: number) => boolean {
  const fields = value.fields(["times", "weekdays", "days_of_month", "months", "years", "location"]);
  const location = fields.get("location")?.read(checkedLocation) ?? "UTC";
  const field = (
    name: string,
    read: (text: string) => Range,
    within: (time: LocalTime, ranges: readonly Range[]) => boolean,
  ): Test => {
    const given = fields.get(name);
    if (given === undefined || given.isNull()) return () => true;
    const ranges = given.items().flatMap((item) => item.read(read) ?? []);
    return (time) => within(time, ranges);
  };
  const between = (get: (time: LocalTime) => number) => (time: LocalTime, ranges: readonly Range[]) =>
    ranges.some(({ begin, end }) => get(time) >= begin && get(time) <= end);
  const tests: readonly Test[] = [
    minutesTest(fields.get("times")),
    field(
      "weekdays",
      readWeekdays,
      between(({ weekday }) => weekday),
    ),
    field("days_of_month", readDays, (time, ranges) => ranges.some((range) => isDayWithin(time, range))),
    field(
      "months",
      readMonths,
      between(({ month }) => month),
    ),
    field(
      "years",
      readYears,
      between(({ year }) => year),
    ),
  ];
  const local = localClock(location);
  return (timeMs) => {
    const time = local(timeMs);
    return tests.every((test) => test(time));
  };
}

function minutesTest(value: YamlValue | undefined): Test {
  if (value === undefined || value.isNull()) return () => true;
  const ranges = value.items().map((item) => {
    const fields = item.fields(["start_time", "end_time"]);
    const [begin, end] = ["start_time", "end_time"].map((name) => fields.get(name)?.read(readMinute));
    if (!fields.has("start_time") || !fields.has("end_time")) item.problem("both start and end times must be provided");
    else if (begin !== undefined && end !== undefined && begin >= end) {
      item.problem("start time cannot be equal or greater than end time");
    }
    return { begin: begin ?? 0, end: end ?? 0 };
  });
  return ({ minute }) => ranges.some(({ begin, end }) => minute >= begin && minute < end);
}

/** The end of the day is 24:00. */
function readMinute(text: string): number {
  const parts = /^((?:[01]\d|2[0-3]):[0-5]\d|24:00)$/.exec(text);
  if (parts === null) throw new Error(`couldn't parse timestamp ${text}, invalid format`);
  const [hours, minutes] = text.split(":").map(Number) as [number, number];
  return hours * 60 + minutes;
}

function readRange(text: string, number: (part: string) => number): Range {
  const parts = text.toLowerCase().split(":");
  if (parts.length > 2) throw new Error(`couldn't parse range ${text}, invalid format`);
  return { begin: number(parts[0]!), end: number(parts.at(-1)!) };
}

function readWeekdays(text: string): Range {
  const range = readRange(text, (part) => {
    const day = weekdays.indexOf(part);
    if (day === -1) throw new Error(`${part} is not a valid weekday`);
    return day;
  });
  if (range.begin > range.end) throw new Error("start day cannot be before end day");
  return range;
}

function readDays(text: string): Range {
  const { begin, end } = readRange(text, wholeNumber);
  for (const day of [begin, end]) {
    if (day === 0 || day > 31 || day < -31) throw new Error(`${day} is not a valid day of the month: out of range`);
  }
  if (begin < 0 && end > 0) throw new Error("end day must be negative if start day is negative");
  const normalized = [begin, end].map((day) => (day < 0 ? 31 + day + 1 : day)) as [number, number];
  if (normalized[1] < normalized[0]) throw new Error(`end day ${end} is always before start day ${begin}`);
  return { begin, end };
}

function readMonths(text: string): Range {
  const range = readRange(text, (part) => {
    const month = months.indexOf(part);
    const number = month > 0 ? month : /^\d+$/.test(part) ? Number(part) : 0;
    if (number < 1 || number > 12) throw new Error(`${part} is not a valid month`);
    return number;
  });
  if (range.end < range.begin) throw new Error(`end month ${range.end} is before start month ${range.begin}`);
  return range;
}

function readYears(text: string): Range {
  const range = readRange(text, wholeNumber);
  if (range.end < range.begin) throw new Error(`end year ${range.end} is before start year ${range.begin}`);
  return range;
}

function wholeNumber(text: string): number {
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  throw new Error(`"${text}" is not a whole number`);
}

/** Days below 0 count from the end of the month. */
function isDayWithin({ day, daysInMonth }: LocalTime, range: Range): boolean {
  const [begin, end] = [range.begin, range.end].map((one) => (one < 0 ? daysInMonth + one + 1 : one)) as [
    number,
    number,
  ];
  return begin <= daysInMonth && day >= begin && day <= Math.min(end, daysInMonth);
}

function checkedLocation(text: string): string {
  if (text === "") return "UTC";
  // Intl takes offsets too, which are no places.
  if (/^[+-]/.test(text)) throw new Error(`unknown time zone ${text}`);
  if (text === "Local") return Intl.DateTimeFormat().resolvedOptions().timeZone;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    throw new Error(`unknown time zone ${text}`);
  }
}

function localClock(timeZone: string): (timeMs: number) => LocalTime {
  const options = {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  } as const;
  const format = new Intl.DateTimeFormat("en", options);
  return (timeMs) => {
    const parts = Object.fromEntries(format.formatToParts(timeMs).map(({ type, value }) => [type, Number(value)]));
    const { year, month, day, hour, minute } = parts as Record<"year" | "month" | "day" | "hour" | "minute", number>;
    return {
      minute: hour * 60 + minute,
      day,
      daysInMonth: new Date(Date.UTC(year, month, 0)).getUTCDate(),
      month,
      weekday: new Date(Date.UTC(year, month - 1, day)).getUTCDay(),
      year,
    };
  };
}
