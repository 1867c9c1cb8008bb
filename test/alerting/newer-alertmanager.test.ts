/**
 * An Alertmanager of 0.28 or newer, which Debian does not have: what it sends to every kind of receiver that there is here, as
 * alerts fire and when they are over, and what its API says of muted groups. Skipped unless `TELLTALE_ALERTMANAGER` names the
 * program; CONTRIBUTING.md says how to get it.
 */
import { spawnSync } from "node:child_process";
import { type IncomingAlert, parseAlertmanagerConfig, startAlertApi, startNotifier } from "@telltale/alerting";
import PostalMime from "postal-mime";
import { describe, expect, test } from "vitest";
import { type Mail, MailServer } from "./mail-server.ts";
import { alertmanagerWith, EXTERNAL_URL, Receiver, type Told } from "./real-alertmanager.ts";

const program = process.env["TELLTALE_ALERTMANAGER"] ?? "";
const missing = program === "" ? "TELLTALE_ALERTMANAGER names none" : spawnSync(program, ["--version"]).error?.message;

/** Long enough for both to have all alerts, which are over at once then. */
const LASTING_MS = 6_000;

interface Sinks {
  readonly url: string;
  readonly smtpPort: number;
}

type Teller = (config: string, alerts: readonly IncomingAlert[]) => Promise<AsyncDisposable>;

interface Heard {
  readonly posts: readonly Told[];
  readonly mails: readonly Mail[];
}

const theirs: Teller = async (config, alerts) => await alertmanagerWith(config, alerts, { program });

const ours: Teller = async (config, alerts) => {
  const notifier = startNotifier({ config: parseAlertmanagerConfig(config), externalUrl: EXTERNAL_URL });
  notifier.receive(alerts);
  return { [Symbol.asyncDispose]: async () => await notifier.stop() };
};

/** What was heard of alerts until all of it was said that was expected: to how many addresses, and how many mails. */
async function heard(
  teller: Teller,
  config: (sinks: Sinks) => string,
  alerts: readonly IncomingAlert[],
  isEnough: (heard: Heard) => boolean,
): Promise<Heard> {
  const receiver = new Receiver();
  const mailServer = new MailServer({ disabledCommands: ["STARTTLS"] });
  const smtpPort = await mailServer.listen();
  mailServer.on("change", () => receiver.emit("told"));
  try {
    const url = await receiver.listen();
    await using _ = await teller(config({ url, smtpPort }), alerts);
    await receiver.until(() => isEnough({ posts: receiver.told, mails: mailServer.mails }));
    return { posts: receiver.told, mails: mailServer.mails };
  } finally {
    receiver.close();
    await mailServer.close();
  }
}

const times = () => {
  const nowMs = Date.now();
  return { startsAtMs: nowMs, endsAtMs: nowMs + LASTING_MS };
};

function firing(labels: Record<string, string>, annotations: Record<string, string>): IncomingAlert {
  return { labels, annotations, generatorUrl: "http://source/graph?a=b&c=<d>" };
}

const some: readonly IncomingAlert[] = [
  firing({ alertname: "Gone", venue: "new york", severity: "critical" }, { summary: 'gone <for> good & "all"' }),
  firing({ alertname: "Gone", venue: "ünï", severity: "critical", a: "1", z: "2" }, { summary: "x" }),
  firing({ alertname: "Gone", venue: "😀", severity: "critical", job: "j" }, { summary: "*bold* _it_ [a](b)" }),
];

