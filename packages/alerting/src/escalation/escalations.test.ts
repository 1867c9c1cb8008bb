import { expect, test } from "vitest";
import { parseAlertingFile } from "../alerting-file/alerting-file.ts";
import type { EscalatedAlert } from "./escalation-state.ts";
import { type EscalationCandidate, Escalations } from "./escalations.ts";

const MINUTE = 60_000;

const { escalations: definitions } = parseAlertingFile(`
escalations:
  - name: trading
    matchers: [severity="critical"]
    levels: [{ delay: 5m, receivers: [lead] }, { delay: 10m, receivers: [head] }]
`);

const alert = (name: string, startsAtMs = 0, severity = "critical"): EscalatedAlert => {
  return { key: name, labels: { alertname: name, severity }, annotations: {}, startsAtMs, generatorUrl: "" };
};
const firing = (...alerts: readonly EscalatedAlert[]): readonly EscalationCandidate[] =>
  alerts.map((one) => ({ alert: one, isAcknowledged: false, isSuppressed: () => false }));

/** What is told now, and taken as told. */
function tell(escalations: Escalations, nowMs: number, open: Readonly<Record<string, readonly EscalationCandidate[]>>) {
  const steps = escalations.due(nowMs, (id) => open[id] ?? []);
  for (const step of steps) escalations.told(step, nowMs);
  return steps.map(({ toldAs, level, receivers, alerts, resolved }) => {
    return `${toldAs}/${level} ${receivers}: ${alerts.map(({ key }) => key)}${resolved ? " resolved" : ""}`;
  });
}

test("only alerts that are meant begin an escalation, and only those are told", () => {
  const escalations = new Escalations(definitions);
  escalations.fired("x", alert("Note", 0, "info"));
  expect(escalations.nextDueMs()).toBe(Number.POSITIVE_INFINITY);
  escalations.fired("x", alert("Down", MINUTE));
  expect(escalations.nextDueMs()).toBe(6 * MINUTE);
  const open = { x: firing(alert("Note", 0, "info"), alert("Slow", 3 * MINUTE), alert("Down", MINUTE)) };
  expect(tell(escalations, 6 * MINUTE - 1, open)).toEqual([]);
  expect(tell(escalations, 6 * MINUTE, open)).toEqual(["x/1 lead: Down,Slow"]);
  expect(escalations.nextDueMs()).toBe(11 * MINUTE);
});

test("of two incidents that turn out to be one nobody is told the same level twice, and all hear of the end", () => {
  const escalations = new Escalations(definitions);
  escalations.fired("x", alert("A"));
  escalations.fired("y", alert("B", MINUTE));
  const apart = { x: firing(alert("A")), y: firing(alert("B", MINUTE)) };
  expect(tell(escalations, 6 * MINUTE, apart)).toEqual(["x/1 lead: A", "y/1 lead: B"]);
  escalations.merged("y", "x");
  const joined = { x: firing(alert("A"), alert("B", MINUTE)) };
  expect(tell(escalations, 9 * MINUTE, joined)).toEqual([]);
  expect(tell(escalations, 10 * MINUTE, joined)).toEqual(["x/2 head: A,B"]);
  const ends = [
    tell(escalations, 11 * MINUTE, {}),
    tell(escalations, 11 * MINUTE, {}),
    tell(escalations, 11 * MINUTE, {}),
  ];
  // Each under the name that the receiver knows it by.
  expect(ends.flat().sort()).toEqual(["x/1 lead: A resolved", "x/2 head: A,B resolved", "y/1 lead: B resolved"]);
  expect(escalations.state()).toEqual([]);
});

test("an incident that goes on as one that had no escalation takes it along", () => {
  const escalations = new Escalations(definitions);
  escalations.fired("y", alert("B"));
  escalations.merged("y", "x");
  expect(tell(escalations, 5 * MINUTE, { x: firing(alert("B")) })).toEqual(["x/1 lead: B"]);
});

