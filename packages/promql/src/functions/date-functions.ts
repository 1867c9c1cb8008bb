/** A time in UTC by the Gregorian calendar. */
export interface CalendarTime {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  readonly dayOfYear: number;
  /** 0 for Sunday. */
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
}

/** Parts of a time. */
export const dateFunctions: ReadonlyMap<string, (time: CalendarTime) => number> = new Map<
  string,
  (time: CalendarTime) => number
>([
  ["day_of_month", ({ day }) => day],
  ["day_of_week", ({ weekday }) => weekday],
  ["day_of_year", ({ dayOfYear }) => dayOfYear],
  ["days_in_month", ({ year, month }) => daysInMonth(year, month)],
  ["hour", ({ hour }) => hour],
  ["minute", ({ minute }) => minute],
  ["month", ({ month }) => month],
  ["year", ({ year }) => year],
]);

const DAY_S = 86_400;

/** 400 years of the Gregorian calendar. */
const ERA_DAYS = 146_097;

/**
 * Seconds since 1970, cut to whole ones, on the calendar; any number, as a value may be anything. What is no 64-bit integer is
 * taken as Go on amd64 takes it.
 */
export function calendarTime(seconds: number): CalendarTime {
  const { days, second } = daysAndSeconds(Math.trunc(seconds));
  // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years that begin in March, so leap days come last.
  const shifted = days + 719_468;
  const era = Math.floor(shifted / ERA_DAYS);
  const dayOfEra = shifted - era * ERA_DAYS;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayFromMarch = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayFromMarch + 2) / 153);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const marchFirst = isLeap(year) ? 61 : 60;
  return {
    year,
    month,
    day: dayFromMarch - Math.floor((153 * monthFromMarch + 2) / 5) + 1,
    dayOfYear: month > 2 ? dayFromMarch + marchFirst : dayFromMarch - 305,
    weekday: (((days + 4) % 7) + 7) % 7,
    hour: Math.floor(second / 3_600),
    minute: Math.floor((second % 3_600) / 60),
  };
}

function daysAndSeconds(seconds: number): { days: number; second: number } {
  if (Number.isSafeInteger(seconds)) {
    const days = Math.floor(seconds / DAY_S);
    return { days, second: seconds - days * DAY_S };
  }
  const representable = Math.abs(seconds) < 2 ** 63;
  const whole = representable ? BigInt(seconds) : 2n ** 63n;
  const day = BigInt(DAY_S);
  const second = ((whole % day) + day) % day;
  return { days: Number((whole - second) / day), second: Number(second) };
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
