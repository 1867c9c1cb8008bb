import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DependencyEdge } from "./dependency-edge.ts";
import { incidentDefaults } from "./incident-options.ts";
import { type FiredAlert, Incidents } from "./incidents.ts";

const SECOND = 1_000;
const MINUTE = 60_000;
const START = Date.UTC(2024, 0, 1, 12);

/** shop calls cart and payments, which calls the database; search has nothing to do with them. */
const edges: readonly DependencyEdge[] = [
  { from: "gateway", to: "shop" },
  { from: "shop", to: "cart" },
  { from: "shop", to: "payments" },
  { from: "payments", to: "postgres" },
  { from: "gateway", to: "search" },
];

const alert = (alertname: string, job: string, startsAtMs = START, more: Record<string, string> = {}): FiredAlert => {
  return { key: `${alertname} ${job}`, labels: { alertname, job, ...more }, startsAtMs };
};

/** The members of all that are open, by names. */
function groups(incidents: Incidents): readonly (readonly string[])[] {
  return incidents
    .open()
    .map(({ members }) => members.map(({ labels }) => labels["alertname"]!).sort())
    .sort();
}

function reasons(incidents: Incidents): Readonly<Record<string, string>> {
  const members = incidents.open().flatMap((incident) => incident.members);
  return Object.fromEntries(members.map(({ labels, because }) => [labels["alertname"]!, because?.text ?? "first"]));
}

describe("a cascade", () => {
  test("is one incident, and each alert says why it is in", () => {
    const incidents = new Incidents(incidentDefaults);
    const first = incidents.fired([alert("DatabaseDown", "postgres", START, { zone: "a" })], edges, START);
    expect(first.events.map(({ kind, text }) => [kind, text])).toEqual([["opened", "DatabaseDown fires"]]);
    const now = START + 40 * SECOND;
    incidents.fired([alert("PaymentErrors", "payments", now, { zone: "a" })], edges, now);
    const later = now + MINUTE;
    const { events } = incidents.fired([alert("CheckoutSlow", "shop", later)], edges, later);
    expect(events.map(({ kind, text }) => [kind, text])).toEqual([
      ["joined", "CheckoutSlow began 1m after PaymentErrors; shop calls payments"],
    ]);
    expect(reasons(incidents)).toEqual({
      DatabaseDown: "first",
      PaymentErrors: 'began 40s after DatabaseDown; payments calls postgres; both have zone="a"',
      CheckoutSlow: "began 1m after PaymentErrors; shop calls payments",
    });
    expect(incidents.open()[0]).toMatchObject({ title: "DatabaseDown and 2 more", state: "firing", openedAtMs: START });
  });

  test("names the services between, up to as many calls as are allowed", () => {
    const incidents = new Incidents(incidentDefaults);
    incidents.fired([alert("CheckoutSlow", "shop"), alert("DatabaseDown", "postgres")], edges, START);
    expect(reasons(incidents)["DatabaseDown"]).toBe(
      "began together with CheckoutSlow; shop calls postgres by way of payments",
    );
    incidents.fired([alert("LatencyHigh", "gateway")], edges, START);
    // Three calls from the database, but only one from the shop.
    expect(reasons(incidents)["LatencyHigh"]).toBe("began together with CheckoutSlow; gateway calls shop");
    const near = new Incidents({ ...incidentDefaults, maxHops: 1 });
    near.fired([alert("CheckoutSlow", "shop"), alert("DatabaseDown", "postgres")], edges, START);
    expect(groups(near)).toEqual([["CheckoutSlow"], ["DatabaseDown"]]);
  });

  test("is found by what alerts name themselves, with no graph at all", () => {
    const incidents = new Incidents(incidentDefaults);
    incidents.fired([alert("ClientErrors", "shop", START, { server_address: "payments" })], [], START);
    incidents.fired([alert("PaymentErrors", "payments")], [], START);
    expect(reasons(incidents)["PaymentErrors"]).toBe("began together with ClientErrors; both are about payments");
  });

  test("knows services by the addresses that are given names", () => {
    const incidents = new Incidents({ ...incidentDefaults, aliases: { "10.0.0.5:5432": "postgres" } });
    const labels = { server_address: "10.0.0.5", server_port: "5432" };
    incidents.fired([alert("QueriesSlow", "shop", START, labels), alert("DatabaseDown", "postgres")], [], START);
    expect(groups(incidents)).toEqual([["DatabaseDown", "QueriesSlow"]]);
  });
});

