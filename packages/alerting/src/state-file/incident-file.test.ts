import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Incident } from "../incidents/incident.ts";
import type { IncidentEvent } from "../incidents/incident-event.ts";
import { type IncidentHistory, memoryHistory } from "../incidents/incident-history.ts";
import { openIncidentFile } from "./incident-file.ts";
import { openStateFile } from "./state-file.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "history-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const incident = (id: string, openedAtMs: number, more: Partial<Incident> = {}): Incident => ({
  id,
  title: id,
  state: "firing",
  openedAtMs,
  resolvedAtMs: undefined,
  members: [],
  acknowledgedBy: undefined,
  ...more,
});
const event = (incidentId: string, text: string): IncidentEvent => ({ incidentId, timeMs: 1, kind: "opened", text });

const kinds: readonly (readonly [string, () => IncidentHistory])[] = [
  ["memory", memoryHistory],
  ["a file", () => openIncidentFile(join(folder, "alerting.db"))],
];

describe.each(kinds)("a history in %s", (_, open) => {
  test("has the incidents, the latest first, each as it was last, with all that happened", () => {
    const history = open();
    expect([history.state, history.list()]).toEqual([undefined, []]);
    history.append({
      events: [event("aa1", "one")],
      incidents: [incident("aa1", 10), incident("aa2", 20)],
      state: "1",
    });
    const over = incident("aa1", 10, { state: "resolved", resolvedAtMs: 30 });
    history.append({ events: [event("aa1", "two"), event("aa2", "three")], incidents: [over], state: "2" });
    expect(history.list().map(({ id, state }) => `${id} ${state}`)).toEqual(["aa2 firing", "aa1 resolved"]);
    expect(history.list({ state: "resolved" }).map(({ id }) => id)).toEqual(["aa1"]);
    expect(history.list({ limit: 1 }).map(({ id }) => id)).toEqual(["aa2"]);
    expect(history.find("aa1")).toEqual({ ...over, events: [event("aa1", "one"), event("aa1", "two")] });
    expect(history.state).toBe("2");
    history.close();
  });

  test("finds an incident by the beginning of its id, when no other one has it", () => {
    const history = open();
    history.append({ events: [], incidents: [incident("aa1", 1), incident("aa2", 2), incident("b", 3)], state: "" });
    expect(["aa2", "b", "aa", "", "c"].map((id) => history.find(id)?.id)).toEqual([
      "aa2",
      "b",
      undefined,
      undefined,
      undefined,
    ]);
    history.close();
  });

  test("forgets what was over before a time, and nothing that is open", () => {
    const history = open();
    const over = (id: string, resolvedAtMs: number) => incident(id, 1, { state: "resolved", resolvedAtMs });
    history.append({
      events: [event("a", "x")],
      incidents: [over("a", 10), over("b", 20), incident("c", 1)],
      state: "",
    });
    history.prune(20);
    expect(history.list().map(({ id }) => id)).toEqual(["c", "b"]);
    expect(history.find("a")).toBeUndefined();
    history.close();
  });
});

test("a history in memory is bounded, and keeps what is open", () => {
  const history = memoryHistory();
  history.append({ events: [], incidents: [incident("open", 0)], state: "" });
  for (let i = 0; i < 600; i++) {
    const over = incident(`i${i}`, i + 1, { state: "resolved", resolvedAtMs: i + 1 });
    history.append({ events: [event(over.id, "x"), event("open", `${i}`)], incidents: [over], state: "" });
  }
  const ids = history.list({ limit: 1_000 }).map(({ id }) => id);
  expect([ids.length, ids.at(-1), ids.at(-2)]).toEqual([500, "open", "i101"]);
  const { events } = history.find("open")!;
  expect([events.length, events[0]!.text, events.at(-1)!.text]).toEqual([500, "0", "599"]);
});

test("a file holds the state of a notifier and the history beside each other, and both outlive the process", () => {
  const path = join(folder, "alerting.db");
  const state = openStateFile(path);
  const history = openIncidentFile(path);
  state.keep("for-state", "[]");
  history.append({ events: [event("a", "x")], incidents: [incident("a", 1)], state: "{}" });
  state.keep("for-state", "[1]");
  // Nobody closes a file before a kill -9.
  const again = openIncidentFile(path);
  expect([again.state, again.find("a")?.events.length, openStateFile(path).kept("for-state")]).toEqual([
    "{}",
    1,
    "[1]",
  ]);
});

test("nothing in the history can be changed afterwards, and what cannot be written whole is not written", () => {
  const path = join(folder, "alerting.db");
  const history = openIncidentFile(path);
  history.append({ events: [event("a", "x")], incidents: [incident("a", 1)], state: "1" });
  const database = new DatabaseSync(path);
  expect(() => database.exec("UPDATE incidentEvent SET value = '{}'")).toThrow(
    "the history of incidents is only added to",
  );
  database.exec("CREATE TRIGGER full BEFORE INSERT ON incident BEGIN SELECT RAISE(ABORT, 'full'); END");
  database.close();
  const change = { events: [event("a", "y")], incidents: [incident("a", 1)], state: "2" };
  expect(() => history.append(change)).toThrow("full");
  expect([history.state, history.find("a")?.events.length]).toEqual(["1", 1]);
});
