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
  expect(await post("/api/v2/alerts", '[{"labels":{"a":1}}]')).toBe("400 0.labels.a in body must be of type string: 1");
  expect(await post("/api/v2/alerts", '[{"labels":[]}]')).toBe("400 0.labels in body must be of type object: []");
  expect(await post("/api/v2/alerts", '[{"labels":{"a":"b"},"startsAt":"now"}]')).toContain("0.startsAt in body");
  expect(await post("/api/v2/alerts", "")).toBe("422 alerts in body is required");
  expect(await post("/api/v2/silences", silence({ matchers: [{ name: "a", value: "b" }] }))).toBe(
    "422 matchers.0.isRegex in body is required",
  );
  const flag = await ask(port, { path: "/api/v2/alerts?active=perhaps" });
  expect(flag.body).toContain('active in query must be of type boolean: \\"perhaps\\"');
});

test("a time without a zone is one of UTC, and a day that never was is refused", async () => {
  const zone = process.env["TZ"];
  process.env["TZ"] = "America/New_York";
  try {
    expect(new Date(2030, 0, 1).getUTCHours()).toBe(5);
    const notifier = notifierOf("desk");
    const { port } = await api({ notifier: () => notifier });
    const post = async (startsAt: string, endsAt = "2031-01-01T00:00:00+0100") => {
      const body = JSON.stringify([{ labels: { a: startsAt }, startsAt, endsAt }]);
      return (await ask(port, { method: "POST", headers: json, body })).status;
    };
    for (const start of ["2030-01-01T00:00:00", "2030-01-01 00:00", "2030-01-01", "2030-01-01T00:00:00.000000001Z"]) {
      expect(await post(start)).toBe(200);
    }
    const alerts = notifier.dispatcher.alerts(Date.now());
    expect(alerts.map(({ startsAtMs }) => new Date(startsAtMs).toISOString())).toEqual(
      Array.from({ length: 4 }, () => "2030-01-01T00:00:00.000Z"),
    );
    expect(new Date(alerts[0]!.endsAtMs).toISOString()).toBe("2030-12-31T23:00:00.000Z");
    for (const start of ["2030-02-30T00:00:00Z", "2030-13-01T00:00:00Z", "2030-01-01T24:00:00Z", "tomorrow"]) {
      expect(await post(start)).toBe(400);
    }
  } finally {
    if (zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zone;
  }
});

test("an alert is refused that starts after it has timed out, has an annotation without a name, or comes from no address", async () => {
  const { port } = await api();
  const post = async (alert: object) => {
    const body = JSON.stringify([{ labels: { a: "b" }, ...alert }]);
    const answer = await ask(port, { method: "POST", headers: json, body });
    return `${answer.status} ${answer.body.trim()}`;
  };
  expect(await post({ startsAt: "2124-01-01T00:00:00Z" })).toBe('400 "start time must be before end time"');
  expect(await post({ annotations: { "": "x" } })).toContain("400");
  expect(await post({ generatorURL: "no address" })).toContain("422");
  expect(await post({ generatorURL: "/graph?a=b" })).toBe("200 ");
});

test("addresses that make no sense are the fault of who asks", async () => {
  const { port } = await api();
  const status = async (path: string) => (await ask(port, { path })).status;
  expect(await status("//")).toBe(404);
  expect(await status("/api/v2/silence/%zz")).toBe(400);
  expect(await status(`http://127.0.0.1:${port}/api/v2/alerts`)).toBe(200);
});

test("health is asked for by HEAD as well", async () => {
  const { port } = await api();
  expect(await ask(port, { path: "/-/healthy", method: "HEAD" })).toEqual({ status: 200, body: "" });
  expect(await ask(port, { path: "/-/ready", method: "HEAD" })).toEqual({ status: 200, body: "" });
});

test("a flag counts as said last, and a filter is one condition", async () => {
  const notifier = notifierOf("desk");
  const { port } = await api({ notifier: () => notifier });
  notifier.receive([{ labels: { a: "b", c: "d" } }]);
  const shown = async (query: string) => {
    const answer = await ask(port, { path: `/api/v2/alerts?${new URLSearchParams(query)}` });
    return answer.status === 200 ? (JSON.parse(answer.body) as readonly unknown[]).length : answer.status;
  };
  expect(await shown("active=")).toBe(1);
  expect(await shown("active=false&active=true")).toBe(1);
  expect(await shown("receiver=nobody&receiver=desk")).toBe(1);
  expect(await shown('filter="a"=b&filter=c=d')).toBe(1);
  for (const filter of ["", "{}", "{a=b}", "a=b,c=d"]) expect(await shown(`filter=${filter}`)).toBe(400);
});

test("a silence of a label without name, or without a start, is refused", async () => {
  const { port } = await api();
  const post = async (more: object) =>
    (await ask(port, { path: "/api/v2/silences", method: "POST", headers: json, body: silence(more) })).status;
  expect(await post({ matchers: [{ name: "", value: "b", isRegex: false }] })).toBe(400);
  expect(await post({ startsAt: undefined })).toBe(422);
  expect(await post({ matchers: null })).toBe(422);
  expect(await post({ endsAt: "0001-01-01T00:00:00Z" })).toBe(400);
});

test("groups that a time interval mutes say so, and are left out for who does not want them", async () => {
  const config = parseAlertmanagerConfig(`
route:
  receiver: a
  group_by: [alertname]
  routes:
    - { receiver: a, mute_time_intervals: [never, always], continue: true }
    - { receiver: b }
receivers: [{ name: a }, { name: b }]
time_intervals: [{ name: always, time_intervals: [{}] }, { name: never, time_intervals: [{ years: ['1990'] }] }]`);
  const notifier = startNotifier({ config });
  opened.push(notifier);
  const { port } = await api({ notifier: () => notifier });
  notifier.receive([{ labels: { alertname: "Down" } }]);
  const groups = async (query: string) =>
    (
      JSON.parse((await ask(port, { path: `/api/v2/alerts/groups${query}` })).body) as readonly {
        readonly receiver: { readonly name: string };
        readonly alerts: readonly { readonly status: object }[];
      }[]
    ).map(({ receiver, alerts }) => ({ ...receiver, ...alerts[0]!.status }));
  expect(await groups("")).toMatchObject([
    { name: "a", state: "suppressed", mutedBy: ["always"] },
    { name: "b", state: "active", mutedBy: [] },
  ]);
  expect(await groups("?muted=false")).toMatchObject([{ name: "b" }]);
  const alerts = JSON.parse((await ask(port, {})).body) as readonly { readonly status: object }[];
  expect(alerts[0]!.status).toMatchObject({ state: "active", mutedBy: [] });
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
