import { LabelMatcher, labelsOf, MemoryStore, queryInstant, SampleBuffer, toRecord } from "@telltale/promql";
import { describe, expect, test } from "vitest";
import { parseRuleFile } from "../rule-file/rule-file.ts";
import type { SentAlert } from "./alert.ts";
import { RuleGroup, type RuleGroupOptions } from "./rule-group.ts";

const MINUTE = 60_000;
const START = 1_700_000_000_000;

/** A group on a store, evaluated minute by minute. */
function desk(rules: string, options: Partial<RuleGroupOptions> = {}) {
  const store = options.store ?? new MemoryStore();
  const sent: SentAlert[] = [];
  const definition = parseRuleFile(`groups:\n  - name: g\n    rules:\n${rules.replace(/^/gm, "      ")}`).groups[0]!;
  const group = new RuleGroup(definition, { store, onAlerts: (alerts) => sent.push(...alerts), ...options });
  let minute = 0;
  return {
    group,
    store,
    /** What was sent at this evaluation. */
    at(values: Readonly<Record<string, number>>): readonly SentAlert[] {
      const timeMs = START + minute++ * MINUTE;
      store.append(
        Object.entries(values).map(([job, value]) => ({ labels: labelsOf({ __name__: "up", job }), timeMs, value })),
      );
      sent.length = 0;
      group.evaluate(timeMs);
      return [...sent];
    },
    skip(minutes: number): void {
      minute += minutes;
    },
    now: () => START + (minute - 1) * MINUTE,
    /** Of the only alert, after the next evaluation. */
    stateAt(values: Readonly<Record<string, number>>): string | undefined {
      this.at(values);
      return this.states()[0];
    },
    states: () => group.rules().flatMap(({ alerts }) => alerts.map(({ state }) => state)),
  };
}

function series(store: MemoryStore, name: string): readonly Record<string, string>[] {
  return store.select([new LabelMatcher("__name__", "=", name)]).map(({ labels }) => toRecord(labels));
}

function latest(store: MemoryStore, query: string, timeMs: number): number | undefined {
  const { value } = queryInstant(store, query, { timeMs });
  return value.type === "vector" ? value.samples[0]?.value : undefined;
}

describe("an alert", () => {
  const rule =
    "- alert: Down\n  expr: up == 0\n  for: 2m\n  labels: {severity: page}\n  annotations: {summary: '{{ $labels.job }} is {{ $value }}'}";

  test("is pending until its condition held for the time of `for`, and is told only then", () => {
    const { at, states, now } = desk(rule, {
      externalUrl: "http://here",
      externalLabels: { region: "eu", severity: "none" },
    });
    expect(at({ api: 1 })).toEqual([]);
    expect(at({ api: 0 })).toEqual([]);
    expect(states()).toEqual(["pending"]);
    expect(at({ api: 0 })).toEqual([]);
    expect(at({ api: 0 })).toEqual([
      {
        labels: { alertname: "Down", job: "api", region: "eu", severity: "page" },
        annotations: { summary: "api is 0" },
        startsAtMs: now(),
        endsAtMs: now() + 4 * MINUTE,
        resolved: false,
        generatorUrl: "http://here/graph?g0.expr=up+%3D%3D+0&g0.tab=1",
      },
    ]);
    expect(states()).toEqual(["firing"]);
  });

  test("is forgotten when its condition ends while it is pending", () => {
    const { at, states } = desk(rule);
    at({ api: 0 });
    expect(at({ api: 1 })).toEqual([]);
    expect(states()).toEqual([]);
  });

  test("is told again after the resend delay, and not before", () => {
    const { at } = desk("- alert: Down\n  expr: up == 0", { resendDelayMs: 2 * MINUTE });
    const counts = Array.from({ length: 7 }, () => at({ api: 0 }).length);
    expect(counts).toEqual([1, 0, 0, 1, 0, 0, 1]);
  });

  test("is told as resolved at once, and again for 15 min", () => {
    const { at, now } = desk("- alert: Down\n  expr: up == 0");
    at({ api: 0 });
    const startsAtMs = now();
    const [resolved] = at({ api: 1 });
    expect(resolved).toMatchObject({ resolved: true, startsAtMs, endsAtMs: now() });
    const later = Array.from({ length: 20 }, () => at({ api: 1 }).length);
    // Told every other minute, since the delay of one minute must be over.
    expect(later).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]);
  });

  test("that comes back is a new one", () => {
    const { at, now } = desk("- alert: Down\n  expr: up == 0");
    at({ api: 0 });
    at({ api: 1 });
    const [again] = at({ api: 0 });
    expect(again).toMatchObject({ resolved: false, startsAtMs: now() });
  });

  test("fires on for the time of keep_firing_for", () => {
    const one = desk("- alert: Down\n  expr: up == 0\n  keep_firing_for: 3m");
    one.at({ api: 0 });
    const seen = Array.from({ length: 4 }, () => one.stateAt({ api: 1 }));
    expect(seen).toEqual(["firing", "firing", "firing", "inactive"]);
  });

  test("that keeps firing starts its time anew when the condition holds again", () => {
    const one = desk("- alert: Down\n  expr: up == 0\n  keep_firing_for: 2m");
    const seen = [0, 1, 1, 0, 1, 1, 1].map((api) => one.stateAt({ api }));
    expect(seen).toEqual(["firing", "firing", "firing", "firing", "firing", "firing", "inactive"]);
  });

  test("has annotations and value of the last evaluation", () => {
    const { at, group } = desk("- alert: Low\n  expr: up < 5\n  annotations: {now: '{{ $value }}'}");
    at({ api: 4 });
    at({ api: 3 });
    expect(group.rules()[0]!.alerts).toMatchObject([{ value: 3, annotations: { now: "3" } }]);
  });

  test("has a label for what its template gives, and a fault of a template is its text", () => {
    const { at } = desk("- alert: A\n  expr: up == 0\n  labels: {to: 'team-{{ $labels.job }}', bad: '{{ .Absent }}'}");
    const [alert] = at({ api: 0 });
    expect(alert!.labels["to"]).toBe("team-api");
    expect(alert!.labels["bad"]).toMatch(/^<error expanding template: error executing template __alert_A: .*Absent/);
  });
});

