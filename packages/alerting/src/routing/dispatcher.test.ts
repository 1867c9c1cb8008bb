import { describe, expect, test } from "vitest";
import { parseAlertmanagerConfig } from "./alertmanager-config.ts";
import { Dispatcher, type DispatcherState, type Notification } from "./dispatcher.ts";
import type { IncomingAlert } from "./held-alerts.ts";
import type { WebhookIntegration } from "./integrations.ts";

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const START = Date.UTC(2024, 0, 1, 12);

const hook = (name: string, more = ""): string =>
  `  - name: ${name}\n    webhook_configs: [{ url: "http://${name}"${more} }]`;
const config = (route: string, more = "", receivers = hook("desk")): string =>
  `route:\n  receiver: desk\n  group_by: [alertname]\n${route.replace(/^/gm, "  ")}\nreceivers:\n${receivers}\n${more}`;
const plain = config("group_wait: 30s\ngroup_interval: 5m\nrepeat_interval: 4h");

/** A dispatcher with a clock; what is due is delivered at once, unless `deliver` says otherwise. */
function desk(
  text: string,
  options: { state?: DispatcherState; nowMs?: number; deliver?: (one: Notification) => boolean } = {},
) {
  let nowMs = options.nowMs ?? START;
  const { state, deliver = () => true } = options;
  const dispatcher = new Dispatcher(parseAlertmanagerConfig(text), state === undefined ? { nowMs } : { state, nowMs });
  const told: string[] = [];
  return {
    dispatcher,
    told,
    now: () => nowMs,
    send: (...alerts: readonly IncomingAlert[]) => dispatcher.receive(alerts, nowMs),
    /** What was told on the way, as `after 30 s: desk Down a, b(resolved)`. */
    pass(durationMs: number): readonly string[] {
      const endMs = nowMs + durationMs;
      const from = told.length;
      while (dispatcher.nextDueMs() <= endMs) {
        nowMs = Math.max(nowMs, dispatcher.nextDueMs());
        for (const notification of dispatcher.due(nowMs)) {
          if (deliver(notification)) {
            dispatcher.delivered(notification, nowMs);
            told.push(`${(nowMs - START) / SECOND}s ${describeNotification(notification)}`);
          } else dispatcher.failed(notification);
        }
      }
      nowMs = endMs;
      return told.slice(from);
    },
  };
}

function describeNotification({ receiver, groupLabels, alerts }: Notification): string {
  const names = alerts.map(({ labels, resolved }) => `${labels["venue"] ?? "-"}${resolved ? "(resolved)" : ""}`);
  return `${receiver} ${groupLabels["alertname"] ?? "-"}: ${names.join(", ")}`;
}

function alert(
  alertname: string,
  venue: string,
  more: Partial<IncomingAlert> & { labels?: Record<string, string> } = {},
): IncomingAlert {
  return { startsAtMs: START, endsAtMs: START + 100 * HOUR, ...more, labels: { alertname, venue, ...more.labels } };
}

