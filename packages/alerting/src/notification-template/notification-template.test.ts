/** What amtool of Alertmanager 0.28 renders of the same; test/alerting/newer-templates.test.ts asks a real one. */
import { expect, test } from "vitest";
import { wallClock } from "../clock.ts";
import type { WebhookBody } from "../delivery/webhook-body.ts";
import { notificationTemplates } from "./notification-template.ts";

const alert = (labels: Record<string, string>, endsAt = "0001-01-01T00:00:00Z"): WebhookBody["alerts"][number] => ({
  status: endsAt.startsWith("0001") ? "firing" : "resolved",
  labels,
  annotations: { summary: "x" },
  startsAt: "2024-03-10T01:02:03.5Z",
  endsAt,
  generatorURL: "http://source",
  fingerprint: "ad3b532cdb239bb2",
});

const body: WebhookBody = {
  receiver: "desk",
  status: "firing",
  alerts: [
    alert({ alertname: "Gone", a: "1", "😀": "3", ﬁ: "2" }),
    alert({ alertname: "Gone" }, "2024-07-31T23:59:59Z"),
  ],
  groupLabels: { alertname: "Gone" },
  commonLabels: { a: "b", alertname: "Gone" },
  commonAnnotations: {},
  externalURL: "http://here",
  version: "4",
  groupKey: "{}:{}",
  truncatedAlerts: 0,
};

const clock = { ...wallClock, now: () => Date.UTC(2024, 2, 10, 2, 2, 3) };
const expand = (text: string): string => notificationTemplates([], clock).expand(text, body);

test.each([
  ["labels are printed as pairs, the name of the alert first", "{{ .CommonLabels }}", "alertname=Gone, a=b"],
  ["so are pairs", "{{ .CommonLabels.SortedPairs }}|{{ .CommonAnnotations }}", "alertname=Gone, a=b|"],
  [
    "and labels within something else",
    '{{ printf "%v %q" .GroupLabels .GroupLabels }}',
    'alertname=Gone "alertname=Gone"',
  ],
  ["labels are in the order of their bytes", "{{ (index .Alerts 0).Labels.Values }}", "[Gone 1 2 3]"],
  [
    "letters of words become large and small as those of Go do",
    `{{ title "hello-world o'neil a_b 1st ǆ ß ΑΣ" }}|{{ toUpper "ßé" }}|{{ toLower "İΑΣ" }}`,
    "Hello-World O'neil A_b 1St ǅ Ss Ας|ßÉ|iασ",
  ],
  ["space at the ends goes, as Go knows it", '{{ trimSpace "\\u0085 \\ufeffa\\u2003" }}|', "\ufeffa|"],
  [
    "a time is shown as in some place, with its summer and winter",
    '{{ range .Alerts }}{{ .StartsAt | tz "America/New_York" }};{{ .EndsAt | tz "Europe/London" | date "02 Jan 15:04 MST -0700 Z07:00" }};{{ end }}',
    "2024-03-09 20:02:03.5 -0500 EST;31 Dec 23:58 LMT -0001 -00:01;2024-03-09 20:02:03.5 -0500 EST;01 Aug 00:59 BST +0100 +01:00;",
  ],
  [
    "and in one whose time has no name",
    '{{ (index .Alerts 1).EndsAt | tz "America/Sao_Paulo" }}',
    "2024-07-31 20:59:59 -0300 -03",
  ],
  ["times are compared", "{{ (index .Alerts 1).EndsAt.Sub (index .Alerts 1).StartsAt }}", "3454h57m55.5s"],
  ["the time since another one is a duration", "{{ since (index .Alerts 0).StartsAt }}", "59m59.5s"],
])("%s", (_, text, expected) => {
  expect(expand(text)).toBe(expected);
});

test("a place that is not there ends the notification", () => {
  expect(() => expand('{{ (index .Alerts 0).StartsAt | tz "Nowhere" }}')).toThrow("unknown time zone Nowhere");
});