const config = ({ url, smtpPort }: Sinks): string => `
global:
  slack_api_url: '${url}/slack/1'
  pagerduty_url: '${url}/pagerduty/1'
  opsgenie_api_url: '${url}/opsgenie/1'
  opsgenie_api_key: g1obal
  telegram_api_url: '${url}/telegram'
  smtp_smarthost: '127.0.0.1:${smtpPort}'
  smtp_from: 'Alerts <alerts@example.org>'
  smtp_require_tls: false
route: { receiver: many, group_by: [alertname], group_wait: 2s, group_interval: 1s, repeat_interval: 1h }
receivers:
  - name: many
    webhook_configs:
      - url: '${url}/webhook/1'
      - { url: '${url}/webhook/2', max_alerts: 2, http_config: { basic_auth: { username: a, password: b } } }
    msteams_configs:
      - webhook_url: '${url}/msteams/1'
      - { webhook_url: '${url}/msteams/2', title: '{{ .Status }}', summary: '', text: '{{ range .Alerts }}{{ .Annotations.summary }}{{ end }}' }
    msteamsv2_configs:
      - webhook_url: '${url}/msteamsv2/1'
      - { webhook_url: '${url}/msteamsv2/2', title: '{{ len .Alerts }} {{ .CommonLabels.alertname }}', text: '{{ .GroupLabels.alertname }}' }
    discord_configs:
      - webhook_url: '${url}/discord/1'
      - { webhook_url: '${url}/discord/2', username: 'u {{ .Status }}', avatar_url: 'https://a/b', content: '{{ .Status }}' }
    slack_configs:
      - { channel: '#desk', send_resolved: true }
      - api_url: '${url}/slack/2'
        send_resolved: true
        channel: '#{{ .GroupLabels.alertname | toLower }}'
        title: '{{ .CommonLabels }}'
        text: '{{ .CommonLabels.SortedPairs }}{{ range .Alerts }}{{ .StartsAt.Year }}{{ .Fingerprint }}{{ end }}'
        fields: [{ title: Venue, value: '{{ .Status }}' }]
        actions:
          - { type: button, text: 'Runbook {{ .Status }}', url: 'https://book/{{ .GroupLabels.alertname }}', style: danger }
          - type: button
            text: Silence
            name: silence
            value: '{{ .GroupLabels.alertname }}'
            confirm: { title: Sure, text: '{{ .Status }}?', ok_text: Yes, dismiss_text: No }
      - { api_url: '${url}/slack/3' }
    pagerduty_configs:
      - routing_key: k3y
      - routing_key: 'k{{ .Status }}'
        url: '${url}/pagerduty/2'
        severity: '{{ .CommonLabels.severity }}'
        source: here
        group: '{{ .GroupLabels.alertname }}'
        images: [{ src: 'https://i/{{ .Status }}', alt: a, href: h }, { alt: 'without source' }]
        links: [{ href: 'https://l/{{ .Status }}', text: t }, { text: 'without href' }]
    opsgenie_configs:
      - {}
      - { api_url: '${url}/opsgenie/2', api_key: k, priority: P2, tags: 'a, b', details: { x: '{{ .Status }}' } }
    telegram_configs:
      - { bot_token: t1, chat_id: -42 }
      - { bot_token: t2, chat_id: 7, message_thread_id: 9, parse_mode: '', message: '{{ .Status }} <b>' }
    email_configs:
      - { to: 'one@example.org, Two <two@example.org>', send_resolved: true, html: '<p>{{ .Status }} {{ .CommonLabels.SortedPairs }}</p>' }
      - { to: three@example.org, send_resolved: true, html: '', text: '{{ .CommonAnnotations }} ü', headers: { Subject: '{{ .Status }} ü', X-Own: a } }
`;

/** An annotation, as templates have it. */
const LONG = "{{ .CommonAnnotations.long }}";

const longPaths: readonly string[] = [
  ...[
    "/webhook",
    "/slack",
    "/discord",
    "/opsgenie/v2/alerts",
    "/pagerduty/1",
    "/pagerduty/2",
    "/msteams",
    "/msteamsv2",
  ],
  "/telegram/bott/sendMessage",
];

/** Of the addresses above: all but one are told of the end as well. */
const POSTS = 2 * 17 - 1;
const MAILS = 2 * 2;

const allOf: (heard: Heard) => boolean = ({ posts, mails }) => posts.length >= POSTS && mails.length >= MAILS;

describe.skipIf(missing)(`a newer Alertmanager${missing ? ` (skipped: ${missing})` : ""}`, () => {
  test("tells every receiver what is told here, while alerts fire and when they are over", async () => {
    const alerts = some.map((one) => ({ ...one, ...times() }));
    const [own, real] = await Promise.all([heard(ours, config, alerts, allOf), heard(theirs, config, alerts, allOf)]);
    expect(byPath(own.posts)).toEqual(byPath(real.posts));
    expect(await bySubject(own.mails)).toEqual(await bySubject(real.mails));
  });

  test("cuts long messages where they are cut here, and gives a group of odd labels the same key", async () => {
    const labels = { a: "1", a1: "2", a_b: "3", A: "4", ab: 'q"\\ \n', ü: "5", "a b": "6", "😀": "7", ﬁ: "8" };
    const alerts = [{ ...firing(labels, { long: "é😀".repeat(4_000) }), ...times() }];
    const first = (posts: readonly Told[]) => longPaths.flatMap((to) => posts.find(({ path }) => path === to) ?? []);
    const isEnough = ({ posts }: Heard) => first(posts).length === longPaths.length;
    const told = async (teller: Teller) => first((await heard(teller, long, alerts, isEnough)).posts);
    const [own, real] = await Promise.all([told(ours), told(theirs)]);
    expect(byPath(own)).toEqual(byPath(real));
  });

  test("says which time intervals mute a group", async () => {
    const alerts = ["mute", "active", "both", "fine"].map((x) => ({
      ...firing({ alertname: "Down", x }, {}),
      ...times(),
    }));
    await using real = await alertmanagerWith(muting, alerts, { program });
    const notifier = startNotifier({ config: parseAlertmanagerConfig(muting) });
    const api = await startAlertApi({ notifier: () => notifier, port: 0 });
    try {
      notifier.receive(alerts);
      const own = await groups(api.url);
      expect(own.filter(({ mutedBy }) => mutedBy.length > 0)).toHaveLength(3);
      await expect.poll(() => groups(real.url)).toEqual(own);
      expect(await groups(real.url, "?muted=false")).toEqual(await groups(api.url, "?muted=false"));
    } finally {
      await api.stop();
      await notifier.stop();
    }
  });
});

