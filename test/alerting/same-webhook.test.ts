/** The real Alertmanager and the package tell receivers the same of the same alerts. */
import { type IncomingAlert, parseAlertmanagerConfig, startNotifier, type WebhookBody } from "@telltale/alerting";
import { describe, expect, test } from "vitest";
import { absentServers } from "../e2e/server-program.ts";
import { alertmanagerWith, EXTERNAL_URL, Receiver, type Told } from "./real-alertmanager.ts";

const now = Date.now();
const alert = (labels: Record<string, string>, annotations: Record<string, string> = {}): IncomingAlert => ({
  labels,
  annotations,
  // Later than anybody is told: what is older than the wait of its group is told at once, alone.
  startsAtMs: now + 3_600_000,
  endsAtMs: now + 7_200_000,
  generatorUrl: "http://source/graph?a=b&c=d",
});

type Enough = (told: readonly Told[]) => boolean;

async function ours(
  config: (url: string) => string,
  alerts: readonly IncomingAlert[],
  enough: Enough,
): Promise<readonly Told[]> {
  const receiver = new Receiver();
  const notifier = startNotifier({
    config: parseAlertmanagerConfig(config(await receiver.listen())),
    externalUrl: EXTERNAL_URL,
  });
  try {
    notifier.receive(alerts);
    return await receiver.until(enough);
  } finally {
    await notifier.stop();
    receiver.close();
  }
}

async function theirs(
  config: (url: string) => string,
  alerts: readonly IncomingAlert[],
  enough: Enough,
): Promise<readonly Told[]> {
  const receiver = new Receiver();
  try {
    await using _ = await alertmanagerWith(config(await receiver.listen()), alerts);
    return await receiver.until(enough);
  } finally {
    receiver.close();
  }
}

const absent = absentServers("alertmanager");

