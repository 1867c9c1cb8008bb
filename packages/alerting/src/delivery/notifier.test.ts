import { EventEmitter, once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import type { Clock } from "../clock.ts";
import { notificationTemplates } from "../notification-template/notification-template.ts";
import { parseAlertmanagerConfig } from "../routing/alertmanager-config.ts";
import type { DispatcherState } from "../routing/dispatcher.ts";
import type { DiscordIntegration } from "../routing/integrations.ts";
import { integrationRequest } from "./integration-request.ts";
import { type Notifier, startNotifier } from "./notifier.ts";
import type { WebhookBody } from "./webhook-body.ts";

const START = Date.UTC(2024, 0, 1);

/** Time that passes when it is told to, to the next timer; something happens at every change. */
class TestClock extends EventEmitter implements Clock {
  #nowMs = START;
  readonly #timers = new Map<symbol, { readonly timeMs: number; readonly call: () => void }>();

  now(): number {
    return this.#nowMs;
  }

  at(timeMs: number, call: () => void): Disposable {
    const timer = Symbol();
    this.#timers.set(timer, { timeMs, call });
    this.emit("change");
    return { [Symbol.dispose]: () => void this.#timers.delete(timer) };
  }

  /** Seconds from the start at which something is to happen. */
  timers(): readonly number[] {
    return [...this.#timers.values()].map(({ timeMs }) => (timeMs - START) / 1000).sort((a, b) => a - b);
  }

  passTo(seconds: number): void {
    this.#nowMs = START + seconds * 1000;
    for (const [timer, { timeMs, call }] of [...this.#timers]) {
      if (timeMs <= this.#nowMs && this.#timers.delete(timer)) call();
    }
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await once(this, "change");
  }
}

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(code, headers).end("told you so");
const hang: Answer = () => {};
const dropReply: Answer = (_, request) => request.socket.destroy();

const servers: Server[] = [];
const notifiers: Notifier[] = [];

/** A receiver over real HTTP that answers in this order, and then always with 200; a notifier that tells it of everything. */
async function desk(
  answers: readonly Answer[],
  options: { route?: string; webhook?: string; receiver?: (url: string) => string; state?: DispatcherState } = {},
) {
  const clock = new TestClock();
  const bodies: WebhookBody[] = [];
  const headers: IncomingMessage["headers"][] = [];
  const urls: (string | undefined)[] = [];
  const failures: string[] = [];
  let state: DispatcherState | undefined;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    headers.push(request.headers);
    urls.push(request.url);
    bodies.push(JSON.parse(Buffer.concat(chunks).toString()) as WebhookBody);
    (answers[bodies.length - 1] ?? status(200))(response, request);
    clock.emit("change");
  }).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?secret=1`;
  const { route = "group_wait: 0s, group_interval: 5m", webhook = "" } = options;
  const { receiver = (to: string) => `webhook_configs: [{ url: "${to}"${webhook} }]` } = options;
  const config = parseAlertmanagerConfig(
    `route: { receiver: desk.1, group_by: [alertname], ${route} }\n` +
      `receivers: [{ name: desk.1, ${receiver(url)} }]`,
  );
  const notifier = startNotifier({
    config,
    clock,
    externalUrl: "http://here",
    ...(options.state === undefined ? {} : { state: options.state }),
    onState(next) {
      state = next;
      clock.emit("change");
    },
    onFailure(_, reason) {
      failures.push(reason);
      clock.emit("change");
    },
  });
  notifiers.push(notifier);
  return {
    clock,
    bodies,
    headers,
    urls,
    failures,
    notifier,
    state: () => state!,
    send: (venue = "a") => notifier.receive([{ labels: { alertname: "Down", venue }, endsAtMs: START + 3_600_000 }]),
    /** Not what was only sent. */
    told: () => (state?.notificationLog ?? []).filter(({ timeMs }) => timeMs > 0).length,
  };
}

afterEach(async () => {
  for (const notifier of notifiers.splice(0)) await notifier.stop();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

describe("a webhook", () => {
  test("receives Alertmanager's body of version 4", async () => {
    const { bodies, clock, headers, notifier, told } = await desk([], {
      webhook: ", max_alerts: 2, http_config: { authorization: { credentials: t0ken } }",
    });
    const common = { annotations: { summary: "gone", at: "x" }, startsAtMs: START - 1_500, endsAtMs: START + 60_000 };
    notifier.receive([
      { ...common, labels: { alertname: "Down", venue: "b" }, generatorUrl: "http://source" },
      { ...common, labels: { alertname: "Down", venue: "a" }, annotations: { summary: "gone", at: "y" } },
      { ...common, labels: { alertname: "Down", venue: "c" } },
    ]);
    await clock.until(() => told() === 1);
    const alert = { status: "firing", startsAt: "2023-12-31T23:59:58.500Z", endsAt: "0001-01-01T00:00:00Z" };
    expect(headers[0]).toMatchObject({ authorization: "Bearer t0ken", "content-type": "application/json" });
    expect(bodies).toEqual([
      {
        receiver: "desk\\.1",
        status: "firing",
        alerts: [
          {
            ...alert,
            labels: { alertname: "Down", venue: "a" },
            annotations: { summary: "gone", at: "y" },
            generatorURL: "",
            fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
          },
          {
            ...alert,
            labels: { alertname: "Down", venue: "b" },
            annotations: { summary: "gone", at: "x" },
            generatorURL: "http://source",
            fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
          },
        ],
        groupLabels: { alertname: "Down" },
        commonLabels: { alertname: "Down" },
        commonAnnotations: { summary: "gone" },
        externalURL: "http://here",
        version: "4",
        groupKey: '{}:{alertname="Down"}',
        truncatedAlerts: 1,
      },
    ]);
  });

  test("is told of the end of an alert, with its time", async () => {
    const { bodies, clock, notifier, send, told } = await desk([]);
    send();
    await clock.until(() => told() === 1);
    clock.passTo(60);
    notifier.receive([{ labels: { alertname: "Down", venue: "a" }, endsAtMs: START + 60_000 }]);
    clock.passTo(300);
    await clock.until(() => bodies.length === 2);
    expect(bodies[1]).toMatchObject({
      status: "resolved",
      alerts: [{ status: "resolved", endsAt: "2024-01-01T00:01:00Z" }],
    });
  });
});

describe("a receiver that refuses", () => {
  test("with 5xx is asked again after pauses that grow, and has one notification in the end", async () => {
    const { bodies, clock, send, told, failures } = await desk([status(500), status(503), status(502)]);
    send();
    for (const [attempt, seconds] of [0.5, 1.5, 3.5].entries()) {
      await clock.until(() => bodies.length === attempt + 1 && clock.timers().includes(seconds));
      expect(told()).toBe(0);
      clock.passTo(seconds);
    }
    await clock.until(() => told() === 1);
    expect(bodies).toHaveLength(4);
    expect(failures).toEqual([]);
  });

  test("with 429 is left alone for as long as it says", async () => {
    const { bodies, clock, send, told } = await desk([
      status(429, { "retry-after": "7" }),
      status(503, { "retry-after": new Date(START + 27_000).toUTCString() }),
    ]);
    send();
    await clock.until(() => clock.timers().includes(7));
    clock.passTo(7);
    await clock.until(() => clock.timers().includes(27));
    clock.passTo(27);
    await clock.until(() => told() === 1);
    expect(bodies).toHaveLength(3);
  });

  test("that wants to be asked again at once has its pauses all the same", async () => {
    const { bodies, clock, send, told } = await desk([
      status(429, { "retry-after": "0" }),
      status(503, { "retry-after": new Date(START - 60_000).toUTCString() }),
    ]);
    send();
    for (const [attempt, seconds] of [0.5, 1.5].entries()) {
      await clock.until(() => bodies.length === attempt + 1 && clock.timers().includes(seconds));
      clock.passTo(seconds);
    }
    await clock.until(() => told() === 1);
    expect(bodies).toHaveLength(3);
  });

  test("and with an answer that never ends is not listened to for long", async () => {
    const endless: Answer = (response) => {
      response.writeHead(400);
      const more = () =>
        void (response.write("no ".repeat(10_000)) ? setImmediate(more) : response.once("drain", more));
      more();
    };
    const { clock, failures, send } = await desk([endless]);
    send();
    await clock.until(() => failures.length === 1);
    expect(failures[0]).toMatch(/ answered 400: (?:no )+/);
    expect(failures[0]!.length).toBeLessThan(600);
  });

  test("for longer than the group interval is told when the group is due again", async () => {
    const { bodies, clock, send, told, failures } = await desk([status(503, { "retry-after": "900" })]);
    send();
    await clock.until(() => failures.length === 1);
    expect(failures[0]).toMatch(/^http:\/\/127\.0\.0\.1:\d+ answered 503: told you so$/);
    clock.passTo(300);
    await clock.until(() => told() === 1);
    expect(bodies).toHaveLength(2);
  });

  test("with 4xx is not asked again before the group is due", async () => {
    const { bodies, clock, send, failures, told } = await desk([status(400)]);
    send();
    await clock.until(() => failures.length === 1);
    expect(clock.timers()).toEqual([300]);
    clock.passTo(300);
    await clock.until(() => told() === 1);
    expect(bodies).toHaveLength(2);
  });
});

describe("a receiver that has moved", () => {
  const moved =
    (code: number, to: string): Answer =>
    (response) =>
      response.writeHead(code, { location: to }).end();

  test("and says so by 307 or 308 is told there", async () => {
    const { bodies, clock, headers, send, told, urls } = await desk([moved(308, "/new"), status(200)], {
      webhook: ", http_config: { authorization: { credentials: t0ken } }",
    });
    send();
    await clock.until(() => told() === 1);
    expect(urls).toEqual(["/hook?secret=1", "/new"]);
    expect(bodies[1]).toEqual(bodies[0]);
    expect(headers[1]!.authorization).toBe("Bearer t0ken");
  });

  test("is not told there when the file does not want it", async () => {
    const { clock, failures, send, urls } = await desk([moved(308, "/new")], {
      webhook: ", http_config: { follow_redirects: false, enable_http2: true }",
    });
    send();
    await clock.until(() => failures.length === 1);
    expect(urls).toEqual(["/hook?secret=1"]);
  });

  test("and says so otherwise has not been told, as nothing would be posted there", async () => {
    const { bodies, clock, failures, send, told } = await desk([moved(302, "/new")]);
    send();
    await clock.until(() => failures.length === 1);
    expect(failures[0]).toMatch(/^http:\/\/127\.0\.0\.1:\d+ answered 302$/);
    expect([bodies.length, told()]).toEqual([1, 0]);
  });
});

test("a receiver that accepts and breaks off in its answer is not told again", async () => {
  const { bodies, clock, send, told } = await desk([
    (response, request) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half", () => request.socket.destroy());
    },
  ]);
  send();
  await clock.until(() => told() === 1);
  expect(bodies).toHaveLength(1);
});

describe("a receiver that is lost sight of", () => {
  test("because its reply is dropped is told again with the same key", async () => {
    const { bodies, clock, send, told } = await desk([dropReply]);
    send();
    await clock.until(() => clock.timers().includes(0.5));
    clock.passTo(0.5);
    await clock.until(() => told() === 1);
    expect(bodies.map(({ groupKey }) => groupKey)).toEqual(new Array(2).fill('{}:{alertname="Down"}'));
  });

  test("because it hangs is asked again after 30 s, or the timeout that the file says", async () => {
    for (const [webhook, seconds] of [
      ["", 30],
      [", timeout: 3s", 3],
    ] as const) {
      const { bodies, clock, send, told } = await desk([hang], { webhook });
      send();
      await clock.until(() => bodies.length === 1);
      clock.passTo(seconds);
      await clock.until(() => clock.timers().includes(seconds + 0.5));
      clock.passTo(seconds + 0.5);
      await clock.until(() => told() === 1);
      expect(bodies).toHaveLength(2);
    }
  });

  test("because the process ends is told by the next one, and only what it does not know", async () => {
    const first = await desk([hang]);
    first.send();
    await first.clock.until(() => first.bodies.length === 1);
    await first.notifier.stop();
    const second = await desk([], { state: first.state() });
    await second.clock.until(() => second.told() === 1);
    const third = await desk([], { state: second.state() });
    third.send("a");
    third.send("b");
    third.clock.passTo(300);
    await third.clock.until(() => third.bodies.length === 1);
    expect(third.bodies[0]!.alerts.map(({ labels }) => labels["venue"])).toEqual(["a", "b"]);
  });
});

describe("Slack", () => {
  const slack = (url: string) => `slack_configs: [{ api_url: "${url}", channel: "#desk" }]`;

  test("that says 200 and not ok has refused", async () => {
    for (const answer of ["invalid_token", '{"ok":false,"error":"channel_not_found"}']) {
      const headers = answer.startsWith("{") ? { "content-type": "application/json" } : {};
      const { clock, send, failures, told } = await desk(
        [(response) => response.writeHead(200, headers).end(answer), (response) => response.end("ok")],
        { receiver: slack },
      );
      send();
      await clock.until(() => failures.length === 1);
      expect(failures[0]).toContain(`answered: ${answer}`);
      expect(told()).toBe(0);
      clock.passTo(300);
      await clock.until(() => told() === 1);
    }
  });

  test("has failed when a template does", async () => {
    const receiver = (url: string) => `slack_configs: [{ api_url: "${url}", title: "{{ index .Alerts 7 }}" }]`;
    const { clock, send, failures, bodies } = await desk([], { receiver });
    send();
    await clock.until(() => failures.length === 1);
    expect(failures[0]).toContain("index out of range: 7");
    expect(bodies).toEqual([]);
  });

  test("whose template cannot be read fails when the notifier starts, by the name of the receiver", async () => {
    const receiver = (url: string) => `slack_configs: [{ api_url: "${url}", title: "{{ foo }}" }]`;
    await expect(desk([], { receiver })).rejects.toThrow(
      'receiver "desk.1": template: :1: function "foo" not defined in "{{ foo }}"',
    );
  });
});

test("PagerDuty has the same key for the trigger and the resolution of an incident", async () => {
  const receiver = (url: string) => `pagerduty_configs: [{ url: "${url}", routing_key: k3y }]`;
  const { bodies, clock, notifier, send, told } = await desk([], { receiver });
  send();
  await clock.until(() => told() === 1);
  notifier.receive([{ labels: { alertname: "Down", venue: "a" }, endsAtMs: START }]);
  clock.passTo(300);
  await clock.until(() => bodies.length === 2);
  const [trigger, resolve] = bodies as unknown as { readonly dedup_key: string; readonly event_action: string }[];
  expect([trigger!.event_action, resolve!.event_action]).toEqual(["trigger", "resolve"]);
  expect(trigger!.dedup_key).toMatch(/^[0-9a-f]{64}$/);
  expect(resolve!.dedup_key).toBe(trigger!.dedup_key);
});

test("Opsgenie has an alert opened and closed by the same alias", async () => {
  const receiver = (url: string) => `opsgenie_configs: [{ api_url: "${new URL(url).origin}", api_key: k3y }]`;
  const { bodies, clock, headers, notifier, send, told, urls } = await desk([], { receiver });
  send();
  await clock.until(() => told() === 1);
  notifier.receive([{ labels: { alertname: "Down", venue: "a" }, endsAtMs: START }]);
  clock.passTo(300);
  await clock.until(() => bodies.length === 2);
  const { alias } = bodies[0] as unknown as { readonly alias: string };
  expect(alias).toMatch(/^[0-9a-f]{64}$/);
  expect(urls).toEqual(["/v2/alerts", `/v2/alerts/${alias}/close?identifierType=alias`]);
  expect(headers[1]!.authorization).toBe("GenieKey k3y");
});

test("Telegram is left alone for as long as its answer says, and its token is in no reason", async () => {
  const receiver = (url: string) =>
    `telegram_configs: [{ api_url: "${new URL(url).origin}", bot_token: t0ken, chat_id: 1 }]`;
  const tooMany: Answer = (response) => response.writeHead(429).end('{"ok":false,"parameters":{"retry_after":11}}');
  const { clock, send, failures, told, urls } = await desk([tooMany, status(401)], { receiver });
  send();
  await clock.until(() => clock.timers().includes(11));
  clock.passTo(11);
  await clock.until(() => failures.length === 1);
  expect(urls).toEqual(["/bott0ken/sendMessage", "/bott0ken/sendMessage"]);
  expect(failures[0]).not.toContain("t0ken");
  expect(told()).toBe(0);
});

test("a template of the user's files takes the place of one that comes along", async () => {
  const templates = ['{{ define "discord.default.title" }}{{ .GroupLabels.alertname }}!{{ end }}'];
  const config = parseAlertmanagerConfig(
    "route: { receiver: a }\nreceivers: [{ name: a, discord_configs: [{ webhook_url: 'http://here' }] }]",
  );
  const integration = config.receivers[0]!.integrations[0] as DiscordIntegration;
  const notification = {
    receiver: "a",
    integration,
    groupKey: "{}",
    groupLabels: { alertname: "Down" },
    alerts: [],
    deadlineMs: 0,
  };
  const { body } = integrationRequest(notification, integration, {
    externalUrl: "",
    templates: notificationTemplates(templates),
  });
  expect(body).toMatchObject({ embeds: [{ title: "Down!" }] });
});

test("receivers that cannot be told fail by name when the notifier starts", () => {
  const config = parseAlertmanagerConfig(
    "route: { receiver: a }\nreceivers: [{ name: a, sns_configs: [{ topic_arn: x }] }]",
  );
  expect(() => startNotifier({ config })).toThrow(
    'receiver "a" has sns_configs: cannot be delivered yet; use one of webhook_configs, email_configs, slack_configs, pagerduty_configs, discord_configs, opsgenie_configs, telegram_configs, msteams_configs, msteamsv2_configs',
  );
});

test("what all connections are to be like is so where a receiver has nothing of its own, or nobody is told", () => {
  const parse = (httpConfig: string, receiver: string) =>
    parseAlertmanagerConfig(
      `global: { http_config: { ${httpConfig} } }\nroute: { receiver: a }\nreceivers: [{ name: a, ${receiver} }]`,
    );
  const two = "webhook_configs: [{ url: 'http://a' }, { url: 'http://b', http_config: { enable_http2: true } }]";
  const config = parse("authorization: { credentials: t0ken }, follow_redirects: false", two);
  expect(config.receivers[0]!.integrations).toMatchObject([
    { authorization: "Bearer t0ken", followRedirects: false },
    { authorization: undefined, followRedirects: true },
  ]);
  const proxy = "proxy_url: 'http://proxy'";
  expect(() => startNotifier({ config: parse(proxy, two) })).toThrow('receiver "a" has http_config of global');
  const mail = "email_configs: [{ to: a@b, from: c@d, smarthost: 'e:25' }]";
  notifiers.push(startNotifier({ config: parse(proxy, mail) }));
});

test("a receiver is told even though nobody can keep that, and what was wrong with it is told", async () => {
  const { clock, bodies, notifier } = await desk([]);
  const failures: string[] = [];
  const delivered: string[] = [];
  let isFull = false;
  const other = startNotifier({
    config: notifier.config,
    clock,
    onState() {
      if (isFull) throw new Error("disk full");
    },
    onFailure: (_, reason) => failures.push(reason),
    onDelivered({ groupKey }) {
      delivered.push(groupKey);
      clock.emit("change");
    },
  });
  notifiers.push(other);
  other.dispatcher.receive([{ labels: { alertname: "Down" }, endsAtMs: START + 3_600_000 }], START);
  other.wake();
  isFull = true;
  await clock.until(() => delivered.length === 1);
  expect(failures).toEqual(["the state could not be kept: disk full"]);
  expect(bodies).toHaveLength(1);
});

test("a notifier that is stopped says nothing more, and stopping it twice is harmless", async () => {
  const { bodies, clock, notifier, send } = await desk([], { route: "group_wait: 30s" });
  send();
  await notifier.stop();
  await notifier.stop();
  clock.passTo(30);
  expect(clock.timers()).toEqual([]);
  expect(bodies).toEqual([]);
});
