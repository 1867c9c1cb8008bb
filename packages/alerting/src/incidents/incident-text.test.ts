import { expect, test } from "vitest";
import { incidentDefaults } from "./incident-options.ts";
import { incidentLines, incidentText } from "./incident-text.ts";
import { Incidents } from "./incidents.ts";

const START = Date.UTC(2024, 0, 1, 12);

function record() {
  const incidents = new Incidents(incidentDefaults);
  const alert = (alertname: string, job: string, startsAtMs: number) => {
    return { key: alertname, labels: { alertname, job, zone: "a" }, startsAtMs };
  };
  const edges = [{ from: "shop", to: "postgres" }];
  const first = incidents.fired([alert("DatabaseDown", "postgres", START)], edges, START);
  const second = incidents.fired([alert("CheckoutSlow", "shop", START + 90_000)], edges, START + 90_000);
  const incident = { ...incidents.open()[0]!, id: "3f2a9c01d4e5", acknowledgedBy: "ada" };
  return { ...incident, events: [...first.events, ...second.events] };
}

test("an incident is readable: its alerts, why they are in, and what happened", () => {
  expect(
    incidentText(record(), START + 125_900),
  ).toBe(`3f2a9c01d4e5  2024-01-01 12:00:00Z  firing 2m5s  DatabaseDown and 1 more, acknowledged by ada

alerts
  firing    DatabaseDown  job="postgres" zone="a"
  firing    CheckoutSlow  job="shop" zone="a"
            began 1m30s after DatabaseDown; shop calls postgres; both have zone="a"

history
  2024-01-01 12:00:00Z       +0s  opened          DatabaseDown fires
  2024-01-01 12:01:30Z    +1m30s  joined          CheckoutSlow began 1m30s after DatabaseDown; shop calls postgres; both have zone="a"
`);
});

test("a list has a line for each, and says when there are none", () => {
  expect(incidentLines([], START)).toBe("no incidents\n");
  const over = {
    ...record(),
    id: "b",
    state: "resolved" as const,
    resolvedAtMs: START + 3_600_000,
    acknowledgedBy: undefined,
  };
  expect(incidentLines([record(), over], START + 60_000)).toBe(
    `3f2a9c01d4e5  2024-01-01 12:00:00Z  firing 1m    DatabaseDown and 1 more, acknowledged by ada
b             2024-01-01 12:00:00Z  resolved 1h  DatabaseDown and 1 more
`,
  );
});

test("what others wrote cannot steer the terminal", () => {
  const { events, ...incident } = record();
  const evil = "\u001b[2J\u202eada\nresolved";
  const text = incidentText(
    { ...incident, acknowledgedBy: evil, events: [{ ...events[0]!, text: evil, by: evil }] },
    START,
  );
  expect(["\u001b", "\u202e"].filter((char) => text.includes(char))).toEqual([]);
  expect(text.split("\n").filter((line) => line.includes("ada"))).toHaveLength(2);
});