describe("a group", () => {
  test("waits for more alerts of its kind and tells them together", () => {
    const { send, pass } = desk(plain);
    send(alert("Down", "b"));
    expect(pass(10 * SECOND)).toEqual([]);
    send(alert("Down", "a"), alert("Slow", "a"));
    expect(pass(MINUTE)).toEqual(["30s desk Down: a, b", "40s desk Slow: a"]);
  });

  test("tells nothing again before the repeat interval is over, however often the alert is sent", () => {
    const { send, pass, now, told } = desk(plain);
    for (let minute = 0; minute < 4 * 60; minute++) {
      send(alert("Down", "a", { endsAtMs: now() + 4 * MINUTE }));
      pass(MINUTE);
    }
    expect(told).toEqual(["30s desk Down: a"]);
  });

  test("tells after the repeat interval, at the next time that it is due", () => {
    const { send, pass } = desk(plain);
    send(alert("Down", "a"));
    expect(pass(9 * HOUR)).toEqual([
      "30s desk Down: a",
      `${30 + 4 * 3600 + 300}s desk Down: a`,
      `${30 + 8 * 3600 + 600}s desk Down: a`,
    ]);
  });

  test("tells a new alert at the next group interval, with the old ones", () => {
    const { send, pass } = desk(plain);
    send(alert("Down", "a"));
    pass(MINUTE);
    send(alert("Down", "b"));
    expect(pass(10 * MINUTE)).toEqual(["330s desk Down: a, b"]);
  });

  test("tells that an alert is resolved, once, and is then forgotten", () => {
    const { send, pass, now, dispatcher } = desk(plain);
    send(alert("Down", "a"), alert("Down", "b"));
    pass(MINUTE);
    send(alert("Down", "a", { endsAtMs: now() }));
    expect(pass(30 * MINUTE)).toEqual(["330s desk Down: a(resolved), b"]);
    send(alert("Down", "b", { endsAtMs: now() }));
    expect(pass(HOUR)).toEqual([`${330 + 6 * 300}s desk Down: b(resolved)`]);
    expect(dispatcher.nextDueMs()).toBe(Number.POSITIVE_INFINITY);
  });

  test("does not tell of an alert that was over before anybody was told", () => {
    const { send, pass } = desk(plain);
    send(alert("Down", "a", { endsAtMs: START + 10 * SECOND }));
    expect(pass(HOUR)).toEqual([]);
  });

  test("takes an alert as resolved that says no end when nobody sends it any more", () => {
    const { send, pass } = desk(plain);
    const { labels } = alert("Down", "a");
    send({ labels });
    pass(3 * MINUTE);
    send({ labels });
    expect(pass(HOUR)).toEqual(["630s desk Down: a(resolved)"]);
  });

  test("lets an alert that has waited elsewhere not wait again", () => {
    const { send, pass } = desk(plain);
    send(alert("Down", "a", { startsAtMs: START - MINUTE }));
    expect(pass(0)).toEqual(["0s desk Down: a"]);
  });

  test("that waits still is told with an alert that has waited elsewhere", () => {
    const { send, pass } = desk(plain);
    send(alert("Down", "a"));
    expect(pass(10 * SECOND)).toEqual([]);
    send(alert("Down", "b", { startsAtMs: START - HOUR }));
    expect(pass(0)).toEqual(["10s desk Down: a, b"]);
    send(alert("Down", "c", { startsAtMs: START - HOUR }));
    expect(pass(10 * MINUTE)).toEqual(["310s desk Down: a, b, c"]);
  });

  test("is of all labels with ..., and of none with an empty list", () => {
    const all = desk(plain.replace("[alertname]", "['...']"));
    all.send(alert("Down", "a"), alert("Down", "b"));
    expect(all.pass(MINUTE)).toEqual(["30s desk Down: a", "30s desk Down: b"]);
    const none = desk(plain.replace("[alertname]", "[]"));
    none.send(alert("Down", "a"), alert("Slow", "b"));
    expect(none.pass(MINUTE)).toEqual(["30s desk -: a, b"]);
  });

  test("tells its alerts in Alertmanager's order: by job and instance, then those with fewer labels first", () => {
    const { send, pass } = desk(plain);
    send(
      alert("Down", "e", { labels: { a: "1" } }),
      alert("Down", "d"),
      alert("Down", "c", { labels: { job: "z", more: "1" } }),
      alert("Down", "b", { labels: { job: "z", instance: "2" } }),
      alert("Down", "a", { labels: { job: "z", instance: "10" } }),
    );
    expect(pass(MINUTE)).toEqual(["30s desk Down: a, b, c, d, e"]);
  });

  test("is not told anew when what changes is an annotation", () => {
    const { send, pass } = desk(plain);
    send(alert("Down", "a", { annotations: { value: "1" } }));
    pass(MINUTE);
    send(alert("Down", "a", { annotations: { value: "2" } }));
    expect(pass(HOUR)).toEqual([]);
  });
});

