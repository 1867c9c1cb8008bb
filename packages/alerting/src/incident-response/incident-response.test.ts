import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseAlertingFile } from "../alerting-file/alerting-file.ts";
import type { Clock } from "../clock.ts";
import type { Notifier } from "../delivery/notifier.ts";
import { type IncidentHistory, memoryHistory } from "../incidents/incident-history.ts";
import type { InterventionOutcome, InterventionRequest } from "../intervention/intervention-request.ts";
import { parseAlertmanagerConfig } from "../routing/alertmanager-config.ts";
import { Dispatcher, type DispatcherState } from "../routing/dispatcher.ts";
import type { IncomingAlert } from "../routing/held-alerts.ts";
import { openIncidentFile } from "../state-file/incident-file.ts";
import { startIncidentResponse } from "./incident-response.ts";
import type { Acknowledgement, IncidentResponseOptions } from "./incident-response-options.ts";

const SECOND = 1_000;
const MINUTE = 60_000;
const START = Date.UTC(2024, 0, 1, 12);

/** Time that passes when it is told to, timer by timer. */
class TestClock implements Clock {
  nowMs = START;
  readonly #timers = new Map<symbol, { readonly timeMs: number; readonly call: () => void }>();

  now(): number {
    return this.nowMs;
  }

  at(timeMs: number, call: () => void): Disposable {
    const timer = Symbol();
    this.#timers.set(timer, { timeMs, call });
    return { [Symbol.dispose]: () => void this.#timers.delete(timer) };
  }

  next(): { readonly id: symbol; readonly timeMs: number; readonly call: () => void } | undefined {
    return [...this.#timers].map(([id, timer]) => ({ id, ...timer })).sort((a, b) => a.timeMs - b.timeMs)[0];
  }

  fire(id: symbol): void {
    const timer = this.#timers.get(id)!;
    this.#timers.delete(id);
    this.nowMs = Math.max(this.nowMs, timer.timeMs);
    timer.call();
  }
}

const config = parseAlertmanagerConfig(`
route: { receiver: desk, group_wait: 0s }
receivers:
  - { name: desk, webhook_configs: [{ url: "http://desk" }] }
  - { name: lead, webhook_configs: [{ url: "http://lead" }] }
  - { name: head, webhook_configs: [{ url: "http://head" }] }
inhibit_rules:
  - { source_matchers: [alertname=Maintenance], target_matchers: [venue=kraken] }
`);

type Intervene = NonNullable<IncidentResponseOptions["intervene"]>;

interface DeskOptions {
  readonly history?: IncidentHistory;
  readonly clock?: TestClock;
  readonly state?: DispatcherState;
  readonly intervene?: Intervene;
  readonly graceMs?: number;
}

/** A response with receivers that accept by `accepts`; what they were told is in `told`, as `300s lead: A, B(resolved)`. */
function desk(
  text: string,
  { history = memoryHistory(), clock = new TestClock(), state, intervene, graceMs }: DeskOptions = {},
) {
  const told: string[] = [];
  const problems: string[] = [];
  const notifierState = state === undefined ? {} : { state };
  const dispatcher = new Dispatcher(config, { nowMs: clock.now(), ...notifierState });
  let accepts = true;
  const notifier: { -readonly [K in keyof Notifier]: Notifier[K] } = {
    dispatcher,
    config,
    receive: (alerts) => dispatcher.receive(alerts, clock.now()),
    async tell(telling) {
      const notifications = dispatcher.direct(telling, clock.now());
      await Promise.resolve();
      for (const one of notifications) {
        if (accepts) dispatcher.delivered(one, clock.now());
        else dispatcher.failed(one);
        const alerts = one.alerts.map(
          ({ labels, resolved }) => `${labels["alertname"]}${resolved ? "(resolved)" : ""}`,
        );
        if (accepts) told.push(`${(clock.now() - START) / SECOND}s ${one.receiver}: ${alerts.join(", ")}`);
      }
      return accepts;
    },
    forget: () => dispatcher.forget(),
    wake() {},
    settled: async () => {},
    stop: async () => {},
  };
  const response = startIncidentResponse({
    file: parseAlertingFile(text, { receivers: config.receivers.map(({ name }) => name) }),
    notifier: () => notifier,
    clock,
    history,
    onProblem: (problem) => problems.push(problem),
    ...(intervene !== undefined && { intervene }),
    ...(graceMs !== undefined && { graceMs }),
  });
  return {
    response,
    clock,
    history,
    told,
    problems,
    dispatcher,
    notifier,
    refuse(yes: boolean) {
      accepts = !yes;
    },
    /** As rules send them: what the notifier is given. */
    send(...alerts: readonly IncomingAlert[]): readonly IncomingAlert[] {
      const passed = response.receive(alerts);
      notifier.receive(passed);
      return passed;
    },
    async pass(durationMs: number): Promise<void> {
      const endMs = clock.now() + durationMs;
      await response.settled();
      for (let next = clock.next(); next !== undefined && next.timeMs <= endMs; next = clock.next()) {
        clock.fire(next.id);
        await response.settled();
      }
      clock.nowMs = endMs;
    },
    events: () =>
      response
        .incidents()
        .flatMap(({ id }) => response.incident(id)!.events.map(({ kind, text }) => `${kind}: ${text}`)),
  };
}

const firing = (alertname: string, more: Record<string, string> = {}): IncomingAlert => {
  return {
    labels: { alertname, job: "desk", severity: "critical", ...more },
    startsAtMs: START,
    endsAtMs: START + 1e9,
  };
};
const resolved = (alertname: string, clock: Clock, more: Record<string, string> = {}): IncomingAlert => {
  return { ...firing(alertname, more), endsAtMs: clock.now() };
};

const escalation = `
escalations:
  - name: trading
    matchers: [severity="critical"]
    levels:
      - { delay: 5m, receivers: [lead] }
      - { delay: 15m, receivers: [lead, head] }
`;

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "incidents-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("escalation", () => {
  test("tells level after level until somebody acknowledges, and all of them when it is over", async () => {
    const { send, pass, told, clock, response } = desk(escalation);
    send(firing("Down"));
    await pass(5 * MINUTE - 1);
    expect(told).toEqual([]);
    await pass(20 * MINUTE);
    expect(told).toEqual(["300s lead: Down", "900s lead: Down", "900s head: Down"]);
    send(resolved("Down", clock));
    await response.settled();
    expect(told.slice(3)).toEqual([
      "1499.999s lead: Down(resolved)",
      "1499.999s lead: Down(resolved)",
      "1499.999s head: Down(resolved)",
    ]);
    await pass(60 * MINUTE);
    expect(told).toHaveLength(6);
  });

  test("stops when it is acknowledged, for those alerts alone", async () => {
    const { send, pass, told, response, dispatcher, clock } = desk(escalation);
    send(firing("Down"), firing("Slow"), firing("Note", { severity: "info" }));
    await pass(MINUTE);
    const [incident] = response.incidents();
    response.acknowledge({ alertname: "Down" }, { by: "ada", comment: "I look" });
    await pass(5 * MINUTE);
    expect(told).toEqual(["300s lead: Slow"]);
    response.acknowledge(incident!.id.slice(0, 5), { by: "bob" });
    await pass(60 * MINUTE);
    expect(told).toHaveLength(1);
    expect(response.incident(incident!.id)!.acknowledgedBy).toBe("bob");
    expect(dispatcher.silences().map(({ createdBy, comment }) => [createdBy, comment])).toEqual([
      ["ada", "acknowledged until it is resolved: I look"],
      ["bob", "acknowledged until it is resolved"],
      ["bob", "acknowledged until it is resolved"],
    ]);
    // News of the same incident begins anew.
    send({ ...firing("Worse"), startsAtMs: clock.now() });
    const before = clock.now();
    await pass(5 * MINUTE);
    expect(told.slice(1)).toEqual([`${(before - START) / SECOND + 300}s lead: Worse`]);
  });

  test("goes on in spite of an acknowledgement where the file says so, and repeats its last level", async () => {
    const { send, pass, told, response } = desk(`
escalations:
  - { name: a, until: resolved, repeat: 10m, levels: [{ delay: 1m, receivers: [lead] }] }
`);
    send(firing("Down"));
    response.acknowledge({ alertname: "Down" }, { by: "ada" });
    await pass(25 * MINUTE);
    expect(told).toEqual(["60s lead: Down", "660s lead: Down", "1260s lead: Down"]);
  });

  test("waits while the alert is silenced", async () => {
    const { send, pass, told, dispatcher, clock } = desk(escalation);
    const matchers = [{ name: "alertname", operator: "=", value: "Down" }] as const;
    dispatcher.silence({ matchers, endsAtMs: START + 10 * MINUTE, createdBy: "ada", comment: "" }, START);
    send(firing("Down"));
    await pass(10 * MINUTE - 1);
    expect(told).toEqual([]);
    await pass(MINUTE);
    expect(told).toEqual(["600s lead: Down"]);
    expect(clock.now()).toBe(START + 11 * MINUTE - 1);
  });

  test("tries a receiver again that has not accepted, and says so once", async () => {
    const { send, pass, told, problems, refuse } = desk(escalation);
    refuse(true);
    send(firing("Down"));
    await pass(7 * MINUTE);
    expect(problems).toEqual(["escalation trading: level 1 could not be told to lead; it is tried again"]);
    refuse(false);
    await pass(MINUTE);
    expect(told).toEqual(["450s lead: Down"]);
  });

  test("neither repeats nor forgets across a restart", async () => {
    const path = join(folder, "alerting.db");
    const first = desk(escalation, { history: openIncidentFile(path) });
    first.send(firing("Down"));
    await first.pass(6 * MINUTE);
    expect(first.told).toEqual(["300s lead: Down"]);
    // Nobody stops anything before a kill -9.
    const second = desk(escalation, {
      history: openIncidentFile(path),
      clock: Object.assign(new TestClock(), { nowMs: first.clock.now() + MINUTE }),
      state: JSON.parse(JSON.stringify(first.dispatcher.state())) as DispatcherState,
    });
    second.send({ ...firing("Down"), startsAtMs: second.clock.now() });
    await second.pass(20 * MINUTE);
    expect(second.told).toEqual(["900s lead: Down", "900s head: Down"]);
    expect(second.response.incidents()).toHaveLength(1);
    expect(second.events().map((text) => text.split(":")[0])).toEqual(["opened", "escalated", "escalated"]);
  });

  test("does not repeat what was accepted when the process ended before that was written", async () => {
    const history = memoryHistory();
    const kept: string[] = [];
    const first = desk(escalation, {
      history: {
        ...history,
        append(change) {
          kept.push(change.state);
          history.append(change);
        },
      },
    });
    first.send(firing("Down"));
    const before = kept.at(-1)!;
    await first.pass(6 * MINUTE);
    const crashed = memoryHistory();
    crashed.append({ events: [], incidents: [], state: before });
    const second = desk(escalation, {
      history: crashed,
      clock: Object.assign(new TestClock(), { nowMs: first.clock.now() }),
      state: first.dispatcher.state(),
    });
    second.send(firing("Down"));
    await second.pass(MINUTE);
    expect(second.told).toEqual([]);
    await second.pass(10 * MINUTE);
    expect(second.told).toEqual(["900s lead: Down", "900s head: Down"]);
  });
});