describe("independent failures", () => {
  test("at one time stay apart", () => {
    const incidents = new Incidents(incidentDefaults);
    const both = [alert("IndexStale", "search"), alert("DatabaseDown", "postgres"), alert("PaymentErrors", "payments")];
    const { events } = incidents.fired(both, edges, START);
    expect(groups(incidents)).toEqual([["DatabaseDown", "PaymentErrors"], ["IndexStale"]]);
    expect(events.map(({ kind }) => kind)).toEqual(["opened", "opened", "joined"]);
  });

  test("of services that are called by the same one stay apart", () => {
    const incidents = new Incidents(incidentDefaults);
    incidents.fired([alert("CartSlow", "cart"), alert("PaymentErrors", "payments")], edges, START);
    expect(groups(incidents)).toEqual([["CartSlow"], ["PaymentErrors"]]);
  });

  test("on one machine are not joined because both call something on localhost", () => {
    const incidents = new Incidents(incidentDefaults);
    const local = { server_address: "127.0.0.1", server_port: "5432" };
    incidents.fired(
      [alert("A", "a", START, local), alert("B", "b", START, { server_address: "localhost" })],
      [],
      START,
    );
    expect(groups(incidents)).toEqual([["A"], ["B"]]);
  });

  test("far apart in time stay apart, also of one service", () => {
    const incidents = new Incidents(incidentDefaults);
    incidents.fired([alert("A", "shop")], edges, START);
    incidents.resolved(["A shop"], START + MINUTE);
    const later = START + 6 * MINUTE - 1;
    incidents.fired([alert("B", "shop", later)], edges, later);
    expect(groups(incidents)).toEqual([["A"], ["B"]]);
  });
});

describe("an alert that comes late", () => {
  test("joins one that still fires", () => {
    const incidents = new Incidents(incidentDefaults);
    incidents.fired([alert("DatabaseDown", "postgres")], edges, START);
    const now = START + 30 * MINUTE;
    incidents.fired([alert("PaymentErrors", "payments", now)], edges, now);
    expect(reasons(incidents)["PaymentErrors"]).toBe("began 30m after DatabaseDown; payments calls postgres");
  });

  test("does not join what has fired for so long that it is no news", () => {
    const incidents = new Incidents(incidentDefaults);
    incidents.fired([alert("DiskFilling", "postgres")], edges, START);
    const now = START + 31 * MINUTE;
    incidents.fired([alert("PaymentErrors", "payments", now)], edges, now);
    expect(groups(incidents)).toEqual([["DiskFilling"], ["PaymentErrors"]]);
  });

  test("that belongs to two incidents makes them one, and both say so", () => {
    const incidents = new Incidents(incidentDefaults);
    incidents.fired([alert("DatabaseDown", "postgres")], edges, START);
    incidents.fired([alert("CheckoutSlow", "shop", START + MINUTE)], edges.slice(0, 1), START + MINUTE);
    const [older, newer] = incidents.ids();
    const now = START + 2 * MINUTE;
    const { events, merges } = incidents.fired([alert("PaymentErrors", "payments", now)], edges, now);
    expect(merges).toEqual([{ from: newer, into: older }]);
    expect(events.map(({ incidentId, kind }) => [incidentId, kind])).toEqual([
      [older, "merged"],
      [newer, "merged"],
      [older, "joined"],
    ]);
    expect(groups(incidents)).toEqual([["CheckoutSlow", "DatabaseDown", "PaymentErrors"]]);
  });
});

describe("an alert that flaps", () => {
  test("stays in its incident, which counts how often it fired", () => {
    const incidents = new Incidents(incidentDefaults);
    let events: readonly string[] = [];
    for (let i = 0; i < 4; i++) {
      const now = START + 2 * i * MINUTE;
      expect(incidents.due(now).closed).toEqual([]);
      events = incidents.fired([alert("Flaps", "shop", now)], edges, now).events.map(({ text }) => text);
      incidents.resolved(["Flaps shop"], now + MINUTE);
    }
    expect(events).toEqual(["Flaps fires again, for the 4th time"]);
    expect(incidents.open()).toMatchObject([{ state: "quiet", members: [{ firings: 4, startsAtMs: START }] }]);
  });

  test("begins another incident when it was quiet for long enough", () => {
    const incidents = new Incidents(incidentDefaults);
    incidents.fired([alert("Flaps", "shop")], edges, START);
    expect(incidents.nextDueMs()).toBe(Number.POSITIVE_INFINITY);
    incidents.resolved(["Flaps shop"], START + MINUTE);
    expect(incidents.nextDueMs()).toBe(START + 6 * MINUTE);
    expect(incidents.due(START + 6 * MINUTE - 1).closed).toEqual([]);
    const { closed, events } = incidents.due(START + 6 * MINUTE);
    expect(closed).toMatchObject([{ state: "resolved", resolvedAtMs: START + 6 * MINUTE }]);
    expect(events.map(({ text }) => text)).toEqual(["over: its alert is resolved, after 60 s"]);
    const again = START + 7 * MINUTE;
    const { events: opened } = incidents.fired([alert("Flaps", "shop", again)], edges, again);
    expect(opened.map(({ kind, incidentId }) => [kind, incidentId === closed[0]!.id])).toEqual([["opened", false]]);
  });
});

