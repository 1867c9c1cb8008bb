import { expect, test } from "vitest";
import { stringify } from "yaml";
import { parseAlertmanagerConfig } from "./alertmanager-config.ts";

function contains(interval: unknown, time: string): boolean {
  const text = stringify({
    route: { receiver: "a" },
    receivers: [{ name: "a" }],
    time_intervals: [{ name: "x", time_intervals: [interval] }],
  });
  return parseAlertmanagerConfig(text).timeIntervals[0]!.contains(Date.parse(time));
}

test.each([
  [{}, "2024-02-29T12:00:00Z", true],
  [{ times: [{ start_time: "09:00", end_time: "17:00" }] }, "2024-03-01T09:00:00Z", true],
  [{ times: [{ start_time: "09:00", end_time: "17:00" }] }, "2024-03-01T16:59:59Z", true],
  [{ times: [{ start_time: "09:00", end_time: "17:00" }] }, "2024-03-01T17:00:00Z", false],
  [{ times: [{ start_time: "22:00", end_time: "24:00" }] }, "2024-03-01T23:59:00Z", true],
  [{ weekdays: ["monday:friday"] }, "2024-03-01T00:00:00Z", true],
  [{ weekdays: ["monday:friday"] }, "2024-03-02T00:00:00Z", false],
  [{ weekdays: ["Sunday", "tuesday"] }, "2024-03-03T00:00:00Z", true],
  [{ days_of_month: ["1:5"] }, "2024-03-05T00:00:00Z", true],
  [{ days_of_month: ["1:5"] }, "2024-03-06T00:00:00Z", false],
  [{ days_of_month: ["-1"] }, "2024-02-29T00:00:00Z", true],
  [{ days_of_month: ["-3:-2"] }, "2024-02-29T00:00:00Z", false],
  [{ days_of_month: ["-3:-2"] }, "2024-02-27T00:00:00Z", true],
  [{ days_of_month: ["30:31"] }, "2023-02-28T00:00:00Z", false],
  [{ days_of_month: ["28:31"] }, "2023-02-28T00:00:00Z", true],
  [{ months: ["january:march"] }, "2024-03-31T23:59:00Z", true],
  [{ months: ["4", "may"] }, "2024-05-01T00:00:00Z", true],
  [{ months: ["4", "may"] }, "2024-06-01T00:00:00Z", false],
  [{ years: ["2020:2023"] }, "2024-01-01T00:00:00Z", false],
  [{ years: ["2020:2023"], location: "America/New_York" }, "2024-01-01T04:59:00Z", true],
  [{ times: [{ start_time: "09:00", end_time: "10:00" }], location: "Europe/Berlin" }, "2024-07-01T07:30:00Z", true],
  [{ times: [{ start_time: "09:00", end_time: "10:00" }], location: "Europe/Berlin" }, "2024-01-01T08:30:00Z", true],
  [{ times: [{ start_time: "00:00", end_time: "00:30" }], location: "Asia/Kolkata" }, "2024-01-01T18:45:00Z", true],
  [{ weekdays: ["monday"], months: ["january"] }, "2024-02-05T00:00:00Z", false],
  [{ weekdays: [] }, "2024-02-05T00:00:00Z", false],
  // The hour that is skipped in spring, and the one that is there twice in autumn.
  [{ times: [{ start_time: "02:00", end_time: "03:00" }], location: "Europe/Berlin" }, "2024-03-31T01:30:00Z", false],
  [{ times: [{ start_time: "03:00", end_time: "04:00" }], location: "Europe/Berlin" }, "2024-03-31T01:30:00Z", true],
  [{ times: [{ start_time: "02:00", end_time: "03:00" }], location: "Europe/Berlin" }, "2024-10-27T00:30:00Z", true],
  [{ times: [{ start_time: "02:00", end_time: "03:00" }], location: "Europe/Berlin" }, "2024-10-27T01:30:00Z", true],
  [{ times: [{ start_time: "02:00", end_time: "03:00" }], location: "Europe/Berlin" }, "2024-10-27T02:00:00Z", false],
  // A month's end is where it is on the wall.
  [{ days_of_month: ["-1"], location: "Pacific/Auckland" }, "2024-02-28T12:00:00Z", true],
  [{ days_of_month: ["-1"], location: "Pacific/Auckland" }, "2024-02-29T12:00:00Z", false],
  [{ days_of_month: ["-31:-1"] }, "2024-02-01T00:00:00Z", true],
  [{ days_of_month: ["-30"] }, "2024-02-01T00:00:00Z", false],
  [{ location: "", years: ["2024"] }, "2024-02-01T00:00:00Z", true],
] as const)("%j at %s: %s", (interval, time, expected) => {
  expect(contains(interval, time)).toBe(expected);
});
