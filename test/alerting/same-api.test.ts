/** The API of version 2: the real Alertmanager answers the same, and amtool and Prometheus cannot tell. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  type AlertApi,
  type Notifier,
  parseAlertmanagerConfig,
  startAlertApi,
  startNotifier,
} from "@telltale/alerting";
import { afterEach, describe, expect, test } from "vitest";
import { startChild } from "../e2e/child.ts";
import { absentServers, programPath } from "../e2e/server-program.ts";
import { freePort } from "../e2e/servers.ts";
import { alertmanagerWith } from "./real-alertmanager.ts";

const HOUR = 3_600_000;

const config = `
global: { slack_api_url: 'https://hooks.example.org/s3cret' }
route:
  receiver: desk
  group_by: [alertname]
  group_wait: 1h
  routes:
    - { receiver: pager, matchers: [severity="page"], continue: true }
    - { receiver: desk, matchers: [severity="page"] }
inhibit_rules:
  - { source_matchers: [alertname="Gone"], target_matchers: [alertname="Slow"], equal: [venue] }
receivers:
  - name: desk
    webhook_configs: [{ url: 'http://127.0.0.1:9/t0ken' }]
  - name: pager
    slack_configs: [{ channel: '#desk' }]
    pagerduty_configs: [{ routing_key: k3y }]
`;

const opened: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.stop();
});

async function ours(): Promise<AlertApi & { readonly notifier: Notifier }> {
  const notifier = startNotifier({ config: parseAlertmanagerConfig(config) });
  const api = await startAlertApi({ notifier: () => notifier, port: 0, version: "0.25.0" });
  opened.push(notifier, api);
  return { ...api, notifier };
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function ask(url: string, path: string, method = "GET", body?: unknown): Promise<Answer> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(`${url}${path}`, {
    method,
    ...(body === undefined ? {} : { body: text, headers: { "content-type": "application/json" } }),
  });
  const answer = await response.text();
  return { status: response.status, body: answer === "" ? undefined : parsed(answer) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

const startsAt = new Date(Date.now() + HOUR).toISOString();
const endsAt = new Date(Date.now() + 2 * HOUR).toISOString();
const alerts = [
  {
    labels: { alertname: "Gone", venue: "a", severity: "page" },
    annotations: { summary: "gone", empty: "" },
    startsAt,
    endsAt,
  },
  { labels: { alertname: "Slow", venue: "a", job: "x" }, generatorURL: "http://source/?a=b&c=d", startsAt, endsAt },
  { labels: { alertname: "Slow", venue: "b", "": "x", empty: "" }, startsAt, endsAt },
  { labels: { alertname: "Slow", venue: "ünï", empty: "" }, startsAt, endsAt },
  { labels: { alertname: "Over", venue: "b" }, startsAt: "2024-01-01T00:00:00Z", endsAt: "2024-01-01T01:00:00+01:00" },
];
const silence = (more: object = {}) => ({
  matchers: [
    { name: "venue", value: "b", isRegex: false },
    { name: "alertname", value: "Slow|Over", isRegex: true, isEqual: true },
  ],
  startsAt: "2024-01-01T00:00:00Z",
  endsAt,
  createdBy: "me",
  comment: "they maintain",
  ...more,
});

/** Requests one after the other; `ID` is the id of the silence that was made last. */
const conversation: readonly (readonly [path: string, method?: string, body?: unknown])[] = [
  ["/api/v2/alerts", "POST", alerts],
  ["/api/v2/alerts"],
  ["/api/v2/alerts/"],
  ["/api/v2/alerts?filter=venue%3Da&filter=job%3D~%22.%2B%22"],
  ["/api/v2/alerts?filter=venue!%3D%22a%22"],
  ["/api/v2/alerts?inhibited=false"],
  ["/api/v2/alerts?active=false"],
  ["/api/v2/alerts?receiver=pag.*"],
  ["/api/v2/alerts?receiver=pag"],
  ["/api/v2/alerts?filter=a"],
  ["/api/v2/alerts/groups"],
  ["/api/v2/alerts/groups?receiver=desk&filter=venue%3Da"],
  ["/api/v2/alerts", "POST", "{"],
  ["/api/v2/alerts", "POST", [{}]],
  ["/api/v2/alerts", "POST", [{ labels: {} }]],
  ["/api/v2/alerts", "POST", [{ labels: { a: "b" }, startsAt: endsAt, endsAt: startsAt }]],
  ["/api/v2/alerts", "PUT", []],
  ["/api/v2/nothing"],
  ["/api/v2/receivers"],
  ["/api/v2/silences"],
  ["/api/v2/silences", "POST", silence()],
  ["/api/v2/silences"],
  ["/api/v2/silence/ID"],
  ["/api/v2/alerts?silenced=false"],
  ["/api/v2/alerts?filter=venue%3Db"],
  // Only the end: the same silence.
  ["/api/v2/silences", "POST", silence({ id: "ID", startsAt: "ITS START", endsAt: startsAt })],
  ["/api/v2/silences"],
  // Other matchers: another one.
  [
    "/api/v2/silences",
    "POST",
    silence({ id: "ID", matchers: [{ name: "venue", value: "a", isRegex: false, isEqual: false }] }),
  ],
  ["/api/v2/silences?filter=venue%3Da"],
  ["/api/v2/silences?filter=venue!%3Da"],
  ["/api/v2/silence/ID", "DELETE"],
  ["/api/v2/silence/ID", "DELETE"],
  ["/api/v2/silence/ID"],
  ["/api/v2/silence/nope"],
  ["/api/v2/silences", "POST", {}],
  ["/api/v2/silences", "POST", silence({ matchers: [] })],
  ["/api/v2/silences", "POST", silence({ matchers: [{ name: "a", value: "", isRegex: false }] })],
  ["/api/v2/silences", "POST", silence({ endsAt: "2023-01-01T00:00:00Z" })],
  ["/api/v2/silences", "POST", silence({ endsAt: "2024-06-01T00:00:00Z" })],
  ["/api/v2/silences", "POST", silence({ id: "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa" })],
  ["/-/healthy"],
  ["/-/ready"],
];