describe("an escalation", () => {
  test("that the file has anew begins for what fires already", async () => {
    const { send, pass, told, response } = desk("");
    send(firing("Down"));
    await pass(10 * MINUTE);
    response.reload(parseAlertingFile(escalation));
    await pass(6 * MINUTE);
    expect(told).toEqual(["600s lead: Down", "900s lead: Down", "900s head: Down"]);
  });

  test("gives up telling the end to a receiver that is no more", async () => {
    const { send, pass, told, notifier, clock, response, problems } = desk(escalation);
    send(firing("Down"));
    await pass(6 * MINUTE);
    notifier.config = { ...config, receivers: config.receivers.filter(({ name }) => name !== "lead") };
    send(resolved("Down", clock));
    await pass(30 * MINUTE);
    expect(told).toEqual(["300s lead: Down"]);
    expect(problems).toEqual([]);
    expect(response.incidents()).toMatchObject([{ state: "resolved" }]);
    expect(clock.next()).toBeUndefined();
  });

  test("is over for who was told when its alert is held back", async () => {
    const { send, pass, told, clock } = desk(`${escalation}cooldowns: [{ duration: 20m }]`);
    send(firing("Down"));
    await pass(6 * MINUTE);
    send(resolved("Down", clock));
    send({ ...firing("Down"), startsAtMs: clock.now() });
    await pass(MINUTE);
    // The end of what was told is told; what is held back is nobody's.
    expect(told).toEqual(["300s lead: Down", "360s lead: Down(resolved)"]);
  });
});

