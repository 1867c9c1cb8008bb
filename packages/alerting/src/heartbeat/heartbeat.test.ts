import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { Clock } from "../clock.ts";
import { startNotifier } from "../delivery/notifier.ts";
import type { WebhookBody } from "../delivery/webhook-body.ts";
import { parseAlertmanagerConfig } from "../routing/alertmanager-config.ts";
import { type Heartbeat, startHeartbeat } from "./heartbeat.ts";

const START = Date.UTC(2024, 0, 1);
const started: { stop(): unknown }[] = [];
const servers: Server[] = [];

afterEach(async () => {
  for (const one of started.splice(0)) await one.stop();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Time that passes when it is told to; timers go off in order. */
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

  /** All timers, whatever the time is. */
  goOff(): void {
    for (const [timer, { call }] of [...this.#timers]) if (this.#timers.delete(timer)) call();
  }

  passTo(seconds: number): void {
    this.nowMs = START + seconds * 1_000;
    for (const [timer, { timeMs, call }] of [...this.#timers]) {
      if (timeMs <= this.nowMs && this.#timers.delete(timer)) call();
    }
  }
}

/** A server that answers with these statuses in turn, then with 200; what it was sent. */
async function receiver(statuses: readonly number[] = []) {
  const bodies: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const server = createServer(async (request, response) => {
    authorizations.push(request.headers.authorization);
    let body = "";
    for await (const chunk of request) body += chunk;
    bodies.push(body);
    response.writeHead(statuses[bodies.length - 1] ?? 200).end();
  }).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ping`, bodies, authorizations };
}

function start(options: Partial<Parameters<typeof startHeartbeat>[0]> & { readonly clock: Clock }) {
  const beats: boolean[] = [];
  const problems: string[] = [];
  const heartbeat: Heartbeat = startHeartbeat({
    definition: { intervalMs: 60_000, url: undefined, receiver: undefined },
    tell: async () => true,
    isWell: () => true,
    onBeat: (arrived) => beats.push(arrived),
    onProblem: (text) => problems.push(text),
    ...options,
  });
  started.push(heartbeat);
  return { heartbeat, beats, problems };
}

test("an address is posted to at once and then at each interval, until it is stopped", async () => {
  const { url, bodies } = await receiver();
  const clock = new TestClock();
  const { heartbeat, beats } = start({ clock, definition: { intervalMs: 60_000, url, receiver: undefined } });
  for (const seconds of [0, 59, 60, 120]) {
    clock.passTo(seconds);
    await heartbeat.settled();
  }
  expect([bodies.length, beats]).toEqual([3, [true, true, true]]);
  heartbeat.stop();
  clock.passTo(600);
  await heartbeat.settled();
  expect(bodies).toHaveLength(3);
});

test("it goes on at its interval when the clock is put back", async () => {
  const { url, bodies } = await receiver();
  const clock = new TestClock();
  const { heartbeat } = start({ clock, definition: { intervalMs: 60_000, url, receiver: undefined } });
  await heartbeat.settled();
  // The timer knows nothing of the clock.
  clock.passTo(60 - 86_400);
  clock.goOff();
  await heartbeat.settled();
  expect(bodies).toHaveLength(2);
  clock.passTo(120 - 86_400);
  await heartbeat.settled();
  expect(bodies).toHaveLength(3);
});

test("a name and a password in the address are sent, and are in no message", async () => {
  const { url, authorizations } = await receiver([200, 500]);
  const clock = new TestClock();
  const secret = url.replace("http://", "http://desk:p%40ss@");
  const { heartbeat, problems } = start({
    clock,
    definition: { intervalMs: 60_000, url: secret, receiver: undefined },
  });
  await heartbeat.settled();
  clock.passTo(60);
  await heartbeat.settled();
  expect(authorizations[0]).toBe(`Basic ${Buffer.from("desk:p@ss").toString("base64")}`);
  expect(problems).toEqual([`heartbeat: ${new URL(url).origin} answered 500`]);
});

test("that it does not arrive is told once, and again when it stops a second time", async () => {
  const { url } = await receiver([500, 500, 200, 500]);
  const clock = new TestClock();
  const { heartbeat, beats, problems } = start({ clock, definition: { intervalMs: 60_000, url, receiver: undefined } });
  for (const seconds of [0, 60, 120, 180]) {
    clock.passTo(seconds);
    await heartbeat.settled();
  }
  expect(beats).toEqual([false, false, true, false]);
  const { origin } = new URL(url);
  expect(problems).toEqual([`heartbeat: ${origin} answered 500`, `heartbeat: ${origin} answered 500`]);
});

test("it is withheld while rules are not evaluated: what is silent inside has to be silent outside", async () => {
  const { url, bodies } = await receiver();
  const clock = new TestClock();
  let isWell = false;
  const definition = { intervalMs: 60_000, url, receiver: undefined };
  const { heartbeat, problems } = start({ clock, definition, isWell: () => isWell });
  await heartbeat.settled();
  expect([bodies.length, problems]).toEqual([0, ["heartbeat: rules are not evaluated in time, so it is withheld"]]);
  isWell = true;
  clock.passTo(60);
  await heartbeat.settled();
  expect(bodies).toHaveLength(1);
});

test("a receiver of alertmanager.yml hears each beat, by no route and with no pause for repetitions", async () => {
  const { url, bodies } = await receiver();
  const clock = new TestClock();
  const config = parseAlertmanagerConfig(
    `route: { receiver: other, repeat_interval: 4h }\nreceivers: [{ name: other }, { name: alive, webhook_configs: [{ url: "${url}" }] }]`,
  );
  const notifier = startNotifier({ config, clock });
  started.push(notifier);
  const definition = { intervalMs: 60_000, url: undefined, receiver: "alive" };
  const { heartbeat, beats } = start({ clock, definition, tell: (telling) => notifier.tell(telling) });
  for (const seconds of [0, 60, 120]) {
    clock.passTo(seconds);
    await heartbeat.settled();
  }
  expect(beats).toEqual([true, true, true]);
  const sent = bodies.map((body) => JSON.parse(body) as WebhookBody);
  expect(sent.map(({ status, groupKey, alerts }) => [status, groupKey, alerts[0]!.labels["alertname"]])).toEqual(
    Array(3).fill(["firing", "telltale/heartbeat", "TelltaleHeartbeat"]),
  );
});
