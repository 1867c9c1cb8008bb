import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import { type Notifier, startNotifier } from "../delivery/notifier.ts";
import { parseAlertmanagerConfig } from "../routing/alertmanager-config.ts";
import type { DispatcherState } from "../routing/dispatcher.ts";
import { type AlertApi, type AlertApiOptions, startAlertApi } from "./alert-api.ts";

const opened: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.stop();
});

function notifierOf(name: string, onState: (state: DispatcherState) => void = () => {}): Notifier {
  const config = parseAlertmanagerConfig(`route: { receiver: ${name} }\nreceivers: [{ name: ${name} }]`);
  const notifier = startNotifier({ config, onState });
  opened.push(notifier);
  return notifier;
}

async function api(options: Partial<AlertApiOptions> = {}): Promise<AlertApi> {
  const notifier = notifierOf("desk");
  const started = await startAlertApi({ notifier: () => notifier, port: 0, ...options });
  opened.push(started);
  return started;
}

async function ask(
  port: number,
  { path = "/api/v2/alerts", method = "GET", headers = {}, body = "" },
): Promise<{ readonly status: number | undefined; readonly body: string }> {
  const sent = request({ host: "127.0.0.1", port, path, method, headers }).end(body);
  const [response] = await once(sent, "response");
  return { status: response.statusCode, body: await text(response) };
}

const json = { "content-type": "application/json" };
const silence = (more: object = {}): string =>
  JSON.stringify({
    matchers: [{ name: "a", value: "b", isRegex: false }],
    startsAt: "2024-01-01T00:00:00Z",
    endsAt: "2124-01-01T00:00:00Z",
    createdBy: "me",
    comment: "",
    ...more,
  });

test("a silence is kept for after a restart", async () => {
  const states: DispatcherState[] = [];
  const notifier = notifierOf("desk", (state) => states.push(state));
  const { port } = await api({ notifier: () => notifier });
  const made = await ask(port, { path: "/api/v2/silences", method: "POST", headers: json, body: silence() });
  const { silenceID: id } = JSON.parse(made.body) as { readonly silenceID: string };
  expect(states.at(-1)?.silences).toMatchObject([{ id, matchers: [{ name: "a", operator: "=", value: "b" }] }]);
  await ask(port, { path: `/api/v2/silence/${id}`, method: "DELETE" });
  expect(states.at(-1)!.silences[0]!.endsAtMs).toBeLessThanOrEqual(Date.now());
});

test("alerts that are in order are taken although others are not", async () => {
  const notifier = notifierOf("desk");
  const { port } = await api({ notifier: () => notifier });
  const alerts = [{ labels: { a: "b" } }, { labels: {} }, { labels: { c: "d" }, startsAt: "0001-01-01T00:00:00Z" }];
  const answer = await ask(port, { method: "POST", headers: json, body: JSON.stringify(alerts) });
  expect([answer.status, JSON.parse(answer.body)]).toEqual([400, "at least one label pair required"]);
  expect(notifier.dispatcher.alerts(Date.now()).map(({ labels }) => labels)).toEqual([{ a: "b" }, { c: "d" }]);
});

test("another notifier takes the place of the first", async () => {
  let notifier = notifierOf("first");
  const { port } = await api({ notifier: () => notifier });
  notifier = notifierOf("second");
  expect((await ask(port, { path: "/api/v2/receivers" })).body.trim()).toBe('[{"name":"second"}]');
});

test("what is not of the form of the API is told by where it is", async () => {
  const { port } = await api();
  const post = async (path: string, body: string) => {
    const answer = await ask(port, { path, method: "POST", headers: json, body });
    return `${answer.status} ${(JSON.parse(answer.body) as { readonly message: string }).message}`;
  };
  expect(await post("/api/v2/alerts", '[{"labels":{"a":1}}]')).toBe("422 0.labels.a in body must be of type string: 1");
  expect(await post("/api/v2/alerts", '[{"labels":[]}]')).toBe("422 0.labels in body must be of type object: []");
  expect(await post("/api/v2/alerts", '[{"labels":{"a":"b"},"startsAt":"now"}]')).toContain("0.startsAt in body");
  expect(await post("/api/v2/alerts", "")).toBe("422 alerts in body is required");
  expect(await post("/api/v2/silences", silence({ matchers: [{ name: "a", value: "b" }] }))).toBe(
    "422 matchers.0.isRegex in body is required",
  );
  const flag = await ask(port, { path: "/api/v2/alerts?active=perhaps" });
  expect(flag.body).toContain('active in query must be of type boolean: \\"perhaps\\"');
});

test("a page in a browser reaches it neither by another name nor by a form", async () => {
  const { port } = await api();
  const status = async (options: object) => (await ask(port, options)).status;
  expect(await status({ headers: { host: "evil.example.org" } })).toBe(403);
  expect(await status({ headers: { host: `localhost:${port}` } })).toBe(200);
  expect(await status({ headers: { host: `[::1]:${port}` } })).toBe(200);
  expect(await status({ method: "POST", headers: { "content-type": "text/plain" }, body: "[]" })).toBe(415);
  const named = await api({ allowedHosts: ["alerts.example.org"] });
  expect((await ask(named.port, { headers: { host: "alerts.example.org" } })).status).toBe(200);
});

test("a body that is too long is refused before it is there", async () => {
  const { port } = await api({ maxBodyBytes: 1_000 });
  const answer = await ask(port, { method: "POST", headers: json, body: `[${" ".repeat(2_000)}]` });
  expect(answer).toMatchObject({ status: 413, body: expect.stringContaining("longer than 1000 bytes") });
});

test("a port that is taken is told by its number", async () => {
  const { port } = await api();
  await expect(api({ port })).rejects.toMatchObject({
    code: "TELLTALE_PORT_IN_USE",
    message: `The API of alerts cannot listen on 127.0.0.1:${port}: the port is in use by another process; give a free port, or 0 to take any`,
  });
});

test("stopping it ends connections that nobody uses, and twice is harmless", async () => {
  const { port, stop } = await api();
  const socket = connect(port, "127.0.0.1");
  socket.write("GET /-/ready HTTP/1.1\r\nhost: localhost\r\n\r\n");
  await once(socket, "data");
  const closed = once(socket, "close");
  await stop();
  await stop();
  await closed;
});