describe.skipIf(absent)(`Alertmanager and the package tell the same${absent ? ` (skipped: ${absent})` : ""}`, () => {
  const alerts: readonly IncomingAlert[] = [
    alert({ alertname: "Gone", venue: "a", severity: "critical" }, { summary: "gone", at: "1" }),
    alert({ alertname: "Down", venue: "a", instance: "b:1" }, { summary: "down", value: "1" }),
    alert({ alertname: "Down", venue: "a", instance: "a:1", job: "z" }, { summary: "down", value: "2" }),
    alert({ alertname: "Down", venue: "b", team: "infra", severity: "page" }),
    alert({ alertname: "Odd", venue: 'quo"te\\x', severity: "warning" }, { text: 'ä <b> \n "q"' }),
    alert({ alertname: "Odd", venue: "ünï" }),
  ];

  const webhooks = (url: string): string => `
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
receivers:
  - name: the.desk (all)
    webhook_configs: [{ url: '${url}' }]
  - name: pager
    webhook_configs: [{ url: '${url}' }]
`;

  /** The last body of each group: an alert that came late is told with the next interval. */
  function groups(told: readonly Told[]): ReadonlyMap<string, WebhookBody> {
    return new Map(told.map(({ body }) => [(body as WebhookBody).groupKey, body as WebhookBody]));
  }

  const enough: Enough = (told) => [...groups(told).values()].flatMap((body) => body.alerts).length === alerts.length;

  /** Times as numbers: each writes them in a way of its own. */
  function comparable(told: readonly Told[]): unknown {
    return [...groups(told)].sort().map(([, body]) => ({
      ...body,
      alerts: body.alerts.map((one) => ({
        ...one,
        startsAt: Date.parse(one.startsAt),
        endsAt: Date.parse(one.endsAt),
      })),
    }));
  }

  test("to webhooks, of the same groups", async () => {
    const [own, real] = await Promise.all([ours(webhooks, alerts, enough), theirs(webhooks, alerts, enough)]);
    expect(comparable(own)).toEqual(comparable(real));
    expect(groups(own).size).toBe(5);
  });

  const templated = (url: string): string => `
global:
  slack_api_url: '${url}/slack/global'
  pagerduty_url: '${url}/pagerduty'
  opsgenie_api_url: '${url}/opsgenie/global'
  opsgenie_api_key: g1obal
  telegram_api_url: '${url}/telegram'
route:
  receiver: many
  group_by: [alertname]
  group_wait: 0s
  repeat_interval: 1h
receivers:
  - name: many
    slack_configs:
      - channel: '#desk'
      - api_url: '${url}/slack/own'
        channel: '#{{ .GroupLabels.alertname | toLower }}'
        title: '{{ range .Alerts }}{{ .Labels.venue | title }} since {{ .StartsAt.Year }} {{ end }}'
        text: '{{ .CommonAnnotations.SortedPairs.Values | join "; " }} {{ (index .Alerts 0).Annotations.summary | reReplaceAll "g(.)" "G$1" }}'
        color: '{{ if eq .Status "firing" }}#f00{{ end }}'
        footer: '{{ .CommonLabels.Names }} {{ len .Alerts.Resolved }} {{ .ExternalURL }}'
        short_fields: true
        link_names: true
        mrkdwn_in: [text]
        fields:
          - { title: Venue, value: '{{ .CommonLabels.venue }}' }
          - { title: Names, value: '{{ .CommonLabels.Remove (stringSlice "venue" "severity") | len }}', short: false }
    pagerduty_configs:
      - routing_key: k3y
      - routing_key: k3y
        url: '${url}/pagerduty/own'
        severity: '{{ .CommonLabels.severity }}'
        class: '{{ .GroupLabels.alertname }}'
        component: desk
        details: { firing: '{{ template "__subject" . }}', extra: '{{ .CommonAnnotations.summary }}' }
    discord_configs:
      - webhook_url: '${url}/discord/1'
      - webhook_url: '${url}/discord/2'
        title: '{{ .CommonLabels.alertname }}'
        message: '{{ range .Alerts.Firing }}{{ .Annotations.summary }}{{ end }}'
    opsgenie_configs:
      - {}
      - api_key: '{{ .GroupLabels.alertname }}'
        api_url: '${url}/opsgenie/own/'
        message: '{{ .CommonLabels.venue | title }} {{ .Status }}'
        details: { venue: '{{ .CommonLabels.venue | toUpper }}', more: x }
        tags: 'a,{{ .CommonLabels.severity }},,b'
        priority: P1
        note: n
        entity: e
        actions: 'restart,stop'
        responders:
          - { name: 'desk,infra', type: teams }
          - { username: '{{ .CommonLabels.severity }}@example.org', type: user }
    telegram_configs:
      - { bot_token: t0ken, chat_id: -42, parse_mode: HTML }
      - bot_token: own
        chat_id: 7
        parse_mode: MarkdownV2
        message: '*{{ .CommonAnnotations.summary }}*'
        disable_notifications: true
      - bot_token: html
        chat_id: 8
        parse_mode: HTML
        message: '<b>{{ .CommonAnnotations.summary }}</b> {{ safeHtml "<i>x</i>" }} {{ .CommonLabels.absent }} {{ len .Alerts }}'
`;

  /** Every integration has a path of its own. */
  function byPath(told: readonly Told[]): unknown {
    return told.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  }

  test("to Slack, PagerDuty, Discord, Opsgenie and Telegram, by the templates of the file and those that Alertmanager brings along", async () => {
    const sent = [
      alert(
        { alertname: "Gone", venue: "new york", severity: "critical" },
        { summary: 'gone <for> good & "all"', at: "1" },
      ),
    ];
    const all: Enough = (told) => told.length === 11;
    const [own, real] = await Promise.all([ours(templated, sent, all), theirs(templated, sent, all)]);
    expect(byPath(own)).toEqual(byPath(real));
  });
});