/** What was said to all that, with names for the ids of silences and for times of this run. */
async function talk(url: string): Promise<readonly unknown[]> {
  const ids: string[] = [];
  let start = "";
  const answers: unknown[] = [];
  for (const [path, method, body] of conversation) {
    const id = ids.at(-1) ?? "";
    const filled =
      body === undefined
        ? undefined
        : JSON.parse(JSON.stringify(body).replaceAll("ITS START", start).replaceAll('"ID"', `"${id}"`));
    const answer = await settledAnswer(() =>
      ask(url, path.replace("ID", id), method, typeof body === "string" ? body : filled),
    );
    const made = (answer.body as { readonly silenceID?: string } | undefined)?.silenceID;
    if (made !== undefined && !ids.includes(made)) ids.push(made);
    if (path === "/api/v2/silence/ID" && method === undefined)
      start = (answer.body as { readonly startsAt: string }).startsAt;
    answers.push({ request: `${method ?? "GET"} ${path}`, status: answer.status, body: comparable(answer, ids) });
  }
  return answers;
}

/** Alertmanager has a moment in which it has looked at none of its alerts. */
async function settledAnswer(request: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await request();
    if (!JSON.stringify(answer.body ?? "").includes('"unprocessed"')) return answer;
  }
}

function comparable({ status, body }: Answer, ids: readonly string[]): unknown {
  // The words of a refusal are each one's own, not so what kind it is.
  if (status >= 400) return typeof body === "object" && body !== null ? Object.keys(body) : typeof body;
  if (typeof body !== "object" || body === null) return body;
  const text = JSON.stringify(body, (name, value: unknown) => {
    if (name === "mutedBy") return undefined;
    // By chance, where it continues.
    if (name === "receivers" && Array.isArray(value))
      return (value as { name: string }[]).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const isTime = typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value);
    return isTime && Math.abs(Date.parse(value) - Date.now()) < HOUR / 2 ? "now" : value;
  });
  return JSON.parse(ids.reduce((all, id, i) => all.replaceAll(id, `silence ${i}`), text)) as unknown;
}

const noAlertmanager = absentServers("alertmanager", "amtool");