describe("an acknowledgement", () => {
  test("is over when somebody ends its silence: the escalation begins anew", async () => {
    const { send, pass, told, response, dispatcher, clock, events } = desk(escalation);
    send(firing("Down"));
    const [taken] = response.acknowledge({ alertname: "Down" }, { by: "ada" });
    await pass(20 * MINUTE);
    dispatcher.expireSilence(taken!.silenceId, clock.now());
    response.wake();
    expect(events().at(-1)).toBe("given_back: Down: its silence was ended, so ada has it no more");
    await pass(6 * MINUTE);
    expect(told).toEqual(["1500s lead: Down"]);
  });

  test("of before a state that was lost silences nothing any more", async () => {
    const first = desk("");
    first.send(firing("Down"));
    first.response.acknowledge({ alertname: "Down" }, { by: "ada" });
    const history = memoryHistory();
    history.append({ events: [], incidents: [], state: "{" });
    const second = desk("", { history, state: first.dispatcher.state() });
    second.send(firing("Down"));
    const state = () => second.dispatcher.alerts(second.clock.now())[0]!.state;
    expect(state()).toBe("active");
  });

  test("is known before its silence, which would outlast the alert", () => {
    const order: string[] = [];
    const works = memoryHistory();
    const history: IncidentHistory = {
      ...works,
      append(change) {
        if (change.state.includes("silenceId")) order.push("history");
        works.append(change);
      },
    };
    const { send, response, notifier } = desk("", { history });
    send(firing("Down"));
    notifier.wake = () => order.push("silence");
    response.acknowledge({ alertname: "Down" }, { by: "ada" });
    expect(order).toEqual(["history", "silence"]);
  });

  test("silences the alert until it is resolved", async () => {
    const { send, response, dispatcher, clock, pass } = desk("");
    send(firing("Down"), firing("Slow"));
    response.acknowledge({ alertname: "Down" }, { by: "ada" });
    const states = () => dispatcher.alerts(clock.now()).map(({ labels, state }) => `${labels["alertname"]} ${state}`);
    expect(states()).toEqual(["Down suppressed", "Slow active"]);
    await pass(MINUTE);
    send(resolved("Down", clock));
    expect(dispatcher.silences().map(({ endsAtMs }) => endsAtMs)).toEqual([clock.now()]);
    send({ ...firing("Down"), startsAtMs: clock.now() });
    expect(states()).toEqual(["Down active", "Slow active"]);
  });

  test("of what does not fire is refused, with what to do", () => {
    const { send, response } = desk("");
    send(firing("Down"));
    const code = expect.objectContaining({ code: "TELLTALE_NOTHING_TO_ACKNOWLEDGE" });
    for (const what of ["", "nosuch", {}, { alertname: "Dwon" }]) {
      expect(() => response.acknowledge(what, { by: "ada" })).toThrow(code);
    }
    expect(() => response.acknowledge({ alertname: "Dwon" }, { by: "ada" })).toThrow("what fires now is Down");
    const nobody: unknown[] = [{ by: " " }, {}, undefined];
    for (const by of nobody) {
      const acknowledge = () => response.acknowledge({ alertname: "Down" }, by as Acknowledgement);
      expect(acknowledge).toThrow('say who it is, such as { by: "ada" }');
    }
  });
});

