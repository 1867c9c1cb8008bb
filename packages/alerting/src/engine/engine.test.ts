import { EventEmitter, once } from "node:events";
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import type { SeriesBatch } from "@telltale/metrics";
import { queryInstant } from "@telltale/promql";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Clock } from "../clock.ts";
import type { WebhookBody } from "../delivery/webhook-body.ts";
import type { AlertChange } from "./alert-changes.ts";
import type { Alerting, AlertingOptions } from "./alerting.ts";
import { startAlerting } from "./engine.ts";

const START = Date.UTC(2026, 0, 1);
const INTERVAL = 15_000;

/** Time that passes when it is told to, from timer to timer. */
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

  /** Whoever is called has some turns of the loop before the next one. */
  async passTo(timeMs: number): Promise<void> {
    for (;;) {
      const next = [...this.#timers].sort(([, a], [, b]) => a.timeMs - b.timeMs)[0];
      if (next === undefined || next[1].timeMs > timeMs) break;
      this.#timers.delete(next[0]);
      this.nowMs = Math.max(this.nowMs, next[1].timeMs);
      next[1].call();
      await turns();
    }
    this.nowMs = timeMs;
    await turns();
  }
}

async function turns(): Promise<void> {
  for (let i = 0; i < 10; i++) await setImmediate();
}

const target = { job: "desk", instance: "host" };

/** What a reader collects of one gauge. */
function batch(sequence: number, timeMs: number, connected: number): SeriesBatch {
  const news = { families: [], series: [{ id: 0, name: "connected", labels: ["venue", "kraken"] }] };
  return {
    sequence,
    timeMs,
    durationMs: 1,
    target,
    news: sequence === 0 ? [new TextEncoder().encode(JSON.stringify(news))] : [],
    ids: Uint32Array.of(0),
    values: Float64Array.of(connected),
    histograms: new Float64Array(),
    gone: new Uint32Array(),
  };
}

let folder = "";
const running = new Set<Alerting>();
const servers: Server[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "alerting-"));
});
afterEach(async () => {
  for (const alerting of running) await alerting.stop({ withinMs: 0 });
  running.clear();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
  // Files that are written within a millisecond are told apart in any case.
  const timeS = ++writes;
  utimesSync(join(folder, name), timeS, timeS);
}
let writes = 0;

const ruleFile = (rules: string, group = "g"): string =>
  `groups:\n- name: ${group}\n  rules:\n${rules.replace(/^/gm, "  ")}\n`;
const down =
  '- alert: Down\n  expr: connected == 0\n  for: 1m\n  annotations: { summary: "{{ $labels.venue }} is away" }';

/** An alerting whose series are what a function says, on a clock. */
function desk(options: Partial<AlertingOptions> = {}, clock = new TestClock()) {
  const changes: AlertChange[] = [];
  const problems: string[] = [];
  let connected = 1;
  let sequence = 0;
  const alerting = startAlerting({
    folder,
    rules: ["*.rules.yaml"],
    clock,
    onAlert: (change) => changes.push(change),
    onProblem: ({ text }) => problems.push(text),
    ...options,
  });
  running.add(alerting);
  return {
    alerting,
    clock,
    changes,
    problems,
    told: () => changes.map(({ state, labels }) => `${state} ${labels["alertname"]}`),
    connect: (value: number) => {
      connected = value;
    },
    /** So many collections, and all that is due meanwhile. */
    async pass(intervals: number): Promise<void> {
      for (let i = 0; i < intervals; i++) {
        alerting.append("", batch(sequence++, clock.now(), connected));
        await clock.passTo(clock.now() + INTERVAL);
      }
    },
    /** As a kill -9: no time passes for it any more. The clock is that of whoever comes after it. */
    leave({ forMs = 0 } = {}): TestClock {
      running.delete(alerting);
      const next = new TestClock();
      next.nowMs = clock.now() + forMs;
      return next;
    },
  };
}

/** A receiver over real HTTP, with what it accepted and what it refused. */
async function receiver(answer: (response: ServerResponse) => void = (response) => response.end()) {
  const events = new EventEmitter();
  const bodies: WebhookBody[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    bodies.push(JSON.parse(Buffer.concat(chunks).toString()) as WebhookBody);
    answer(response);
    events.emit("told");
  }).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    async until(count: number): Promise<void> {
      while (bodies.length < count) await once(events, "told");
    },
  };
}