describe.skipIf(noAlertmanager)(`the API${noAlertmanager ? ` (skipped: ${noAlertmanager})` : ""}`, () => {
  test("answers what the real Alertmanager answers", async () => {
    await using real = await alertmanagerWith(config, []);
    const { url } = await ours();
    const [own, theirs] = await Promise.all([talk(url), talk(real.url)]);
    expect(own).toEqual(theirs);
  });

  const amtool = async (url: string, ...args: readonly string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)(programPath("amtool"), [`--alertmanager.url=${url}`, ...args], {
      env: { PATH: process.env["PATH"], HOME: "/nonexistent" },
    });
    return stdout.trim();
  };

  test("lets amtool add, look for and silence alerts", async () => {
    const { url, notifier } = await ours();
    await amtool(url, "alert", "add", "Down", "venue=a", "severity=page", "--annotation=summary=gone");
    await amtool(url, "alert", "add", "alertname=Down", "venue=b");
    expect(await amtool(url, "alert", "query", "venue=a", "-o", "extended")).toContain(
      'alertname="Down" severity="page" venue="a"',
    );
    expect((await amtool(url, "alert", "query", "-o", "simple")).split("\n")).toHaveLength(3);
    const id = await amtool(
      url,
      "silence",
      "add",
      "venue=a",
      "severity=~p.*",
      "--author=me",
      "--comment=hi",
      "--duration=2h",
    );
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(await amtool(url, "silence", "query", "venue=a")).toContain('venue="a" severity=~"p.*"');
    expect((await amtool(url, "alert", "query")).split("\n")).toHaveLength(2);
    expect(await amtool(url, "alert", "query", "--silenced")).toContain("suppressed");
    await amtool(url, "silence", "update", "--duration=3h", "--comment=longer", id);
    expect(notifier.dispatcher.silences()).toMatchObject([{ id, comment: "longer", createdBy: "me" }]);
    await amtool(url, "silence", "expire", id);
    expect(await amtool(url, "silence", "query", "-q")).toBe("");
    expect(await amtool(url, "silence", "query", "-q", "--expired")).toBe(id);
  });

  test("shows amtool the configuration without its secrets, which it can test routes with", async () => {
    const { url } = await ours();
    const shown = await amtool(url, "config", "show");
    expect(shown).toContain("slack_api_url: '<secret>'");
    expect(shown).not.toMatch(/s3cret|t0ken|k3y/);
    expect(await amtool(url, "config", "routes", "test", "severity=page")).toBe("pager,desk");
    expect(await amtool(url, "config", "routes", "show")).toContain(
      '{severity="page"}  continue: true  receiver: pager',
    );
    expect(await amtool(url, "cluster", "show")).toContain("disabled");
  });
});

const noPrometheus = absentServers("prometheus");

describe.skipIf(noPrometheus)(`Prometheus${noPrometheus ? ` (skipped: ${noPrometheus})` : ""}`, () => {
  test("sends the alerts of its rules, and what they are when they are over", async () => {
    const { url, notifier } = await ours();
    const folder = mkdtempSync(join(tmpdir(), "prometheus-"));
    const port = await freePort();
    const rules = (value: number) =>
      `groups: [{ name: g, interval: 1s, rules: [{ alert: Down, expr: 'vector(${value}) > 0', labels: { severity: page }, annotations: { summary: 'is {{ $value }}' } }] }]`;
    writeFileSync(join(folder, "rules.yml"), rules(1));
    writeFileSync(
      join(folder, "prometheus.yml"),
      `global: { evaluation_interval: 1s, external_labels: { region: eu } }
rule_files: [rules.yml]
alerting: { alertmanagers: [{ api_version: v2, static_configs: [{ targets: ['${new URL(url).host}'] }] }] }`,
    );
    const flags = [
      `--config.file=${join(folder, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--web.enable-lifecycle",
      "--rules.alert.resend-delay=1s",
    ];
    const server = await startChild(programPath("prometheus"), flags, {
      cwd: folder,
      env: { PATH: process.env["PATH"] },
    });
    opened.push({
      stop: async () => {
        await server.stop("SIGKILL");
        rmSync(folder, { recursive: true, force: true });
      },
    });
    const held = () => notifier.dispatcher.alerts(Date.now());
    await expect.poll(held).toMatchObject([
      {
        labels: { alertname: "Down", severity: "page", region: "eu" },
        annotations: { summary: "is 1" },
        state: "active",
        receivers: ["pager", "desk"],
      },
    ]);
    writeFileSync(join(folder, "rules.yml"), rules(0));
    const reloaded = await fetch(`http://127.0.0.1:${port}/-/reload`, { method: "POST" });
    expect(reloaded.status).toBe(200);
    await expect.poll(held).toMatchObject([{ labels: { alertname: "Down" }, state: "resolved" }]);
  });
});