/** Telegram is told in plain text: what Alertmanager leaves of HTML is none any more, and is not sent here. */
const long = ({ url }: Sinks): string => `
global: { telegram_api_url: '${url}/telegram' }
route: { receiver: many, group_by: ['...'], group_wait: 1s }
receivers:
  - name: many
    webhook_configs: [{ url: '${url}/webhook' }]
    slack_configs: [{ api_url: '${url}/slack', title: '${LONG}', text: '${LONG}' }]
    discord_configs: [{ webhook_url: '${url}/discord', title: '${LONG}', message: '${LONG}', content: '${LONG}' }]
    opsgenie_configs: [{ api_url: '${url}/opsgenie', api_key: k, message: '${LONG}', description: '${LONG}' }]
    pagerduty_configs:
      - { url: '${url}/pagerduty/1', routing_key: k, description: '${LONG}', details: { a: '${LONG}' } }
      - { url: '${url}/pagerduty/2', routing_key: k, details: { a: '${LONG.repeat(20)}' } }
    msteams_configs: [{ webhook_url: '${url}/msteams', title: '${LONG}', text: '${LONG}' }]
    msteamsv2_configs: [{ webhook_url: '${url}/msteamsv2', title: '${LONG}', text: '${LONG}' }]
    telegram_configs: [{ bot_token: t, chat_id: 1, parse_mode: '', message: '${LONG}' }]
`;

const muting = `
route:
  receiver: a
  group_by: [x]
  group_wait: 0s
  routes:
    - { receiver: a, matchers: [x="mute"], mute_time_intervals: [never, always], continue: true }
    - { receiver: b, matchers: [x="mute"] }
    - { receiver: b, matchers: [x="active"], active_time_intervals: [never, gone] }
    - { receiver: b, matchers: [x="fine"], active_time_intervals: [never, always], mute_time_intervals: [never] }
    - { receiver: b, matchers: [x="both"], active_time_intervals: [never], mute_time_intervals: [always] }
receivers: [{ name: a }, { name: b }]
time_intervals:
  - { name: always, time_intervals: [{}] }
  - { name: never, time_intervals: [{ years: ['1990'] }] }
  - { name: gone, time_intervals: [{ years: ['1991'] }] }
`;

interface ShownGroup {
  readonly receiver: { readonly name: string };
  readonly labels: object;
  readonly alerts: readonly { readonly status: { readonly mutedBy: readonly string[]; readonly state: string } }[];
}

async function groups(url: string, query = "") {
  const response = await fetch(`${url}/api/v2/alerts/groups${query}`);
  const shown = ((await response.json()) as readonly ShownGroup[]).map(({ receiver, labels, alerts }) => ({
    ...{ receiver: receiver.name, labels, mutedBy: alerts.flatMap(({ status }) => status.mutedBy) },
    states: alerts.map(({ status }) => status.state),
  }));
  return shown.sort((a, b) => compare(JSON.stringify(a), JSON.stringify(b)));
}

/** What each address was told, the first thing first. Times as numbers: each writes them in a way of its own. */
function byPath(told: readonly Told[]): unknown {
  return told
    .map((one) => ({
      ...one,
      body: JSON.parse(JSON.stringify(one.body), (name, value: unknown) =>
        name === "startsAt" || name === "endsAt" ? Date.parse(value as string) : value,
      ) as unknown,
    }))
    .toSorted((a, b) => compare(a.path, b.path));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function bySubject(mails: readonly Mail[]): Promise<unknown> {
  const read = await Promise.all(
    mails.map(async ({ source, sender, recipients, hello }) => {
      const { subject, from, to, html, text, headers } = await PostalMime.parse(source);
      // How it is written down is nothing that anybody reads.
      const names = headers.map(({ key }) => key).filter((key) => key !== "content-transfer-encoding");
      return {
        subject,
        sender,
        recipients,
        hello,
        from,
        to,
        html: html?.trim(),
        text: text?.trim(),
        names: names.sort(),
      };
    }),
  );
  return read.sort((a, b) => compare(`${a.subject} ${a.recipients}`, `${b.subject} ${b.recipients}`));
}