function routes(url: string, more = ""): void {
  const route = `route: { receiver: desk, group_by: [alertname], group_wait: 0s, group_interval: 1m, repeat_interval: 4h }`;
  write("alertmanager.yml", `${route}\n${more}receivers: [{ name: desk, webhook_configs: [{ url: "${url}" }] }]\n`);
}

describe("rules", () => {
  test("fire after their time and are resolved, each told once", async () => {
    write("a.rules.yaml", ruleFile(down));
    const { pass, connect, told, changes, alerting } = desk();
    await pass(2);
    connect(0);
    await pass(4);
    expect(told()).toEqual([]);
    expect(alerting.alerts()).toMatchObject([{ name: "Down", state: "pending", value: 0, group: "g" }]);
    await pass(3);
    expect(told()).toEqual(["firing Down"]);
    expect(changes[0]).toMatchObject({ annotations: { summary: "kraken is away" } });
    expect(alerting.figures()).toMatchObject({ firing: 1, pending: 0, failing: 0 });
    connect(1);
    await pass(2);
    expect(told()).toEqual(["firing Down", "resolved Down"]);
    expect(alerting.alerts()).toEqual([]);
  });

  test("are evaluated when the first samples are there, so that nothing is absent before", async () => {
    write("a.rules.yaml", ruleFile("- alert: Gone\n  expr: absent(connected)"));
    const { pass, clock, told, alerting } = desk();
    await clock.passTo(START + 1.9 * INTERVAL);
    expect(alerting.groups()).toEqual([]);
    await pass(4);
    expect(alerting.groups()[0]!.evaluations).toBeGreaterThan(2);
    expect(told()).toEqual([]);
  });

  test("are evaluated without samples too, in the end: what is absent is told", async () => {
    write("a.rules.yaml", ruleFile("- alert: Gone\n  expr: absent(connected)"));
    const { clock, told } = desk();
    await clock.passTo(START + 4 * INTERVAL);
    expect(told()).toEqual(["firing Gone"]);
  });

  test("that watch the process fire when nothing comes from it any more, and are resolved when it is back", async () => {
    write("a.rules.yaml", ruleFile("- alert: Hangs\n  expr: up == 0\n  for: 30s"));
    const { pass, clock, told, alerting } = desk({ targets: { "": target } });
    await pass(3);
    await clock.passTo(clock.now() + INTERVAL);
    expect(told()).toEqual([]);
    await clock.passTo(clock.now() + 5 * INTERVAL);
    expect(told()).toEqual(["firing Hangs"]);
    expect(alerting.alerts()).toMatchObject([{ labels: { job: "desk", instance: "host" }, value: 0 }]);
    await pass(2);
    expect(told()).toEqual(["firing Hangs", "resolved Hangs"]);
  });

  test("that watch the process fire when nothing ever came from it", async () => {
    write("a.rules.yaml", ruleFile("- alert: Hangs\n  expr: up == 0"));
    const { clock, told } = desk({ targets: { "": target } });
    await clock.passTo(START + 5 * INTERVAL);
    expect(told()).toEqual(["firing Hangs"]);
  });

  test("that are silenced are not told; the silence is known, and ends when it is expired", async () => {
    write("a.rules.yaml", ruleFile(down));
    const { pass, connect, told, alerting, clock } = desk();
    const silence = alerting.silence({
      matchers: [{ name: "venue", operator: "=", value: "kraken" }],
      endsAtMs: clock.now() + 3_600_000,
      createdBy: "me",
      comment: "they maintain",
    });
    connect(0);
    await pass(8);
    expect(told()).toEqual([]);
    expect(alerting.alerts()).toMatchObject([{ state: "firing", silencedBy: [silence.id] }]);
    expect(alerting.expireSilence(silence.id)).toBe(true);
    expect(alerting.expireSilence(silence.id)).toBe(false);
    expect(alerting.alerts()).toMatchObject([{ silencedBy: [] }]);
  });
});