test("an alert that says the same beginning again after its incident is over is another one", () => {
  const incidents = new Incidents(incidentDefaults);
  incidents.fired([alert("Down", "shop")], edges, START);
  incidents.resolved(["Down shop"], START + MINUTE);
  const { closed } = incidents.due(START + 6 * MINUTE);
  incidents.fired([alert("Down", "shop")], edges, START + 7 * MINUTE);
  expect(incidents.ids()).not.toContain(closed[0]!.id);
});

test("what fires without a service is about this process, where that has a name", () => {
  const anonymous = [
    { key: "a", labels: { alertname: "A" }, startsAtMs: START },
    { key: "b", labels: { alertname: "B" }, startsAtMs: START },
  ];
  const without = new Incidents(incidentDefaults);
  without.fired(anonymous, [], START);
  expect(groups(without)).toEqual([["A"], ["B"]]);
  const named = new Incidents(incidentDefaults, { ownService: "desk" });
  named.fired(anonymous, [], START);
  expect(groups(named)).toEqual([["A", "B"]]);
});

test("goes on after a restart as if there had been none", () => {
  const now = START + MINUTE;
  const next = [alert("PaymentErrors", "payments", now), alert("DatabaseDown", "postgres", now)];
  const without = new Incidents(incidentDefaults);
  const before = new Incidents(incidentDefaults);
  for (const one of [without, before]) {
    one.fired([alert("DatabaseDown", "postgres"), alert("IndexStale", "search")], edges, START);
    one.resolved(["DatabaseDown postgres"], START + 30 * SECOND);
  }
  const state = JSON.parse(JSON.stringify(before.state())) as ReturnType<Incidents["state"]>;
  const after = new Incidents(incidentDefaults, { state });
  expect(after.fired(next, edges, now)).toEqual(without.fired(next, edges, now));
  expect(after.open()).toEqual(without.open());
});

test("the members and their reasons do not depend on the order in which alerts come at one time", () => {
  const services = ["gateway", "shop", "cart", "payments", "postgres", "search", "other"];
  const moment = fc.record({
    afterMs: fc.integer({ min: 0, max: 8 * MINUTE }),
    fires: fc.uniqueArray(fc.tuple(fc.nat(5), fc.constantFrom(...services)), { maxLength: 7, selector: String }),
    resolves: fc.array(fc.tuple(fc.nat(5), fc.constantFrom(...services)), { maxLength: 4 }),
    order: fc.infiniteStream(fc.nat()),
    apart: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(moment, { minLength: 1, maxLength: 8 }), (moments) => {
      const plain = new Incidents(incidentDefaults);
      const shuffled = new Incidents(incidentDefaults);
      const firing = new Set<string>();
      let now = START;
      for (const { afterMs, fires, resolves, order, apart } of moments) {
        now += afterMs;
        for (const one of [plain, shuffled]) one.due(now);
        const over = resolves.map(([name, job]) => `${name} ${job}`).filter((key) => firing.delete(key));
        for (const one of [plain, shuffled]) one.resolved(over, now);
        const alerts = fires.map(([name, job]) => alert(`${name}`, job, now)).filter(({ key }) => !firing.has(key));
        for (const { key } of alerts) firing.add(key);
        plain.fired(alerts, edges, now);
        const other = alerts
          .map((one) => ({ one, place: order.next().value ?? 0 }))
          .sort((a, b) => a.place - b.place)
          .map(({ one }) => one);
        for (const batch of apart ? other.map((one) => [one]) : [other]) shuffled.fired(batch, edges, now);
      }
      const described = (incidents: Incidents) =>
        incidents
          .open()
          .map(({ id: _, ...incident }) => JSON.stringify(incident))
          .sort();
      expect(described(shuffled)).toEqual(described(plain));
    }),
    { numRuns: 300 },
  );
});

test("a storm of alerts makes several incidents of bounded size", () => {
  const incidents = new Incidents(incidentDefaults);
  const storm = Array.from({ length: 600 }, (_, i) => ({ ...alert(`A${i}`, "shop"), key: `${i}` }));
  incidents.fired(storm, edges, START);
  expect(incidents.open().map(({ members }) => members.length)).toEqual([500, 100]);
});
