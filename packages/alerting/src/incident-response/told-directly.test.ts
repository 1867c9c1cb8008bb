import { EventEmitter, once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { Clock } from "../clock.ts";
import { type Notifier, startNotifier } from "../delivery/notifier.ts";
import type { WebhookBody } from "../delivery/webhook-body.ts";
import type { EscalationStep } from "../escalation/escalations.ts";
import { parseAlertmanagerConfig } from "../routing/alertmanager-config.ts";
import type { DispatcherState } from "../routing/dispatcher.ts";
import { escalationTelling } from "./escalation-telling.ts";

const START = Date.UTC(2024, 0, 1);
const notifiers: Notifier[] = [];
const servers: Server[] = [];

afterEach(async () => {
  for (const notifier of notifiers.splice(0)) await notifier.stop();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Pauses are over as soon as they begin, and take the time that they say; limits of attempts never come. */
class HastyClock extends EventEmitter implements Clock {
  nowMs = START;

  now(): number {
    return this.nowMs;
  }

  at(timeMs: number, call: () => void): Disposable {
    const isPause = timeMs - this.nowMs < 10_000;
    const timer = setImmediate(() => {
      if (!isPause) return;
      this.nowMs = Math.max(this.nowMs, timeMs);
      call();
    });
    return { [Symbol.dispose]: () => clearImmediate(timer) };
  }
}

const step = (more: Partial<EscalationStep> = {}): EscalationStep => ({
  incidentId: "abc",
  toldAs: "abc",
  name: "trading",
  level: 1,
  receivers: ["lead"],
  alerts: [{ key: "k", labels: { alertname: "Down" }, annotations: {}, startsAtMs: START, generatorUrl: "" }],
  resolved: false,
  repeatMs: undefined,
  sinceMs: START,
  ...more,
});

/** A notifier with a receiver that answers with these statuses in turn, then with 200. */
async function lead(statuses: readonly number[] = [], state?: DispatcherState) {
  const bodies: WebhookBody[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    bodies.push(JSON.parse(body) as WebhookBody);
    response.writeHead(statuses[bodies.length - 1] ?? 200).end();
  }).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const config = parseAlertmanagerConfig(
    `route: { receiver: other }\nreceivers: [{ name: other }, { name: lead, webhook_configs: [{ url: "${url}" }] }]`,
  );
  const clock = new HastyClock();
  const states: DispatcherState[] = [];
  const delivered: string[] = [];
  const notifier = startNotifier({
    config,
    clock,
    onState: (one) => states.push(one),
    onDelivered: ({ receiver }) => delivered.push(receiver),
    ...(state !== undefined && { state }),
  });
  notifiers.push(notifier);
  const tell = (more?: Partial<EscalationStep>, receiver = "lead") =>
    notifier.tell(escalationTelling(step(more), receiver, clock.now()));
  return { notifier, tell, bodies, states, delivered, clock };
}

test("a receiver is told of an escalation under a key that stays the same, and of its end", async () => {
  const { tell, bodies, delivered } = await lead();
  expect(await tell()).toBe(true);
  expect(await tell({ resolved: true })).toBe(true);
  expect(bodies.map(({ status, groupKey, groupLabels }) => ({ status, groupKey, groupLabels }))).toEqual(
    ["firing", "resolved"].map((status) => ({
      status,
      groupKey: 'telltale/escalation/trading/1:{incident="abc"}',
      groupLabels: { escalation: "trading", incident: "abc", level: "1" },
    })),
  );
  expect(delivered).toEqual(["lead", "lead"]);
});

test("a receiver that knows is not told again, also after a restart", async () => {
  const first = await lead();
  await first.tell();
  expect(await first.tell()).toBe(true);
  expect(first.bodies).toHaveLength(1);
  const second = await lead([], JSON.parse(JSON.stringify(first.states.at(-1))) as DispatcherState);
  expect(await second.tell()).toBe(true);
  expect(second.bodies).toEqual([]);
  // Another level is another word.
  expect(await second.tell({ level: 2 })).toBe(true);
  expect(second.bodies).toHaveLength(1);
});

test("a receiver that fails is asked again, and one that refuses is not", async () => {
  const failing = await lead([503, 503]);
  expect(await failing.tell()).toBe(true);
  expect(failing.bodies).toHaveLength(3);
  const refusing = await lead([400]);
  expect(await refusing.tell()).toBe(false);
  expect(refusing.bodies).toHaveLength(1);
  expect(await refusing.tell()).toBe(true);
});

test("the same is not on its way twice, and what cannot be told is not taken as told", async () => {
  const { tell, bodies, notifier } = await lead();
  expect(await Promise.all([tell(), tell()])).toEqual([true, false]);
  expect(bodies).toHaveLength(1);
  expect(await tell({}, "nobody")).toBe(false);
  await notifier.stop();
  expect(await tell({ level: 2 })).toBe(false);
});
