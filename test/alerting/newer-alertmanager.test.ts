/**
 * An Alertmanager of 0.28 or newer, which Debian does not have: what it sends to every kind of receiver that there is here, as
 * alerts fire and when they are over, how it renders templates, and what its API says of muted groups. Skipped unless
 * `TELLTALE_ALERTMANAGER` names the program, with its amtool beside it; CONTRIBUTING.md says how to get them.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  type IncomingAlert,
  parseAlertmanagerConfig,
  startAlertApi,
  startNotifier,
  type WebhookBody,
} from "@telltale/alerting";
import PostalMime from "postal-mime";
import { describe, expect, test } from "vitest";
import { notificationTemplates } from "../../packages/alerting/src/notification-template/notification-template.ts";
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

const templates = [
  "{{ . }}",
  "{{ .CommonLabels }} {{ .CommonLabels.SortedPairs }} {{ .CommonAnnotations }}|",
  '{{ printf "%v %s %q" .CommonLabels .CommonLabels.SortedPairs .GroupLabels }}',
  "{{ range .Alerts }}{{ .Labels.Values }} {{ .Labels.Names }} {{ .Labels.SortedPairs.Names }}{{ end }}",
  "{{ .CommonLabels.Remove .GroupLabels.Names }}",
  '{{ title "hello-world o\'neil ÄB a_b 1st ǆ ß a1b ﬁx 2nd-3RD e.g. x.y ἀθήνα ΑΣ" }}',
  '{{ toUpper "ßŉ ǆ é" }} {{ toLower "İ ΑΣ É" }} {{ trimSpace "\\u0085 \\ufeff a\\u2003" }}|',
  '{{ range .Alerts }}{{ .StartsAt | tz "America/New_York" }};{{ .EndsAt | tz "Europe/London" }};{{ .EndsAt | tz "Asia/Kolkata" | date "2006-01-02 3:04PM MST -07 Z07:00" }};{{ .StartsAt | tz "America/Sao_Paulo" }}{{ end }}',
  '{{ $a := index .Alerts 0 }}{{ $b := index .Alerts 1 }}{{ $b.EndsAt.Sub $b.StartsAt }} {{ $b.EndsAt.After $a.StartsAt }} {{ $a.EndsAt.IsZero }} {{ since $a.StartsAt | printf "%T" }}',
  '{{ humanizeDuration 3723.5 }} {{ humanizeDuration "0.001" }} {{ reReplaceAll "(a)(?P<n>b)" "$n-$1 $2y" "abab" }} {{ match "^G" .CommonLabels.alertname }}',
  '{{ template "slack.default.fallback" . }} {{ template "pagerduty.default.instances" .Alerts }}|',
  ...["msteams.default.text", "msteamsv2.default.text", "opsgenie.default.description", "telegram.default.message"].map(
    (name) => `{{ template "${name}" . }}|`,
  ),
];

const shownAlert = (
  labels: Record<string, string>,
  endsAt = "0001-01-01T00:00:00Z",
): WebhookBody["alerts"][number] => ({
  status: endsAt.startsWith("0001") ? "firing" : "resolved",
  ...{ labels, annotations: { summary: "a <b> & \"c\" 'd'" }, startsAt: "2024-03-10T01:02:03.5Z", endsAt },
  ...{ generatorURL: "http://g?a=b&c", fingerprint: "ad3b532cdb239bb2" },
});

const templateData: WebhookBody = {
  ...{ receiver: "a b", status: "firing", version: "4", groupKey: "{}:{}", truncatedAlerts: 0 },
  alerts: [
    shownAlert({ alertname: "Gone", venue: "new york", ﬁ: "1", "😀": "2" }),
    shownAlert({ alertname: "Gone", z: "1" }, "2024-07-31T23:59:59Z"),
  ],
  groupLabels: { alertname: "Gone" },
  commonLabels: { alertname: "Gone", severity: "x" },
  commonAnnotations: { s: "t" },
  externalURL: "http://here:9093",
};

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

  test.each(templates)("renders %s as it is rendered here", (text) => {
    const folder = mkdtempSync(join(tmpdir(), "templates-"));
    try {
      writeFileSync(join(folder, "none.tmpl"), "");
      writeFileSync(join(folder, "data.json"), JSON.stringify(templateData));
      const glob = `--template.glob=${join(folder, "*.tmpl")}`;
      const args = [
        "template",
        "render",
        glob,
        `--template.data=${join(folder, "data.json")}`,
        `--template.text=${text}`,
      ];
      const real = spawnSync(join(dirname(program), "amtool"), args, { encoding: "utf8", env: {} });
      expect(real.stderr).toBe("");
      expect(notificationTemplates().expand(text, templateData)).toBe(real.stdout.replace(/\n$/, ""));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

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
