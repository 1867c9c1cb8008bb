/**
 * Every delivery is counted, while receivers refuse, hang, break off and lose their replies, and the process that tells them is
 * killed again and again: nothing is lost, nothing that was accepted and heard of is told twice, and what is told again because
 * its reply was lost has the key that it had before.
 */
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import type { WebhookBody } from "@telltale/alerting";
import PostalMime from "postal-mime";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Child, startChild } from "../e2e/child.ts";
import { type Random, random } from "../promql/random.ts";
import { type MailAnswer, MailServer } from "./mail-server.ts";

const program = join(import.meta.dirname, "counted-program.ts");
const KILLS = 5;
const GROUPS = ["a", "b"];
const INTEGRATIONS = ["webhook/0", "webhook/1", "email/0"];

/** What an integration was told of a group. */
interface Telling {
  readonly to: string;
  readonly group: string;
  /** `ID=firing` and `ID=resolved`, in order. */
  readonly told: readonly string[];
}

/** What a receiver took, whether or not anybody heard of it. */
interface Accepted extends Telling {
  readonly key: string;
}

const manners = ["accept", "accept", 400, 500, 429, "hang", "reset", "drop reply", "hang after accepting"] as const;
type Manner = (typeof manners)[number];

let folder = "";
const opened: { stop(): Promise<void> }[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "counted-"));
});
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Two webhooks in one, that take what comes in this manner, and then everything. */
async function webhooks(next: () => Manner, accepted: Accepted[]): Promise<string> {
  const server: Server = createServer(async (request, response) => {
    const body = (await json(request).catch(() => undefined)) as WebhookBody | undefined;
    // Who sent it is gone in the middle of it.
    if (body === undefined) return;
    const manner = next();
    if (manner === "accept" || manner === "drop reply" || manner === "hang after accepting") {
      const told = body.alerts.map(({ labels, status }) => `${labels["id"]}=${status}`).sort();
      const group = body.groupLabels["group"]!;
      accepted.push({ to: request.url!.slice(1), group, told, key: body.groupKey });
    }
    if (manner === "accept") response.end();
    else if (manner === 429) response.writeHead(429, { "retry-after": "3" }).end();
    else if (typeof manner === "number") response.writeHead(manner).end("no");
    else if (manner === "reset" || manner === "drop reply") request.socket.destroy();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  opened.push({
    stop: async () => {
      server.closeAllConnections();
      server.close();
    },
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const mailAnswers: Readonly<Record<Manner, MailAnswer>> = {
  accept: "accept",
  400: 550,
  500: 451,
  429: 421,
  hang: "hang",
  reset: "reset",
  "drop reply": "drop reply",
  "hang after accepting": "hang after accepting",
};

async function acceptedMails(server: MailServer): Promise<readonly Accepted[]> {
  return await Promise.all(
    server.mails.map(async ({ source }) => {
      const { text = "", subject = "", messageId = "" } = await PostalMime.parse(source);
      return { to: "email/0", group: subject, told: text.trim().split(/\s+/).sort(), key: messageId };
    }),
  );
}

/** A process that tells, in whose time `rate` seconds are one of the wall's. */
class Teller {
  readonly config = join(folder, "alertmanager.yml");
  #child: Child | undefined;
  #url = "";
  #rate = 1;
  #sinceMs = Date.now();
  #fromMs = Date.now();

  async start(rate: number): Promise<void> {
    [this.#fromMs, this.#sinceMs, this.#rate] = [this.now(), Date.now(), rate];
    const flags = ["--conditions=telltale-source", "--disable-warning=ExperimentalWarning", program, this.config];
    const files = [join(folder, "state.db"), join(folder, "heard.jsonl")];
    const time = [rate, this.#sinceMs, this.#fromMs].map(String);
    this.#child = await startChild(process.execPath, [...flags, ...files, ...time], {
      cwd: folder,
      env: { PATH: process.env["PATH"] },
    });
    const [, url] = await this.#child.waitForOutput(/listening on (\S+)/);
    this.#url = url!;
  }

  now(): number {
    return this.#fromMs + (Date.now() - this.#sinceMs) * this.#rate;
  }

  async kill(): Promise<void> {
    await this.#child?.stop("SIGKILL");
  }

  /** Returns when the alert was taken, and thus must not be lost. */
  async send(id: string, { firing }: { readonly firing: boolean }): Promise<void> {
    const nowMs = this.now();
    const endsAt = new Date(firing ? nowMs + 1_000 * 3_600_000 : nowMs).toISOString();
    const alert = { labels: { id, group: id.slice(0, 1) }, startsAt: new Date(nowMs - 1).toISOString(), endsAt };
    const response = await fetch(`${this.#url}/api/v2/alerts`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify([alert]),
    });
    expect(response.status).toBe(200);
  }

  heard(): readonly Telling[] {
    const lines = readFileSync(join(folder, "heard.jsonl"), "utf8").split("\n");
    return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Telling);
  }
}

function configOf(url: string, mailPort: number): string {
  return `
global: { smtp_smarthost: '127.0.0.1:${mailPort}', smtp_from: a@example.org, smtp_require_tls: false }
route: { receiver: all, group_by: [group], group_wait: 1s, group_interval: 20s, repeat_interval: 720h }
receivers:
  - name: all
    webhook_configs:
      - { url: '${url}/webhook/0', timeout: 10s }
      - { url: '${url}/webhook/1', timeout: 10s }
    email_configs:
      - to: desk@example.org
        send_resolved: true
        headers: { Subject: '{{ .GroupLabels.group }}' }
        html: ''
        text: '{{ range .Alerts }}{{ .Labels.id }}={{ .Status }} {{ end }}'
`;
}

/** Fires, resolves and fires again, at random, and kills at random moments. */
async function chaos(teller: Teller, chance: Random): Promise<ReadonlyMap<string, boolean>> {
  const firing = new Map<string, boolean>();
  for (let kill = 0; kill < KILLS; kill++) {
    await teller.start(20);
    for (let step = chance.below(5); step >= 0; step--) {
      const id = `${chance.pick(GROUPS)}${chance.below(4)}`;
      // Nobody ends what has never begun, or is over: with another beginning that is another alert, whose end is told as well.
      const isFiring = firing.get(id) !== true || chance.chance(0.5);
      await teller.send(id, { firing: isFiring });
      firing.set(id, isFiring);
      await pause(chance.below(300));
    }
    await pause(chance.below(1_500));
    await teller.kill();
  }
  return firing;
}

/** What each alert was told as last: `webhook/0 a1=firing`. */
function lastTold(tellings: readonly Telling[]): ReadonlyMap<string, string> {
  const last = new Map<string, string>();
  for (const { to, told } of tellings) {
    for (const [id, state] of told.map((one) => one.split("=") as [string, string])) last.set(`${to} ${id}`, state);
  }
  return last;
}

/** What is missing: alerts whose end, or whose firing, an integration was not told. */
function lost(tellings: readonly Telling[], firing: ReadonlyMap<string, boolean>): readonly string[] {
  const last = lastTold(tellings);
  return INTEGRATIONS.flatMap((to) =>
    [...firing].flatMap(([id, isFiring]) => {
      const state = last.get(`${to} ${id}`);
      // What was over before anybody was told of it is nobody's business.
      const isRight = isFiring ? state === "firing" : state !== "firing";
      return isRight ? [] : [`${to} ${id}: ${isFiring ? "firing" : "resolved"}, told as ${state}`];
    }),
  );
}

/** Tellings of one integration and group that say the same one after the other. */
interface Run {
  readonly told: readonly string[];
  /** How often the process heard that it was accepted. */
  heard: number;
}

/** What was told again although its acceptance was heard of, and ends that were told twice. */
function doubled(accepted: readonly Telling[], heard: readonly Telling[]): readonly string[] {
  return INTEGRATIONS.flatMap((to) =>
    GROUPS.flatMap((group) => {
      const own = (list: readonly Telling[]) => list.filter((one) => one.to === to && one.group === group);
      const runs: Run[] = [];
      for (const { told } of own(accepted)) {
        if (`${runs.at(-1)?.told}` !== `${told}`) runs.push({ told, heard: 0 });
      }
      let from = 0;
      const again = own(heard).flatMap(({ told }) => {
        const at = runs.findIndex((run, i) => i >= from && `${run.told}` === `${told}`);
        if (at === -1) return [`${to} ${group}: ${told}`];
        runs[at]!.heard++;
        from = at + 1;
        return [];
      });
      return [...again, ...endsToldTwice(runs).map((id) => `${to} ${id}: resolved again`)];
    }),
  );
}

/** Alerts that were told to be over, which was heard of, and told so again without firing in between. */
function endsToldTwice(runs: readonly Run[]): readonly string[] {
  const over = new Set<string>();
  return runs.flatMap(({ told, heard }) =>
    told.flatMap((one) => {
      const [id, state] = one.split("=") as [string, string];
      if (state === "firing") over.delete(id);
      if (state === "firing" || heard === 0) return [];
      if (over.has(id)) return [id];
      over.add(id);
      return [];
    }),
  );
}

const chosen = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));

describe.each([[7], [chosen]])("deliveries by seed %i", (seed) => {
  test("none is lost, none is doubled", async () => {
    const chance = random(seed);
    let isCalm = false;
    const next = (): Manner => (isCalm ? "accept" : chance.pick(manners));
    const byWebhook: Accepted[] = [];
    const mail = new MailServer({ disabledCommands: ["STARTTLS"] });
    mail.answer = () => mailAnswers[next()];
    opened.push({ stop: () => mail.close() });
    const teller = new Teller();
    opened.push({ stop: () => teller.kill() });
    writeFileSync(teller.config, configOf(await webhooks(next, byWebhook), await mail.listen()));
    const accepted = async () => [...byWebhook, ...(await acceptedMails(mail))];

    const firing = new Map(await chaos(teller, chance));
    isCalm = true;
    await teller.start(10);
    await expect.poll(async () => lost(await accepted(), firing), { timeout: 50_000 }).toEqual([]);
    // One more in each group: what would be told again would be told with it.
    for (const group of GROUPS) {
      await teller.send(`${group}-last`, { firing: true });
      firing.set(`${group}-last`, true);
    }
    await expect.poll(async () => lost(await accepted(), firing), { timeout: 50_000 }).toEqual([]);
    await teller.kill();

    const all = await accepted();
    const heard = teller.heard();
    expect(doubled(all, heard)).toEqual([]);
    // Whatever was heard of was accepted, and so often at least.
    const count = (list: readonly Telling[], wanted: Telling) =>
      list.filter(({ to, group, told }) => to === wanted.to && group === wanted.group && `${told}` === `${wanted.told}`)
        .length;
    expect(heard.filter((one) => count(all, one) < count(heard, one))).toEqual([]);
    expect(all.length).toBeGreaterThan(heard.length);
    for (const group of GROUPS) {
      const webhookKeys = all
        .filter((one) => one.to.startsWith("webhook") && one.group === group)
        .map(({ key }) => key);
      expect(new Set(webhookKeys).size).toBe(1);
    }
    // Mails of one Message-ID say the same.
    const mails = new Map<string, Set<string>>();
    for (const { to, key, told } of all) {
      if (to === "email/0") mails.set(key, (mails.get(key) ?? new Set()).add(told.join(" ")));
    }
    expect([...mails.values()].filter(({ size }) => size > 1)).toEqual([]);
    const heardMails = heard.filter(({ to }) => to === "email/0").length;
    expect(mails.size).toBeGreaterThanOrEqual(heardMails);
  }, 240_000);
});
