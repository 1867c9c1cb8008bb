/** Which day it is in a time zone: asked at each fill and mark, so the calendar is looked at once a minute only. */
export function tradingDay(timeZone: string): (epochMs: number) => string {
  const calendar = calendarOf(timeZone);
  let minute = Number.NaN;
  let day = "";
  return (epochMs) => {
    const current = Math.floor(epochMs / 60_000);
    if (current !== minute) {
      minute = current;
      day = calendar.format(epochMs);
    }
    return day;
  };
}

function calendarOf(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  } catch {
    const message = `portfolio.day is ${JSON.stringify(timeZone)}; give a time zone, such as "UTC" or "America/New_York"`;
    throw Object.assign(new TypeError(message), { code: "TELLTALE_BAD_TRADING_OPTION" });
  }
}