describe("delivery", () => {
  test("that fails is tried again at the group interval, and a resolved alert is not lost by it", () => {
    let works = false;
    const { send, pass, now } = desk(plain, { deliver: () => works });
    send(alert("Down", "a"));
    expect(pass(MINUTE)).toEqual([]);
    works = true;
    expect(pass(5 * MINUTE)).toEqual(["330s desk Down: a"]);
    works = false;
    send(alert("Down", "a", { endsAtMs: now() }));
    expect(pass(10 * MINUTE)).toEqual([]);
    works = true;
    expect(pass(10 * MINUTE)).toEqual(["1230s desk Down: a(resolved)"]);
  });

  test("that is on its way lets its group wait", () => {
    const { dispatcher, send } = desk(plain);
    send(alert("Down", "a"));
    const [notification] = dispatcher.due(START + 30 * SECOND);
    expect(notification!.deadlineMs).toBe(START + 30 * SECOND + 5 * MINUTE);
    expect(dispatcher.nextDueMs()).toBe(Number.POSITIVE_INFINITY);
    expect(dispatcher.due(START + HOUR)).toEqual([]);
    dispatcher.delivered(notification!, START + HOUR);
    expect(dispatcher.nextDueMs()).toBe(START + 30 * SECOND + 5 * MINUTE);
    expect(dispatcher.due(START + HOUR)).toEqual([]);
  });

  test("to two integrations of a receiver is written down for each", () => {
    const failing = new Set(["http://second"]);
    const receivers = "  - name: desk\n    webhook_configs: [{ url: 'http://first' }, { url: 'http://second' }]";
    const urls: string[] = [];
    const { send, pass } = desk(plain.replace(hook("desk"), receivers), {
      deliver: ({ integration }) => {
        const { url } = integration as WebhookIntegration;
        urls.push(url);
        return !failing.has(url);
      },
    });
    send(alert("Down", "a"));
    pass(MINUTE);
    failing.clear();
    pass(HOUR);
    expect(urls).toEqual(["http://first", "http://second", "http://second"]);
  });

  test("leaves out resolved alerts where the receiver wants none", () => {
    const { send, pass, now } = desk(plain.replace(hook("desk"), hook("desk", ", send_resolved: false")));
    send(alert("Down", "a"), alert("Down", "b"));
    pass(MINUTE);
    send(alert("Down", "a", { endsAtMs: now() }));
    expect(pass(10 * MINUTE)).toEqual([]);
    send(alert("Down", "b", { endsAtMs: now() }));
    expect(pass(10 * MINUTE)).toEqual([]);
    // It is another occurrence, of which the receiver knows nothing.
    send(alert("Down", "b", { startsAtMs: now(), endsAtMs: now() + 100 * HOUR }));
    expect(pass(10 * MINUTE)).toHaveLength(1);
  });
});

describe("after a restart", () => {
  function restarted(before: ReturnType<typeof desk>, nowMs: number) {
    const state = JSON.parse(JSON.stringify(before.dispatcher.state())) as DispatcherState;
    return desk(plain, { state, nowMs });
  }

  test("nothing is told twice", () => {
    const before = desk(plain);
    before.send(alert("Down", "a"));
    before.pass(MINUTE);
    const after = restarted(before, before.now() + MINUTE);
    after.send(alert("Down", "a"));
    expect(after.pass(HOUR)).toEqual([]);
    expect(after.pass(4 * HOUR)).toHaveLength(1);
  });

  test("nothing is forgotten: what was not told yet, what failed, what was resolved", () => {
    const waiting = desk(plain);
    waiting.send(alert("Down", "a"));
    expect(restarted(waiting, START + MINUTE).pass(MINUTE)).toEqual(["60s desk Down: a"]);

    const failed = desk(plain, { deliver: () => false });
    failed.send(alert("Down", "a"));
    failed.pass(MINUTE);
    expect(restarted(failed, START + MINUTE).pass(MINUTE)).toEqual(["60s desk Down: a"]);

    const resolved = desk(plain);
    resolved.send(alert("Down", "a"));
    resolved.pass(MINUTE);
    resolved.send(alert("Down", "a", { endsAtMs: resolved.now() }));
    expect(restarted(resolved, START + 2 * MINUTE).pass(MINUTE)).toEqual(["120s desk Down: a(resolved)"]);
  });

  test("silences are as they were", () => {
    const before = desk(plain);
    const matchers = [{ name: "venue", operator: "=", value: "a" }] as const;
    before.dispatcher.silence({ matchers, endsAtMs: START + HOUR, createdBy: "me", comment: "" }, START);
    const after = restarted(before, START + MINUTE);
    after.send(alert("Down", "a"), alert("Down", "b"));
    expect(after.pass(10 * MINUTE)).toEqual(["60s desk Down: b"]);
  });
});