describe("a cooldown", () => {
  const cooldown = "cooldowns: [{ matchers: [severity=critical], duration: 30m }]";

  test("holds back an alert that fires again too soon, and its end, and counts it", async () => {
    const { send, pass, clock, response, events } = desk(cooldown);
    expect(send(firing("Down"))).toHaveLength(1);
    await pass(MINUTE);
    expect(send(resolved("Down", clock))).toHaveLength(1);
    await pass(MINUTE);
    expect(send({ ...firing("Down"), startsAtMs: clock.now() })).toEqual([]);
    await pass(MINUTE);
    expect(send(resolved("Down", clock))).toEqual([]);
    await pass(MINUTE);
    expect(send(resolved("Down", clock))).toEqual([]);
    expect(response.figures()).toMatchObject({ heldBack: 1 });
    expect(events()).toEqual([
      "opened: Down fires",
      "alert_resolved: Down is resolved",
      "fired_again: Down fires again, for the 2nd time",
      "held_back: Down is not told: its cooldown is not over",
      "alert_resolved: Down is resolved",
    ]);
  });

  test("lets an alert through that still fires when it is over, and what is another one at once", async () => {
    const { send, pass, clock } = desk(cooldown);
    send(firing("Down"));
    await pass(MINUTE);
    send(resolved("Down", clock));
    await pass(29 * MINUTE);
    expect(
      send({ ...firing("Down"), startsAtMs: clock.now() }, firing("Other")).map(({ labels }) => labels["alertname"]),
    ).toEqual(["Other"]);
    await pass(MINUTE - 1);
    expect(send(firing("Down"))).toEqual([]);
    await pass(1);
    expect(send(firing("Down"))).toHaveLength(1);
  });

  test("that the file has no more holds back nothing, and a clock that is put back prolongs none", async () => {
    const { send, pass, clock, response } = desk(cooldown);
    send(firing("Down"), firing("Other"));
    send(resolved("Down", clock), resolved("Other", clock));
    clock.nowMs -= 1_000 * MINUTE;
    expect(send(firing("Down"))).toEqual([]);
    await pass(30 * MINUTE);
    expect(send(firing("Down"))).toHaveLength(1);
    response.reload(parseAlertingFile(""));
    expect(send(firing("Other"))).toHaveLength(1);
  });

  test("holds back after a restart as well, and starts no escalation", async () => {
    const path = join(folder, "alerting.db");
    const first = desk(`${cooldown}${escalation}`, { history: openIncidentFile(path) });
    first.send(firing("Down"));
    await first.pass(MINUTE);
    first.send(resolved("Down", first.clock));
    const clock = Object.assign(new TestClock(), { nowMs: first.clock.now() + MINUTE });
    const second = desk(`${cooldown}${escalation}`, { history: openIncidentFile(path), clock });
    expect(second.send({ ...firing("Down"), startsAtMs: clock.now() })).toEqual([]);
    await second.pass(20 * MINUTE);
    expect(second.told).toEqual([]);
  });
});