describe("the series of alerts", () => {
  test("say the state and since when, and end with the alert", () => {
    const { at, store, now } = desk("- alert: Down\n  expr: up == 0\n  for: 1m\n  labels: {severity: page}");
    at({ api: 0 });
    const activeAt = now() / 1000;
    const memory = store as MemoryStore;
    expect(series(memory, "ALERTS")).toEqual([
      { __name__: "ALERTS", alertname: "Down", alertstate: "pending", job: "api", severity: "page" },
    ]);
    at({ api: 0 });
    expect(latest(memory, 'ALERTS{alertstate="pending"}', now())).toBeUndefined();
    expect(latest(memory, 'ALERTS{alertstate="firing"}', now())).toBe(1);
    expect(latest(memory, "ALERTS_FOR_STATE", now())).toBe(activeAt);
    at({ api: 1 });
    expect(latest(memory, "ALERTS", now())).toBeUndefined();
    expect(latest(memory, "ALERTS_FOR_STATE", now())).toBeUndefined();
  });

  test("bring the state of `for` over a restart", () => {
    const rule = "- alert: Down\n  expr: up == 0\n  for: 30m";
    const before = desk(rule);
    for (let i = 0; i < 20; i++) before.at({ api: 0 });
    const after = desk(rule, { store: before.store, restore: true });
    after.skip(25);
    // While nobody looked, 5 min passed that do not count: 11 min of 30 are left at the second evaluation.
    after.at({ api: 0 });
    expect(after.states()).toEqual(["pending"]);
    after.at({ api: 0 });
    const pending = Array.from({ length: 12 }, () => after.stateAt({ api: 0 }));
    expect(pending).toEqual([...new Array(10).fill("pending"), "firing", "firing"]);
  });

  test("let an alert that should fire be pending for the grace period first", () => {
    const rule = "- alert: Down\n  expr: up == 0\n  for: 30m";
    const before = desk(rule);
    for (let i = 0; i < 28; i++) before.at({ api: 0 });
    const after = desk(rule, { store: before.store, restore: true });
    after.skip(29);
    after.at({ api: 0 });
    after.at({ api: 0 });
    const seen = Array.from({ length: 11 }, () => after.stateAt({ api: 0 }));
    expect(seen.indexOf("firing")).toBe(9);
  });

  test("are not restored for a short `for`, nor from before the outage that is tolerated", () => {
    for (const [rule, pause] of [
      ["- alert: Down\n  expr: up == 0\n  for: 5m", 6],
      ["- alert: Down\n  expr: up == 0\n  for: 30m", 90],
    ] as const) {
      const before = desk(rule);
      for (let i = 0; i < 4; i++) before.at({ api: 0 });
      const after = desk(rule, { store: before.store, restore: true });
      after.skip(pause);
      after.at({ api: 0 });
      const active = after.now();
      after.at({ api: 0 });
      expect(after.group.rules()[0]!.alerts).toMatchObject([{ state: "pending", activeAtMs: active }]);
    }
  });
});