describe("a restart", () => {
  test("neither repeats what a receiver was told, nor forgets it, nor how long an alert has lasted", async () => {
    const { url, bodies, until } = await receiver();
    routes(url);
    write("a.rules.yaml", ruleFile(`${down}\n${down.replace("Down", "DownLong").replace("1m", "20m")}`));
    const options = { receivers: "alertmanager.yml", state: join(folder, "alerting.db") };
    const first = desk(options);
    first.connect(0);
    await first.pass(20);
    await until(1);
    const { pass, alerting, clock, connect } = desk(options, first.leave({ forMs: 120_000 }));
    connect(0);
    await pass(4);
    expect(alerting.alerts().map(({ name, state }) => `${state} ${name}`)).toEqual(["firing Down", "pending DownLong"]);
    // The two minutes do not count.
    const lasted = (clock.now() - alerting.alerts()[1]!.activeAtMs) / 60_000;
    expect(lasted).toBeGreaterThan(5);
    expect(lasted).toBeLessThan(6.5);
    await pass(40);
    expect(bodies.map(({ status, groupKey }) => [status, groupKey])).toEqual([["firing", '{}:{alertname="Down"}']]);
    await pass(30);
    await until(2);
    expect(bodies[1]!.groupKey).toBe('{}:{alertname="DownLong"}');
    connect(1);
    await pass(12);
    await until(4);
    expect(bodies.slice(2).map(({ status }) => status)).toEqual(["resolved", "resolved"]);
  });

  test("tells of an alert that ended while the process was away", async () => {
    const { url, bodies, until } = await receiver();
    routes(url);
    write("a.rules.yaml", ruleFile(down));
    const options = { receivers: "alertmanager.yml", state: join(folder, "alerting.db") };
    const first = desk(options);
    first.connect(0);
    await first.pass(8);
    await until(1);
    const { pass } = desk(options, first.leave({ forMs: 600_000 }));
    await pass(24);
    await until(2);
    expect(bodies.map(({ status }) => status)).toEqual(["firing", "resolved"]);
  });

  test("keeps silences", async () => {
    write("a.rules.yaml", ruleFile(down));
    const state = join(folder, "alerting.db");
    const first = desk({ state });
    const matchers = [{ name: "venue", operator: "=", value: "kraken" }] as const;
    const { id } = first.alerting.silence({ matchers, endsAtMs: START + 3_600_000, createdBy: "me", comment: "" });
    expect(desk({ state }, first.leave()).alerting.silences()).toMatchObject([{ id, createdBy: "me" }]);
  });
});

describe("files that change", () => {
  test("are taken up: rules go, come and stay with their alerts", async () => {
    write("a.rules.yaml", ruleFile(down));
    write("b.rules.yaml", ruleFile("- alert: Other\n  expr: connected == 0", "other"));
    const { pass, connect, told, alerting, problems } = desk();
    connect(0);
    await pass(8);
    expect(told()).toEqual(["firing Other", "firing Down"]);
    write("a.rules.yaml", `# A comment more.\n${ruleFile(`${down}\n- alert: New\n  expr: connected == 0`)}`);
    rmSync(join(folder, "b.rules.yaml"));
    await pass(3);
    expect(alerting.alerts().map(({ name }) => name)).toEqual(expect.arrayContaining(["Down", "New"]));
    expect(told()).toEqual(["firing Other", "firing Down", "firing New"]);
    // Nobody sends it any more.
    await pass(20);
    expect(told().at(-1)).toBe("resolved Other");
    expect(problems).toEqual([]);
  });

  test("and are broken replace nothing, and are told once with all faults", async () => {
    write("a.rules.yaml", ruleFile(down));
    const { pass, connect, told, problems, alerting } = desk();
    await pass(2);
    write("a.rules.yaml", ruleFile("- alert: Down\n  expr: connected =="));
    write("b.rules.yaml", "groups: 1");
    await pass(6);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(
      /cannot be used, all goes on as before:\n.*a\.rules\.yaml: 5:\d+: .*\n.*b\.rules\.yaml/,
    );
    await expect(alerting.reload()).rejects.toThrow("a.rules.yaml: 5:");
    connect(0);
    await pass(8);
    expect(told()).toEqual(["firing Down"]);
  });

  test("of receivers: the next notification goes where they say then, and who was told is not told again", async () => {
    const [first, second] = [await receiver(), await receiver()];
    routes(first.url);
    write("a.rules.yaml", ruleFile(`${down}\n- alert: Later\n  expr: connected == 2`));
    const { pass, connect, problems } = desk({ receivers: "alertmanager.yml" });
    connect(0);
    await pass(8);
    await first.until(1);
    write("alertmanager.yml", "route: { receiver: nobody }");
    await pass(3);
    expect(problems.at(-1)).toMatch(/alertmanager\.yml: 1:20: undefined receiver "nobody"/);
    routes(second.url);
    await pass(12);
    expect([first.bodies.length, second.bodies.length]).toEqual([1, 0]);
    connect(2);
    await pass(8);
    await second.until(2);
    expect(first.bodies).toHaveLength(1);
    expect(second.bodies.map(({ status, groupLabels }) => `${status} ${groupLabels["alertname"]}`)).toEqual(
      expect.arrayContaining(["resolved Down", "firing Later"]),
    );
  });

  test("and receivers that cannot be told, or files that are not there, are told at the start, all at once", () => {
    write("a.rules.yaml", ruleFile("- alert: Down\n  expr: connected =="));
    write("alertmanager.yml", "route: { receiver: a }\nreceivers: [{ name: a, sns_configs: [{ topic_arn: x }] }]");
    const start = (rules: readonly string[]) => desk({ rules, receivers: "alertmanager.yml" });
    expect(() => start(["*.rules.yaml"])).toThrow(/a\.rules\.yaml: 5:.*\n.*alertmanager\.yml: .*sns_configs/);
    expect(() => start(["absent.yaml"])).toThrow(/absent\.yaml is not there.*\n.*sns_configs/);
    expect(() => desk({ receivers: "absent.yml" })).toThrow(/absent\.yml cannot be read \(ENOENT\)/);
    rmSync(join(folder, "alertmanager.yml"));
    write("a.rules.yaml", ruleFile(down));
    expect(desk({ rules: ["*.rules.yaml", "none/*.yaml"] }).problems).toEqual([
      `alerting.rules has "none/*.yaml", which matches no file in ${folder} by now`,
    ]);
  });
});