describe("an intervention", () => {
  const halt = (more = "") =>
    `interventions: [{ name: halt, matchers: [alertname=~"Loss.*"], timeout: 10s, ${more} at_most: 2 per 1h }]`;
  const recorded = (outcome: InterventionOutcome = { outcome: "done", text: "halted" }) => {
    const requests: InterventionRequest[] = [];
    const intervene: Intervene = async (request) => {
      requests.push(request);
      return outcome;
    };
    return { requests, intervene };
  };

  test("is asked what it would do, and does nothing, unless the file says otherwise", async () => {
    const { requests, intervene } = recorded({ outcome: "would_run", text: "2 orders would be cancelled" });
    const { send, pass, events } = desk(halt(), { intervene });
    send(firing("Loss"), firing("Other"));
    await pass(MINUTE);
    expect(requests).toMatchObject([{ name: "halt", dryRun: true, alert: { labels: { alertname: "Loss" } } }]);
    expect(events().filter((text) => text.startsWith("intervention"))).toEqual([
      "intervention: halt: dry run, nothing is done",
      "intervention: halt: would run: 2 orders would be cancelled",
    ]);
  });

  test("is made once for each firing, and no more often than it may", async () => {
    const { requests, intervene } = recorded();
    const { send, pass, events, clock } = desk(halt("dry_run: false,"), { intervene });
    send(firing("Loss"));
    send(firing("Loss"));
    await pass(MINUTE);
    expect(requests).toMatchObject([{ dryRun: false }]);
    send(firing("Loss2"), firing("Loss3"));
    await pass(MINUTE);
    expect(requests).toHaveLength(2);
    expect(events()).toContain("intervention: halt: not made, there were 2 already in the last 3600 s");
    await pass(60 * MINUTE);
    send({ ...firing("Loss4"), startsAtMs: clock.now() });
    await pass(MINUTE);
    expect(requests).toHaveLength(3);
  });

  test("waits for as long as the alert has to fire, and is off when it is resolved or somebody has taken it up", async () => {
    const { requests, intervene } = recorded();
    const { send, pass, clock, response, events } = desk(halt("dry_run: false, delay: 5m,"), { intervene });
    send(firing("Loss"), firing("Loss2"), firing("Loss3"));
    await pass(4 * MINUTE);
    expect(requests).toEqual([]);
    send(resolved("Loss", clock));
    response.acknowledge({ alertname: "Loss2" }, { by: "ada" });
    await pass(MINUTE);
    expect(requests).toMatchObject([{ alert: { labels: { alertname: "Loss3" } } }]);
    expect(events()).toContain("intervention: halt: not made, the alert is acknowledged");
  });

  test("is not made for an alert that is silenced, or inhibited, when it begins", async () => {
    const { requests, intervene } = recorded();
    const { send, pass, dispatcher, events } = desk(halt("dry_run: false,"), { intervene });
    const matchers = [{ name: "alertname", operator: "=", value: "Loss" }] as const;
    dispatcher.silence({ matchers, endsAtMs: START + 10 * MINUTE, createdBy: "ada", comment: "" }, START);
    send(firing("Maintenance"), firing("Loss"), firing("Loss2", { venue: "kraken" }));
    await pass(MINUTE);
    expect(requests).toEqual([]);
    expect(events().filter((text) => text.includes("silenced or inhibited"))).toHaveLength(2);
  });

  test("has begun in the history before it is begun", async () => {
    const path = join(folder, "alerting.db");
    let written: readonly string[] = [];
    const { send, pass } = desk(halt("dry_run: false,"), {
      history: openIncidentFile(path),
      async intervene({ incidentId }) {
        const file = openIncidentFile(path);
        written = file.find(incidentId)!.events.map(({ text }) => text);
        file.close();
        return { outcome: "done", text: "" };
      },
    });
    send(firing("Loss"));
    await pass(MINUTE);
    expect(written).toEqual(["Loss fires", "halt: begun"]);
  });

  test("whose alert is over when the process ends has an unknown outcome all the same", async () => {
    const path = join(folder, "alerting.db");
    const first = desk(halt("dry_run: false,"), {
      history: openIncidentFile(path),
      intervene: () => new Promise(() => {}),
    });
    first.send(firing("Loss"));
    await Promise.resolve();
    first.send(resolved("Loss", first.clock));
    const second = desk(halt("dry_run: false,"), { history: openIncidentFile(path) });
    const text = "halt: the process ended before its outcome was known; it is not begun again";
    expect(second.events()).toContain(`intervention: ${text}`);
    expect(second.problems).toEqual([`intervention ${text}`]);
  });

  test("that is still running when the alert fires again is not forgotten with the second one", async () => {
    const path = join(folder, "alerting.db");
    const ends: ((outcome: InterventionOutcome) => void)[] = [];
    const first = desk(halt("dry_run: false,"), {
      history: openIncidentFile(path),
      intervene: () => new Promise((resolve) => ends.push(resolve)),
    });
    first.send(firing("Loss"));
    await Promise.resolve();
    first.send(resolved("Loss", first.clock));
    first.send(firing("Loss"));
    await Promise.resolve();
    ends[1]!({ outcome: "done", text: "" });
    for (let i = 0; i < 10; i++) await Promise.resolve();
    const second = desk(halt("dry_run: false,"), { history: openIncidentFile(path) });
    expect(second.problems).toHaveLength(1);
  });

  test("is no more held up by a clock that was put back than it is by its own times", async () => {
    const { requests, intervene } = recorded();
    const text = halt("dry_run: false, delay: 5m,").replace("2 per 1h", "1 per 1h");
    const { send, pass, clock } = desk(text, { intervene });
    send(firing("Loss"));
    clock.nowMs -= 1_000 * MINUTE;
    send(firing("Loss2"));
    await pass(5 * MINUTE);
    expect(requests).toHaveLength(1);
    clock.nowMs -= 1_000 * MINUTE;
    // Rules say again what fires.
    send(firing("Loss"));
    await pass(60 * MINUTE);
    send(firing("Loss3"));
    await pass(5 * MINUTE);
    expect(requests).toHaveLength(2);
  });

  test("that fails, or whose thread never answers, is an outcome", async () => {
    const failing = desk(halt("dry_run: false,"), { intervene: () => Promise.reject(new Error("no desk")) });
    failing.send(firing("Loss"));
    await failing.pass(MINUTE);
    expect(failing.events().at(-1)).toBe("intervention: halt: failed: no desk");
    expect(failing.problems).toEqual(["intervention halt: failed: no desk"]);
    const hanging = desk(halt("dry_run: false,"), { intervene: () => new Promise(() => {}) });
    hanging.send(firing("Loss"));
    await Promise.resolve();
    hanging.clock.fire(hanging.clock.next()!.id);
    await hanging.response.settled();
    expect(hanging.events().at(-1)).toBe(
      "intervention: halt: timed out: the application's thread has not answered in 11000 ms",
    );
  });

  test("that was begun when the process ended is not begun again", async () => {
    const path = join(folder, "alerting.db");
    const first = desk(halt("dry_run: false,"), {
      history: openIncidentFile(path),
      intervene: () => new Promise(() => {}),
    });
    first.send(firing("Loss"));
    await Promise.resolve();
    const { requests, intervene } = recorded();
    const clock = Object.assign(new TestClock(), { nowMs: START + MINUTE });
    const second = desk(halt("dry_run: false,"), { history: openIncidentFile(path), clock, intervene });
    second.send(firing("Loss"));
    await second.pass(MINUTE);
    expect(requests).toEqual([]);
    expect(second.events().at(-1)).toBe(
      "intervention: halt: the process ended before its outcome was known; it is not begun again",
    );
  });
});