test("what is forgotten is told of no more, and anew when it comes again", () => {
  const { send, pass, dispatcher } = desk(plain);
  send(alert("Down", "a"));
  pass(MINUTE);
  dispatcher.forget();
  expect(pass(HOUR)).toEqual([]);
  expect(dispatcher.alerts(START)).toEqual([]);
  send(alert("Down", "a"));
  expect(pass(MINUTE)).toHaveLength(1);
});

describe("routing", () => {
  test("tells two receivers when the first route continues, each group by itself", () => {
    const routes =
      "group_wait: 0s\nroutes:\n  - matchers: [venue=a]\n    receiver: pager\n    continue: true\n    group_by: [venue]\n  - matchers: [alertname=~D.*]\n    group_wait: 1m";
    const { send, pass } = desk(config(routes, "", `${hook("desk")}\n${hook("pager")}`));
    send(alert("Down", "a"), alert("Slow", "b"));
    expect(pass(2 * MINUTE)).toEqual(["0s pager -: a", "0s desk Slow: b", "60s desk Down: a"]);
  });

  test("gives keys with the labels in the order of their bytes", () => {
    const { dispatcher } = desk(plain.replace("group_by: [alertname]", "group_by: ['...']"));
    const labels = { "😀": "7", ﬁ: "8", ü: "5", a_b: "3", a1: "2", a: '"', A: "4" };
    dispatcher.receive([{ labels }], START);
    expect(dispatcher.groups(START)[0]!.key).toBe('{}:{A="4", a="\\"", a1="2", a_b="3", ü="5", ﬁ="8", 😀="7"}');
  });

  test("gives the same key to the same group, after a restart too", () => {
    const routes = "group_wait: 0s\nroutes:\n  - matchers: ['venue=~\"a|b\"', severity!=info]\n    receiver: desk";
    const { dispatcher, send } = desk(config(routes));
    send(alert('Down "now"', "a"));
    expect(dispatcher.due(START)[0]!.groupKey).toBe('{}/{severity!="info",venue=~"a|b"}:{alertname="Down \\"now\\""}');
  });
});

describe("inhibition", () => {
  const rules =
    "inhibit_rules:\n  - source_matchers: [severity=critical]\n    target_matchers: ['severity=~\"warning|critical\"']\n    equal: [venue]\n";
  const inhibiting = config("group_wait: 0s\ngroup_interval: 1m", rules);
  const labelled = (name: string, venue: string, severity: string, more: Partial<IncomingAlert> = {}) =>
    alert(name, venue, { ...more, labels: { severity } });

  test("keeps an alert from being told while a graver one of the same place fires", () => {
    const { send, pass, now, dispatcher } = desk(inhibiting);
    send(labelled("Gone", "a", "critical"), labelled("Slow", "a", "warning"), labelled("Slow", "b", "warning"));
    expect(pass(10 * MINUTE)).toEqual(["0s desk Gone: a", "0s desk Slow: b"]);
    expect(dispatcher.alerts(now()).map(({ state }) => state)).toEqual(["active", "suppressed", "active"]);
    send(labelled("Gone", "a", "critical", { endsAtMs: now() }));
    expect(pass(2 * MINUTE)).toEqual(["660s desk Gone: a(resolved)", "660s desk Slow: a, b"]);
  });

  test("takes a label that is not there for an empty one, whatever JavaScript calls so", () => {
    const rule = "inhibit_rules:\n  - { source_matchers: [x=s], target_matchers: [x=t], equal: [constructor, nope] }\n";
    const { send, pass } = desk(config("group_wait: 0s", rule));
    send(alert("Gone", "a", { labels: { x: "s" } }), alert("Slow", "b", { labels: { x: "t" } }));
    send(alert("Slow", "c", { labels: { x: "t", constructor: "d" } }));
    expect(pass(MINUTE)).toEqual(["0s desk Gone: a", "0s desk Slow: c"]);
  });

  test("by an alert of both sides is of alerts of one side only", () => {
    const both = "inhibit_rules:\n  - { source_matchers: [s=y], target_matchers: [t=y] }\n";
    const { send, dispatcher } = desk(config("group_wait: 0s", both));
    const source = alert("Source", "a", { labels: { s: "y" } });
    send(alert("Both", "a", { labels: { s: "y", t: "y" } }), alert("Target", "a", { labels: { t: "y" } }));
    const states = () => dispatcher.alerts(START).map(({ labels, state }) => `${labels["alertname"]} ${state}`);
    expect(states()).toEqual(["Target suppressed", "Both active"]);
    send(source);
    expect(states()).toEqual(["Source active", "Target suppressed", "Both suppressed"]);
  });

  test("is not mutual, nor of itself", () => {
    const { send, pass } = desk(inhibiting);
    send(labelled("Gone", "a", "critical"), labelled("Burning", "a", "critical"));
    expect(pass(MINUTE)).toHaveLength(2);
  });
});