describe("a group", () => {
  test("evaluates its rules in order, each on what the ones before gave", () => {
    const { at, store, now } = desk(
      "- record: job:up:sum\n  expr: sum(up)\n  labels: {kind: all}\n- alert: Few\n  expr: job:up:sum < 2",
    );
    expect(at({ api: 1, db: 0 })).toMatchObject([{ labels: { alertname: "Few", kind: "all" } }]);
    expect(latest(store as MemoryStore, 'job:up:sum{kind="all"}', now())).toBe(1);
  });

  test("ends a recorded series that a rule gives no more", () => {
    const { at, store, now } = desk("- record: good\n  expr: up == 1");
    at({ api: 1 });
    at({ api: 0 });
    expect(latest(store as MemoryStore, "good", now())).toBeUndefined();
    const buffer = new SampleBuffer();
    (store as MemoryStore)
      .select([new LabelMatcher("__name__", "=", "good")])[0]!
      .read({ fromMs: 0, toMs: now() }, buffer);
    expect(buffer.length).toBe(2);
  });

  test("looks as far back as its query offset, and writes there too", () => {
    const { at, store, now } = desk("- record: seen\n  expr: up", { queryOffsetMs: 2 * MINUTE });
    for (const api of [1, 2, 3]) at({ api });
    expect(latest(store as MemoryStore, "seen", now() - 2 * MINUTE)).toBe(1);
    expect(latest(store as MemoryStore, "timestamp(seen)", now())).toBe((now() - 2 * MINUTE) / 1000);
  });

  test("tells a rule that fails and goes on with the others", () => {
    const { at, group } = desk("- record: both\n  expr: up + on () up\n- record: fine\n  expr: sum(up)");
    at({ api: 1, db: 1 });
    const [bad, good] = group.rules();
    expect(bad).toMatchObject({ health: "err", lastError: expect.stringContaining("duplicate series") });
    expect(good).toMatchObject({ health: "ok", lastError: undefined });
  });

  test("refuses what two alerts would have for the same labels", () => {
    const { at, group } = desk("- alert: Down\n  expr: up == 0\n  labels: {job: all}");
    at({ api: 0, db: 0 });
    expect(group.rules()[0]!.lastError).toBe(
      "vector contains metrics with the same labelset after applying alert labels",
    );
  });

  test.each([
    ["- alert: Down\n  expr: up == 0", "exceeded limit of 1 with 2 alerts"],
    ["- record: down\n  expr: up == 0", "exceeded limit of 1 with 2 series"],
  ])("gives nothing of a rule that goes beyond the limit: %s", (rule, message) => {
    const store = new MemoryStore();
    const [definition] = parseRuleFile(
      `groups:\n  - name: g\n    limit: 1\n    rules:\n${rule.replace(/^/gm, "      ")}`,
    ).groups;
    const sent: SentAlert[] = [];
    const group = new RuleGroup(definition!, { store, onAlerts: (alerts) => sent.push(...alerts) });
    for (const job of ["a", "b"])
      store.append([{ labels: labelsOf({ __name__: "up", job }), timeMs: START, value: 0 }]);
    group.evaluate(START);
    expect(group.rules()[0]).toMatchObject({ health: "err", lastError: message, alerts: [] });
    expect(sent).toEqual([]);
  });

  test("takes over alerts at a reload, and ends the series of rules that are gone", () => {
    const before = desk("- alert: Down\n  expr: up == 0\n  for: 2m\n- record: old\n  expr: sum(up)");
    before.at({ api: 0 });
    before.at({ api: 0 });
    const after = desk("- record: new\n  expr: count(up)\n- alert: Down\n  expr: up <= 0\n  for: 2m", {
      store: before.store,
    });
    after.group.adopt(before.group);
    after.skip(2);
    expect(after.at({ api: 0 })).toHaveLength(1);
    expect(latest(before.store as MemoryStore, "old", after.now())).toBeUndefined();
    after.group.end(after.now() + MINUTE);
    expect(latest(before.store as MemoryStore, "new", after.now() + MINUTE)).toBeUndefined();
  });

  test("gives others their turn after each rule", async () => {
    const { group, store } = desk("- record: a\n  expr: '1'\n- record: b\n  expr: '2'");
    let pauses = 0;
    await group.evaluateInTurns(START, async () => pauses++);
    expect(pauses).toBe(2);
    expect(latest(store as MemoryStore, "a + on () b", START)).toBe(3);
  });

  test("has its own place within the interval", () => {
    const { group } = desk("- record: a\n  expr: '1'");
    const first = group.nextEvaluationMs(START);
    expect(first - START).toBeLessThan(MINUTE);
    expect(first).toBeGreaterThanOrEqual(START);
    expect(group.nextEvaluationMs(first)).toBe(first);
    expect(group.nextEvaluationMs(first + 1)).toBe(first + MINUTE);
  });
});