interface Step {
  readonly afterMs: number;
  readonly fires: readonly string[];
  readonly resolves: readonly string[];
  readonly acknowledged: string | undefined;
  readonly restart: boolean;
}

test("restarts at any time change nothing of what is told, run and written", async () => {
  const text = `${escalation}
cooldowns: [{ matchers: [alertname="A"], duration: 7m }]
interventions: [{ name: halt, matchers: [alertname=~"B|C"], dry_run: false, delay: 2m, at_most: 2 per 20m }]
`;
  const names = fc.constantFrom("A", "B", "C");
  const step = fc.record({
    afterMs: fc.integer({ min: 0, max: 6 * MINUTE }),
    fires: fc.subarray(["A", "B", "C"]),
    resolves: fc.subarray(["A", "B", "C"]),
    acknowledged: fc.option(names, { nil: undefined, freq: 3 }),
    restart: fc.boolean(),
  });
  /** What was told, run and written, in order. */
  async function live(steps: readonly Step[], { restarts }: { readonly restarts: boolean }) {
    const runs: string[] = [];
    const intervene: Intervene = async ({ alert }) => {
      runs.push(`${alert.labels["alertname"]}`);
      return { outcome: "done", text: "" };
    };
    const history = memoryHistory();
    const told: string[] = [];
    const on = new Map<string, IncomingAlert>();
    let at = desk(text, { history, intervene });
    for (const { afterMs, fires, resolves, acknowledged, restart } of steps) {
      await at.pass(afterMs);
      const { clock } = at;
      at.send(...resolves.map((name) => resolved(name, clock)));
      for (const name of resolves) on.delete(name);
      for (const name of fires) on.set(name, { ...firing(name), startsAtMs: clock.now() });
      at.send(...on.values());
      if (acknowledged !== undefined && fires.includes(acknowledged)) {
        at.response.acknowledge({ alertname: acknowledged }, { by: "ada" });
      }
      await at.response.settled();
      if (restarts && restart) {
        told.push(...at.told);
        const state = JSON.parse(JSON.stringify(at.dispatcher.state())) as DispatcherState;
        at.response.stop();
        at = desk(text, { history, intervene, state, clock: Object.assign(new TestClock(), { nowMs: clock.now() }) });
      }
      // Rules say again what fires.
      at.send(...on.values());
    }
    await at.pass(60 * MINUTE);
    return { told: [...told, ...at.told], runs, events: at.events() };
  }
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
      expect(await live(steps, { restarts: true })).toEqual(await live(steps, { restarts: false }));
    }),
    { numRuns: 150 },
  );
});