describe("a silence", () => {
  const fast = config("group_wait: 0s\ngroup_interval: 1m\nrepeat_interval: 4h");
  const silence = (venue: string, endsAtMs: number, startsAtMs = START) => ({
    matchers: [{ name: "venue", operator: "=~", value: venue }] as const,
    startsAtMs,
    endsAtMs,
    createdBy: "me",
    comment: "maintenance",
  });

  test("keeps what it matches from being told, from its start to its end", () => {
    const { send, pass, dispatcher, now } = desk(fast);
    dispatcher.silence(silence("a|c", START + 10 * MINUTE), START);
    send(alert("Down", "a"), alert("Down", "b"));
    expect(pass(9 * MINUTE)).toEqual(["0s desk Down: b"]);
    expect(dispatcher.alerts(now())[0]).toMatchObject({
      state: "suppressed",
      silencedBy: [dispatcher.silences()[0]!.id],
    });
    expect(pass(2 * MINUTE)).toEqual(["600s desk Down: a, b"]);
  });

  test("that is ended early lets alerts through at the next time", () => {
    const { send, pass, dispatcher, now } = desk(fast);
    const { id } = dispatcher.silence(silence("a", START + HOUR), START);
    send(alert("Down", "a"));
    expect(pass(90 * SECOND)).toEqual([]);
    expect(dispatcher.expireSilence(id, now())).toBe(true);
    expect(dispatcher.expireSilence(id, now())).toBe(false);
    expect(pass(MINUTE)).toEqual(["120s desk Down: a"]);
  });

  test("is the same one when only the part of a second at its start is gone", () => {
    const { dispatcher } = desk(fast);
    const started = START + 250;
    const { id } = dispatcher.silence(silence("a", START + HOUR, started), started);
    const again = silence("a", START + 2 * HOUR, START);
    expect(dispatcher.changeSilence(id, again, START + MINUTE)).toMatchObject({ id, endsAtMs: START + 2 * HOUR });
    const moved = dispatcher.changeSilence(id, silence("a", START + HOUR, START - 5 * SECOND), START + MINUTE);
    expect(moved?.id).not.toBe(id);
  });

  test("that is to come does nothing before", () => {
    const { send, pass, dispatcher } = desk(fast);
    dispatcher.silence(silence("a", START + HOUR, START + MINUTE), START);
    send(alert("Down", "a"));
    expect(pass(0)).toHaveLength(1);
  });

  test.each([
    [
      "ends before it starts",
      { ...silence("a", START + MINUTE), startsAtMs: START + HOUR },
      "give an end after its start",
    ],
    ["is over", silence("a", START - MINUTE, START - HOUR), "after now"],
    ["has no matchers", { ...silence("a", START + HOUR), matchers: [] }, "no matchers"],
    ["matches everything", silence(".*", START + HOUR), "give at least one that matches something"],
  ])("that %s is refused", (_, definition, message) => {
    expect(() => desk(fast).dispatcher.silence(definition, START)).toThrow(message);
  });
});

describe("time intervals", () => {
  const named =
    "time_intervals:\n  - name: lunch\n    time_intervals: [{ times: [{ start_time: '12:00', end_time: '13:00' }] }]\n";
  const timed = (field: string) =>
    config(`group_wait: 0s\ngroup_interval: 10m\nroutes:\n  - matchers: [venue=a]\n    ${field}: [lunch]`, named);

  test("mute a route for their time", () => {
    const { send, pass } = desk(timed("mute_time_intervals"));
    send(alert("Down", "a"), alert("Down", "b"));
    expect(pass(2 * HOUR)).toEqual(["0s desk Down: b", "3600s desk Down: a"]);
  });

  test("are told by their names while they mute a group", () => {
    const names = ({ dispatcher }: ReturnType<typeof desk>, nowMs: number) =>
      dispatcher.groups(nowMs).map(({ mutedBy }) => mutedBy);
    const muting = desk(timed("mute_time_intervals"));
    muting.send(alert("Down", "a"), alert("Down", "b"));
    expect([names(muting, START), names(muting, START + HOUR)]).toEqual([
      [["lunch"], []],
      [[], []],
    ]);
    const active = desk(timed("active_time_intervals"));
    active.send(alert("Down", "a"));
    expect([names(active, START), names(active, START + HOUR)]).toEqual([[[]], [["lunch"]]]);
  });

  test("let a route tell in their time only", () => {
    const { send, pass } = desk(timed("active_time_intervals"), { nowMs: START - 30 * MINUTE });
    send(alert("Down", "a"));
    expect(pass(HOUR)).toEqual(["0s desk Down: a"]);
  });
});