test("a step that is on its way is not begun again, and one that failed is after half a minute", () => {
  const escalations = new Escalations(definitions);
  escalations.fired("x", alert("A"));
  const open = () => firing(alert("A"));
  const [step] = escalations.due(5 * MINUTE, open);
  expect(escalations.due(5 * MINUTE, open)).toEqual([]);
  expect(escalations.nextDueMs()).toBe(Number.POSITIVE_INFINITY);
  escalations.failed(step!, 5 * MINUTE);
  expect(escalations.nextDueMs()).toBe(5 * MINUTE + 30_000);
  expect(escalations.due(5 * MINUTE + 29_999, open)).toEqual([]);
  expect(escalations.due(5 * MINUTE + 30_000, open)).toHaveLength(1);
});

test("a step that was on its way when its incident became another one counts there", () => {
  const escalations = new Escalations(definitions);
  escalations.fired("y", alert("B"));
  escalations.fired("x", alert("A", MINUTE));
  const [step] = escalations.due(5 * MINUTE, (id) => (id === "y" ? firing(alert("B")) : firing(alert("A", MINUTE))));
  escalations.merged("y", "x");
  const joined = { x: firing(alert("A", MINUTE), alert("B")) };
  // Nobody is told the level beside it.
  expect(tell(escalations, 6 * MINUTE, joined)).toEqual([]);
  escalations.told(step!, 6 * MINUTE);
  expect(tell(escalations, 6 * MINUTE, joined)).toEqual([]);
  expect(tell(escalations, 10 * MINUTE, joined)).toEqual(["x/2 head: B,A"]);
  expect(tell(escalations, 11 * MINUTE, {})).toEqual(["y/1 lead: B resolved"]);
});

test("who was told of more alerts before hears of the end of all", () => {
  const escalations = new Escalations(definitions);
  escalations.fired("x", alert("A"));
  expect(tell(escalations, 5 * MINUTE, { x: firing(alert("A")) })).toEqual(["x/1 lead: A"]);
  const taken = { x: firing(alert("A")).map((one) => ({ ...one, isAcknowledged: true })) };
  expect(tell(escalations, 6 * MINUTE, taken)).toEqual([]);
  escalations.fired("x", alert("B", 7 * MINUTE));
  const news = { x: [...taken.x, ...firing(alert("B", 7 * MINUTE))] };
  expect(tell(escalations, 12 * MINUTE, news)).toEqual(["x/1 lead: B"]);
  expect(tell(escalations, 13 * MINUTE, {})).toEqual(["x/1 lead: A,B resolved"]);
});

test("an escalation that the file has no more tells nobody else, and the end to those who know", () => {
  const before = new Escalations(definitions);
  before.fired("x", alert("A"));
  tell(before, 5 * MINUTE, { x: firing(alert("A")) });
  const after = new Escalations([], before.state());
  expect(tell(after, 60 * MINUTE, { x: firing(alert("A")) })).toEqual([]);
  expect(tell(after, 61 * MINUTE, {})).toEqual(["x/1 lead: A resolved"]);
  expect(after.state()).toEqual([]);
});

test("who has accepted hears of the end, also when another receiver of the level never did", () => {
  const [{ name, matchers, until, repeatMs }] = [definitions[0]!];
  const levels = [{ delayMs: 0, receivers: ["lead", "head"] }];
  const escalations = new Escalations([{ name, matchers, until, repeatMs, levels }]);
  escalations.fired("x", alert("A"));
  const [step] = escalations.due(0, () => firing(alert("A")));
  escalations.failed(step!, 0, ["lead"]);
  expect(tell(escalations, MINUTE, {})).toEqual(["x/1 lead: A resolved"]);
  expect(escalations.state()).toEqual([]);
});

