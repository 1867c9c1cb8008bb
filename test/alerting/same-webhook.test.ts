/** The real Alertmanager and the package tell a webhook the same of the same alerts. */
import { EventEmitter, once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type IncomingAlert, parseAlertmanagerConfig, startNotifier, type WebhookBody } from "@telltale/alerting";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startChild } from "../e2e/child.ts";
import { absentServers, programPath } from "../e2e/server-program.ts";
import { freePort } from "../e2e/servers.ts";

const EXTERNAL_URL = "http://here:9093";

/** Bodies by their group, the last one of each. */
class Receiver extends EventEmitter {
  readonly bodies = new Map<string, WebhookBody>();
  readonly #server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as WebhookBody;
    this.bodies.set(body.groupKey, body);
    response.end();
    this.emit("body");
  });

  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** An alert that came late is told with the next interval. */
  async has(alerts: number): Promise<void> {
    const count = () => [...this.bodies.values()].reduce((sum, one) => sum + one.alerts.length, 0);
    while (count() < alerts) await once(this, "body");
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

function configFor(url: string): string {
  return `
route:
  receiver: the.desk (all)
  group_by: [alertname, venue]
  group_wait: 1s
  group_interval: 1s
  routes:
    - matchers: ['severity=~"page|critical"', team!="infra"]
      receiver: pager
      group_by: ['...']
      continue: true
    - match: { venue: 'quo"te\\x' }
      match_re: { severity: w.* }
      group_by: [venue]
inhibit_rules:
  - source_matchers: [alertname=Gone]
    target_matchers: [alertname=Slow]
    equal: [venue]
receivers:
  - name: the.desk (all)
    webhook_configs: [{ url: '${url}' }]
  - name: pager
    webhook_configs: [{ url: '${url}' }]
`;
}

const now = Date.now();
const alert = (labels: Record<string, string>, annotations: Record<string, string> = {}): IncomingAlert => ({
  labels,
  annotations,
  startsAtMs: now,
  endsAtMs: now + 3_600_000,
  generatorUrl: "http://source/graph?a=b&c=d",
});

const alerts: readonly IncomingAlert[] = [
  alert({ alertname: "Gone", venue: "a", severity: "critical" }, { summary: "gone", at: "1" }),
  alert({ alertname: "Down", venue: "a", instance: "b:1" }, { summary: "down", value: "1" }),
  alert({ alertname: "Down", venue: "a", instance: "a:1", job: "z" }, { summary: "down", value: "2" }),
  alert({ alertname: "Down", venue: "b", team: "infra", severity: "page" }),
  alert({ alertname: "Odd", venue: 'quo"te\\x', severity: "warning" }, { text: 'ä <b> \n "q"' }),
  alert({ alertname: "Odd", venue: "ünï" }),
];
const inhibited = alert({ alertname: "Slow", venue: "a" });

/** Times as numbers, and in the order of the alerts: each writes them in a way of its own. */
function comparable(bodies: ReadonlyMap<string, WebhookBody>): unknown {
  return [...bodies.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, body]) => ({
      ...body,
      alerts: body.alerts.map((one) => ({
        ...one,
        startsAt: Date.parse(one.startsAt),
        endsAt: Date.parse(one.endsAt),
      })),
    }));
}

async function ours(): Promise<ReadonlyMap<string, WebhookBody>> {
  const receiver = new Receiver();
  const config = parseAlertmanagerConfig(configFor(await receiver.listen()));
  const notifier = startNotifier({ config, externalUrl: EXTERNAL_URL });
  try {
    // An own process would be alive by its connections; here nothing else holds it.
    const alive = setInterval(() => {}, 60_000);
    notifier.receive([...alerts, inhibited]);
    await receiver.has(alerts.length);
    clearInterval(alive);
    return receiver.bodies;
  } finally {
    await notifier.stop();
    receiver.close();
  }
}

async function theirs(folder: string): Promise<ReadonlyMap<string, WebhookBody>> {
  const receiver = new Receiver();
  const config = join(folder, "alertmanager.yml");
  writeFileSync(config, configFor(await receiver.listen()));
  const port = await freePort();
  const flags = [
    `--config.file=${config}`,
    `--storage.path=${join(folder, "data")}`,
    `--web.listen-address=127.0.0.1:${port}`,
    `--web.external-url=${EXTERNAL_URL}`,
    "--web.route-prefix=/",
    "--cluster.listen-address=",
  ];
  const child = await startChild(programPath("alertmanager"), flags, {
    cwd: folder,
    env: { PATH: process.env["PATH"] },
  });
  try {
    await child.waitForOutput(/Listening/);
    const body = [...alerts, inhibited].map(({ labels, annotations, startsAtMs, endsAtMs, generatorUrl }) => ({
      labels,
      annotations,
      startsAt: new Date(startsAtMs!).toISOString(),
      endsAt: new Date(endsAtMs!).toISOString(),
      generatorURL: generatorUrl,
    }));
    const response = await fetch(`http://127.0.0.1:${port}/api/v2/alerts`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    expect(response.status, await response.text()).toBe(200);
    await receiver.has(alerts.length);
    return receiver.bodies;
  } finally {
    await child.stop("SIGKILL");
    receiver.close();
  }
}

const absent = absentServers("alertmanager");

describe.skipIf(absent)(`webhooks${absent ? ` (skipped: ${absent})` : ""}`, () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "alertmanager-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("receive the same bodies from Alertmanager", async () => {
    const [own, real] = await Promise.all([ours(), theirs(folder)]);
    expect(comparable(own)).toEqual(comparable(real));
    expect(own.size).toBe(5);
  });
});