test("alerts fire on after a computer slept, until rules had the time to say so again", async () => {
  const runs: InterventionRequest[] = [];
  const { send, response, clock, dispatcher } = desk(
    "interventions: [{ name: halt, matchers: [alertname=Down], dry_run: false, at_most: 9 per 1h }]",
    {
      async intervene(request) {
        runs.push(request);
        return { outcome: "done", text: "" };
      },
    },
  );
  const down = () => ({ ...firing("Down"), endsAtMs: clock.now() + 4 * MINUTE });
  send(down());
  await response.settled();
  response.acknowledge({ alertname: "Down" }, { by: "ada" });
  clock.nowMs += 8 * 60 * MINUTE;
  clock.fire(clock.next()!.id);
  send(down());
  await response.settled();
  expect(runs).toHaveLength(1);
  expect(response.incidents()).toMatchObject([{ state: "firing", acknowledgedBy: "ada" }]);
  expect(dispatcher.silences()[0]!.endsAtMs).toBeGreaterThan(clock.now());
});

test("alerts fire on after a restart for as long as rules may take", async () => {
  const history = memoryHistory();
  const first = desk("", { history });
  first.send(firing("Down"));
  const second = desk("", { history, clock: first.clock, graceMs: 40 * MINUTE });
  await second.pass(39 * MINUTE);
  expect(second.response.incidents()).toMatchObject([{ state: "firing" }]);
  await second.pass(MINUTE);
  expect(second.response.incidents()).toMatchObject([{ state: "quiet" }]);
});

test("of two rules that send alerts of the same labels at once, one of which is over, no incident is left open", async () => {
  const { send, pass, response, clock } = desk("");
  send(firing("Down"), resolved("Down", clock));
  await pass(10 * MINUTE);
  expect(response.incidents({ state: "firing" })).toEqual([]);
});

test("thousands of alerts at once are all in the history, and so are their ends", async () => {
  const path = join(folder, "alerting.db");
  const { send, pass, response, clock } = desk("", { history: openIncidentFile(path) });
  const names = Array.from({ length: 1_200 }, (_, i) => `A${i}`);
  send(...names.map((name) => firing(name, { job: name })));
  expect(
    response.incidents({ limit: 5_000 }).filter(({ id }) => response.incident(id)!.events.length === 1),
  ).toHaveLength(1_200);
  send(...names.map((name) => resolved(name, clock, { job: name })));
  await pass(5 * MINUTE);
  expect(response.incidents({ state: "resolved", limit: 5_000 })).toHaveLength(1_200);
});

test("incidents of a state that was lost are over", () => {
  const history = memoryHistory();
  const first = desk("", { history });
  first.send(firing("Down"));
  const [before] = history.list();
  history.append({ events: [], incidents: [], state: '{"version":7}' });
  const { response, events } = desk("", { history });
  expect(response.incidents({ state: "firing" })).toEqual([]);
  expect(response.incident(before!.id)).toMatchObject({ state: "resolved" });
  expect(events().at(-1)).toBe("resolved: over: what became of it is not known, as the state was lost");
});

test("an alert that nobody sends any more is resolved in its incident", async () => {
  const { send, pass, response } = desk("");
  send({ ...firing("Down"), endsAtMs: START + 4 * MINUTE });
  await pass(4 * MINUTE);
  expect(response.incidents()).toMatchObject([{ state: "quiet" }]);
  await pass(5 * MINUTE);
  expect(response.incidents()).toMatchObject([{ state: "resolved", resolvedAtMs: START + 9 * MINUTE }]);
  expect(response.figures().open).toBe(0);
});