describe("what was sent, and nobody heard of,", () => {
  const sent = (alerts: readonly IncomingAlert[], state?: DispatcherState) => {
    const { dispatcher, send } = desk(plain, state === undefined ? {} : { state, nowMs: START + 10 * MINUTE });
    send(...alerts);
    const [notification] = dispatcher.due(START + HOUR);
    return { dispatcher, notification };
  };
  /** After a crash, as JSON in a file. */
  const crashed = (dispatcher: Dispatcher): DispatcherState => JSON.parse(JSON.stringify(dispatcher.state()));

  test("is told to be over, although nobody knows that it was told to fire", () => {
    const { dispatcher, notification } = sent([alert("Down", "a")]);
    dispatcher.sending(notification!);
    const { notification: next } = sent([alert("Down", "a", { endsAtMs: START + MINUTE })], crashed(dispatcher));
    expect(next!.alerts).toMatchObject([{ labels: { venue: "a" }, resolved: true }]);
    expect(next!.lastToldMs).toBeUndefined();
  });

  test("is told to fire again, although nobody knows that it was told to be over", () => {
    const { dispatcher, send, pass, now } = desk(plain);
    send(alert("Down", "a"), alert("Down", "b"));
    pass(MINUTE);
    send(alert("Down", "a", { endsAtMs: now() }));
    const [notification] = dispatcher.due(START + HOUR);
    dispatcher.sending(notification!);
    const again = alert("Down", "a", { startsAtMs: START + 2 * MINUTE });
    const { notification: next } = sent([again], crashed(dispatcher));
    expect(next!.alerts.map(({ resolved }) => resolved)).toEqual([false, false]);
  });

  test("is nothing that anybody knows when the receiver has refused it", () => {
    const { dispatcher, send, pass, now } = desk(plain, {
      deliver: (one) => {
        dispatcher.sending(one);
        dispatcher.failed(one, { isRefused: true });
        return false;
      },
    });
    send(alert("Down", "a"));
    pass(MINUTE);
    expect(dispatcher.state().notificationLog).toEqual([]);
    send(alert("Down", "a", { endsAtMs: now() }));
    expect(dispatcher.due(START + HOUR)).toEqual([]);
  });
});

test("what is over and everybody knows to be over is not told again after a restart, nor when rules say it again", () => {
  const { dispatcher, send, pass, told, now } = desk(plain);
  send(alert("Down", "a"));
  pass(MINUTE);
  const over = alert("Down", "a", { endsAtMs: now() });
  send(over);
  pass(10 * MINUTE);
  send(over, alert("Down", "b"));
  pass(10 * MINUTE);
  expect(told.slice(1)).toEqual(["330s desk Down: a(resolved)", "660s desk Down: b"]);
  const next = desk(plain, { state: dispatcher.state(), nowMs: now() });
  next.send(alert("Down", "c"));
  expect(next.pass(MINUTE)).toEqual([expect.stringContaining("desk Down: b, c")]);
});

test("an alert that is over is remembered until everybody was told, however long that takes", () => {
  let works = true;
  const { dispatcher, send, pass, now } = desk(plain, { deliver: () => works });
  send(alert("Down", "a"));
  pass(MINUTE);
  works = false;
  send(alert("Down", "a", { endsAtMs: now() }));
  pass(24 * HOUR);
  const next = desk(plain, { state: dispatcher.state(), nowMs: now() });
  expect(next.pass(MINUTE)).toEqual([expect.stringContaining("desk Down: a(resolved)")]);
});