describe("telltale.alerting.yaml", () => {
  test("is checked with the other files, and read again when it changes", async () => {
    write("a.rules.yaml", ruleFile(down));
    write("extras.yaml", "heartbeats: {}");
    expect(() => desk({ extras: "extras.yaml" })).toThrow(/extras\.yaml: 1:\d+: .*heartbeats/);
    write("extras.yaml", "runbooks: []");
    const { pass, problems, connect, changes } = desk({ extras: "extras.yaml" });
    await pass(2);
    write("extras.yaml", "runbooks: 1");
    await pass(3);
    expect(problems).toEqual([expect.stringMatching(/extras\.yaml: 1:11: expected a list/)]);
    write("extras.yaml", 'runbooks: [{ matchers: [alertname="Down"], url: "https://wiki/down" }]');
    await pass(3);
    connect(0);
    await pass(8);
    expect(changes).toMatchObject([{ annotations: { runbook_url: "https://wiki/down" } }]);
  });

  test("makes incidents, which are acknowledged, and code intervene; all of it outlives a restart", async () => {
    write("a.rules.yaml", ruleFile(down));
    write("extras.yaml", 'interventions: [{ name: halt, matchers: [alertname="Down"], dry_run: false }]');
    const requests: string[] = [];
    const options: Partial<AlertingOptions> = {
      extras: "extras.yaml",
      state: "alerting.db",
      async intervene({ name, alert }) {
        requests.push(`${name} because of ${alert.labels["alertname"]}`);
        return { outcome: "done", text: "halted" };
      },
    };
    const first = desk(options);
    first.connect(0);
    await first.pass(8);
    const [incident] = first.alerting.incidents();
    expect(incident).toMatchObject({ state: "firing" });
    first.alerting.acknowledge(incident!.id, { by: "me", comment: "on it" });
    expect(first.alerting.alerts()).toMatchObject([{ silencedBy: [expect.any(String)] }]);
    expect(requests).toEqual(["halt because of Down"]);
    const next = desk(options, first.leave({ forMs: 30_000 }));
    next.connect(0);
    await next.pass(6);
    expect(requests).toHaveLength(1);
    const events = next.alerting.incident(incident!.id)!.events;
    expect(events.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["opened", "acknowledged", "intervention"]));
    next.alerting.expireSilence(next.alerting.alerts()[0]!.silencedBy[0]!);
    expect(next.alerting.incident(incident!.id)!.acknowledgedBy).toBeUndefined();
    expect(next.alerting.incident(incident!.id)!.events.at(-1)!.kind).toBe("given_back");
    next.connect(1);
    await next.pass(2);
    expect(next.alerting.incident(incident!.id)).toMatchObject({ state: "quiet" });
    expect(next.alerting.silences().every(({ endsAtMs }) => endsAtMs <= next.clock.now())).toBe(true);
  });

  test("that has code run, and no file for the state, is warned of", async () => {
    write("extras.yaml", 'interventions: [{ name: halt, matchers: ["severity=critical"], dry_run: false }]');
    expect(desk({ rules: [], extras: "extras.yaml" }).problems).toEqual([
      "alerting: interventions (halt) may be made again after a restart, as alerting.state names no file",
    ]);
    expect(desk({ rules: [], extras: "extras.yaml", state: "alerting.db" }).problems).toEqual([]);
    write("extras.yaml", 'interventions: [{ name: halt, matchers: ["severity=critical"] }]');
    expect(desk({ rules: [], extras: "extras.yaml" }).problems).toEqual([]);
  });

  test("that names receivers where there is no alertmanager.yml is refused with what to give", () => {
    write("extras.yaml", "heartbeat: { receiver: lead }");
    expect(() => desk({ extras: "extras.yaml" })).toThrow(
      'nobody says who "lead" is; give an alertmanager.yml (alerting.receivers) that has this receiver',
    );
  });

  test("runs code once for an alert whose group is evaluated seldom, across a restart too", async () => {
    write(
      "a.rules.yaml",
      ruleFile("- alert: Down\n  expr: connected == 0").replace("rules:", "interval: 10m\n  rules:"),
    );
    write(
      "extras.yaml",
      'interventions: [{ name: halt, matchers: ["alertname=Down"], dry_run: false, at_most: 9 per 1h }]',
    );
    let runs = 0;
    const options: Partial<AlertingOptions> = {
      extras: "extras.yaml",
      state: "alerting.db",
      async intervene() {
        runs++;
        return { outcome: "done", text: "" };
      },
    };
    const first = desk(options);
    first.connect(0);
    await first.pass(45);
    expect(runs).toBe(1);
    const next = desk(options, first.leave());
    next.connect(0);
    await next.pass(90);
    expect(runs).toBe(1);
    expect(next.alerting.incidents()).toMatchObject([{ state: "firing" }]);
  });

  test("chooses series for baselines, which rules can ask; what was learned outlives a restart", async () => {
    write("a.rules.yaml", ruleFile("- alert: Odd\n  expr: telltale_anomaly_score > 1"));
    write("extras.yaml", "baselines: [{ expr: connected, warm_up: 10m, warm_up_samples: 20 }]");
    const options = { extras: "extras.yaml", state: "alerting.db" };
    const first = desk(options);
    const wave = async (at: ReturnType<typeof desk>, intervals: number) => {
      for (let i = 0; i < intervals; i++) {
        at.connect(100 + (i % 7));
        await at.pass(1);
      }
    };
    await wave(first, 100);
    const published = (at: ReturnType<typeof desk>, name: string) => {
      const { value } = queryInstant(at.alerting.store, name, { timeMs: at.clock.now() });
      return value.type === "vector" ? value.samples.map((sample) => sample.value) : [];
    };
    expect(published(first, "telltale_baseline")[0]).toBeGreaterThan(99);
    running.delete(first.alerting);
    await first.alerting.stop({ withinMs: 0 });
    // Without what was learned it would be warming up.
    const next = desk(options, first.leave({ forMs: 30_000 }));
    await wave(next, 2);
    expect(published(next, 'telltale_baseline_upper{telltale_metric="connected"}')[0]).toBeLessThan(200);
    next.connect(500);
    await next.pass(4);
    expect(next.told()).toEqual(["firing Odd"]);
  });
});