test("an alert that fires again while somebody is still told of its end begins anew", () => {
  const escalations = new Escalations(definitions);
  escalations.fired("x", alert("A"));
  const open = (startsAtMs: number) => ({ x: firing(alert("A", startsAtMs)) });
  expect(tell(escalations, 5 * MINUTE, open(0))).toEqual(["x/1 lead: A"]);
  expect(tell(escalations, 10 * MINUTE, open(0))).toEqual(["x/2 head: A"]);
  const [end] = escalations.due(11 * MINUTE, () => []);
  escalations.fired("x", alert("A", 12 * MINUTE));
  escalations.told(end!, 13 * MINUTE);
  expect(tell(escalations, 17 * MINUTE, open(12 * MINUTE))).toEqual(["x/1 lead: A"]);
  // As well when nobody could be told of the end.
  const [another] = escalations.due(18 * MINUTE, () => []);
  escalations.failed(another!, 18 * MINUTE);
  escalations.fired("x", alert("A", 19 * MINUTE));
  expect(tell(escalations, 24 * MINUTE, open(19 * MINUTE))).toEqual(["x/1 lead: A"]);
  expect(tell(escalations, 29 * MINUTE, open(19 * MINUTE))).toEqual(["x/2 head: A"]);
});

test("the last level is repeated after two incidents became one, and not before its time", () => {
  const escalations = new Escalations([{ ...definitions[0]!, repeatMs: 30 * MINUTE }]);
  escalations.fired("y", alert("B"));
  const apart = { y: firing(alert("B")), x: firing(alert("A", 11 * MINUTE)) };
  tell(escalations, 5 * MINUTE, apart);
  expect(tell(escalations, 10 * MINUTE, apart)).toEqual(["y/2 head: B"]);
  escalations.fired("x", alert("A", 11 * MINUTE));
  escalations.merged("y", "x");
  const joined = { x: firing(alert("A", 11 * MINUTE), alert("B")) };
  expect(tell(escalations, 39 * MINUTE, joined)).toEqual([]);
  expect(tell(escalations, 40 * MINUTE, joined)).toEqual(["x/2 head: B,A"]);
});

test("a step that is on its way when the file changes is not begun again", () => {
  const before = new Escalations(definitions);
  before.fired("x", alert("A"));
  const [step] = before.due(5 * MINUTE, () => firing(alert("A")));
  const after = new Escalations(definitions, before.state(), before);
  expect(after.due(5 * MINUTE, () => firing(alert("A")))).toEqual([]);
  after.told(step!, 6 * MINUTE);
  expect(tell(after, 10 * MINUTE, { x: firing(alert("A")) })).toEqual(["x/2 head: A"]);
});

test("what nobody has taken up any more begins anew", () => {
  const escalations = new Escalations(definitions);
  escalations.fired("x", alert("A"));
  const taken = { x: firing(alert("A")).map((one) => ({ ...one, isAcknowledged: true })) };
  expect(tell(escalations, MINUTE, taken)).toEqual([]);
  const open = { x: firing(alert("A")) };
  expect(tell(escalations, 20 * MINUTE, open)).toEqual([]);
  expect(tell(escalations, 25 * MINUTE - 1, open)).toEqual([]);
  expect(tell(escalations, 25 * MINUTE, open)).toEqual(["x/1 lead: A"]);
});

test("a clock that is put back delays nothing by as much", () => {
  const escalations = new Escalations(definitions);
  escalations.fired("x", alert("A", 1_000 * MINUTE));
  const open = { x: firing(alert("A", 1_000 * MINUTE)) };
  expect(tell(escalations, MINUTE, open)).toEqual([]);
  expect(escalations.nextDueMs()).toBe(6 * MINUTE);
  expect(tell(escalations, 6 * MINUTE, open)).toEqual(["x/1 lead: A"]);
});

test("an escalation that is new in the file begins for what fires already, and once", () => {
  const escalations = new Escalations(definitions);
  escalations.fires("x", alert("A"));
  escalations.fires("x", alert("Note", 0, "info"));
  expect(tell(escalations, 7 * MINUTE, { x: firing(alert("A")) })).toEqual(["x/1 lead: A"]);
  escalations.fires("x", alert("A"));
  expect(tell(escalations, 8 * MINUTE, { x: firing(alert("A")) })).toEqual([]);
});