test("what a receiver was told is in the history, also after the incident is over", async () => {
  const { send, pass, response, dispatcher, clock, events } = desk("");
  const deliver = () => {
    for (const one of dispatcher.due(clock.now())) {
      dispatcher.delivered(one, clock.now());
      response.notified(one);
    }
  };
  send(firing("Down"));
  deliver();
  await pass(MINUTE);
  send(resolved("Down", clock));
  await pass(6 * MINUTE);
  deliver();
  expect(events().filter((text) => text.startsWith("notified"))).toEqual([
    "notified: desk (webhook) was told: 1 firing",
    "notified: desk (webhook) was told: 1 resolved",
  ]);
});

test("what a receiver was told of an incident that was over before a restart is in its history", async () => {
  const path = join(folder, "alerting.db");
  const first = desk("", { history: openIncidentFile(path) });
  first.send(firing("Down"));
  for (const one of first.dispatcher.due(START)) first.dispatcher.delivered(one, START);
  await first.pass(MINUTE);
  first.send(resolved("Down", first.clock));
  await first.pass(6 * MINUTE);
  const { response, dispatcher, clock, events } = desk("", {
    history: openIncidentFile(path),
    clock: first.clock,
    state: first.dispatcher.state(),
  });
  for (const one of dispatcher.due(clock.now())) response.notified(one);
  expect(events().at(-1)).toBe("notified: desk (webhook) was told: 1 resolved");
});

test("alerts get the link of the first runbook that is about them, unless they have one", () => {
  const { send } = desk(`
runbooks:
  - { matchers: [alertname="Down"], url: "https://wiki/down" }
  - { url: "https://wiki/{{ $labels.alertname }}/{{ $labels.job }}" }
`);
  const own = { ...firing("Own"), annotations: { runbook_url: "https://own", summary: "s" } };
  const links = send(firing("Down"), firing("Slow"), own).map(({ annotations }) => annotations?.["runbook_url"]);
  expect(links).toEqual(["https://wiki/down", "https://wiki/Slow/desk", "https://own"]);
});

test("who is told by escalation and the code of interventions have the link as well", async () => {
  const links: (string | undefined)[] = [];
  const intervene: Intervene = async ({ alert }) => {
    links.push(alert.annotations["runbook_url"]);
    return { outcome: "done", text: "" };
  };
  const { send, pass, notifier } = desk(
    `runbooks: [{ url: "https://wiki" }]\ninterventions: [{ name: halt, matchers: [alertname="Down"] }]${escalation}`,
    { intervene },
  );
  const { tell } = notifier;
  notifier.tell = (telling) => {
    links.push(telling.alerts[0]!.annotations["runbook_url"]);
    return tell(telling);
  };
  send(firing("Down"));
  await pass(6 * MINUTE);
  expect(links).toEqual(["https://wiki", "https://wiki"]);
});

test("another file takes the place of the one before, and what goes on goes on", async () => {
  const { send, pass, told, response } = desk(escalation);
  send(firing("Down"));
  await pass(6 * MINUTE);
  response.reload(parseAlertingFile(escalation.replace("delay: 15m", "delay: 8m")));
  await pass(3 * MINUTE);
  expect(told).toEqual(["300s lead: Down", "480s lead: Down", "480s head: Down"]);
});

test("a state that cannot be read is told, and is no reason not to start", () => {
  const history = memoryHistory();
  history.append({ events: [], incidents: [], state: "{" });
  const { problems, send } = desk("", { history });
  expect(problems).toEqual([expect.stringContaining("incidents: the state cannot be read")]);
  expect(send(firing("Down"))).toHaveLength(1);
});

test("a history that cannot be read is told, and incidents that become one are one all the same", () => {
  const works = memoryHistory();
  const history: IncidentHistory = {
    ...works,
    find() {
      throw new Error("no such table");
    },
  };
  const { problems, send, response } = desk("", { history });
  send(firing("A", { job: "a" }), firing("B", { job: "b" }));
  send(firing("Both", { job: "a", server_address: "b" }));
  expect(problems).toEqual(["incidents: the history cannot be read: no such table"]);
  expect(response.figures().open).toBe(1);
});

test("a history that cannot be written is told once, and has all of it when it can be again", () => {
  const works = memoryHistory();
  let isFull = true;
  const history: IncidentHistory = {
    ...works,
    append(change) {
      if (isFull) throw new Error("disk full");
      works.append(change);
    },
  };
  const { problems, send, events } = desk("", { history });
  expect(send(firing("A"))).toHaveLength(1);
  expect(send(firing("B"))).toHaveLength(1);
  expect(problems).toEqual(["incidents: the history cannot be written: disk full"]);
  isFull = false;
  send(firing("C"));
  expect(events().map((text) => text.split(" ").slice(0, 2).join(" "))).toEqual([
    "opened: A",
    "joined: B",
    "joined: C",
  ]);
});