describe("what baselines learned", () => {
  const options = { rules: [], extras: "extras.yaml", state: "alerting.db" };
  const wave = async (at: ReturnType<typeof desk>, from: number, count: number) => {
    for (let i = from; i < from + count; i++) {
      at.connect(100 + (i % 7));
      await at.pass(1);
    }
  };
  const band = ({ alerting: { store }, clock }: ReturnType<typeof desk>) => {
    const { value } = queryInstant(store, '{__name__=~"telltale_.*"}', { timeMs: clock.now() });
    return value.type === "vector" ? value.samples.map((sample) => sample.value) : [];
  };

  test("is the same after a kill -9 at any time, but for what came in the last second", async () => {
    write("extras.yaml", "baselines: [{ expr: connected, warm_up: 10m, warm_up_samples: 20 }]");
    const through = desk({ ...options, state: "through.db" });
    await wave(through, 0, 410);
    const expected = band(through);
    expect(expected).toHaveLength(4);
    let at = desk(options);
    let from = 0;
    // After the first samples, between two times that all of it is kept, and after the second of them.
    for (const until of [1, 100, 101, 300, 410]) {
      await wave(at, from, until - from);
      from = until;
      if (until < 410) at = desk(options, at.leave());
    }
    expect(band(at)).toEqual(expected);
  });

  test("is kept whole where a part could not be written", async () => {
    write("extras.yaml", "baselines: [{ expr: connected, warm_up: 10m, warm_up_samples: 20 }]");
    const through = desk({ ...options, state: "through.db" });
    await wave(through, 0, 60);
    const at = desk(options);
    await wave(at, 0, 20);
    const database = new DatabaseSync(join(folder, "alerting.db"));
    database.exec("CREATE TRIGGER full BEFORE INSERT ON added BEGIN SELECT RAISE(ABORT, 'disk full'); END");
    await wave(at, 20, 5);
    database.exec("DROP TRIGGER full");
    database.close();
    expect(at.problems[0]).toContain("disk full");
    await wave(at, 25, 25);
    const next = desk(options, at.leave());
    await wave(next, 50, 10);
    expect(band(next)).toEqual(band(through));
  });

  test("ends at max_series, which is told", async () => {
    write("extras.yaml", "baselines: [{ expr: '{__name__=~\"connected|up\"}', max_series: 1 }]");
    const at = desk({ rules: [], extras: "extras.yaml" });
    await at.pass(3);
    expect(at.problems).toEqual([expect.stringMatching(/has more series than max_series/)]);
  });
});

test("alerts are handed over to Alertmanagers, and the receivers are told while none takes them", async () => {
  const fallBack = await receiver();
  let isUp = true;
  const taken: string[] = [];
  const alertmanager = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (isUp) taken.push(Buffer.concat(chunks).toString());
    response.writeHead(isUp ? 200 : 503).end();
  }).listen(0, "127.0.0.1");
  servers.push(alertmanager);
  await once(alertmanager, "listening");
  routes(fallBack.url);
  write("a.rules.yaml", ruleFile("- alert: Down\n  expr: connected == 0"));
  const alertmanagers = [`http://127.0.0.1:${(alertmanager.address() as AddressInfo).port}`];
  const { pass, connect, problems, alerting } = desk({ receivers: "alertmanager.yml", alertmanagers });
  connect(0);
  await pass(3);
  await expect.poll(() => taken.length).toBe(1);
  expect(fallBack.bodies).toEqual([]);
  expect(alerting.alerts()).toMatchObject([{ name: "Down", state: "firing" }]);
  isUp = false;
  await pass(6);
  await fallBack.until(1);
  expect(problems[0]).toMatch(/no hand-over: .* answered 503/);
  isUp = true;
  await pass(6);
  connect(1);
  await pass(12);
  await expect.poll(() => taken.length).toBeGreaterThan(2);
  expect(fallBack.bodies.map(({ status }) => status)).toEqual(["firing"]);
});

test("stopping waits for what is on its way, and no longer than it may", async () => {
  const slow: ServerResponse[] = [];
  const { url, until } = await receiver((response) => slow.push(response));
  routes(url);
  write("a.rules.yaml", ruleFile("- alert: Down\n  expr: connected == 0"));
  const { pass, connect, alerting, clock, leave } = desk({ receivers: "alertmanager.yml" });
  connect(0);
  await pass(3);
  await until(1);
  leave();
  const stopped = alerting.stop({ withinMs: 2_000 });
  let isStopped = false;
  void stopped.then(() => {
    isStopped = true;
  });
  await clock.passTo(clock.now() + 1_999);
  expect(isStopped).toBe(false);
  await clock.passTo(clock.now() + 1);
  await stopped;
  expect(alerting.figures()).toMatchObject({ delivered: 0, failed: 1 });
  await alerting.stop({ withinMs: 0 });
});
