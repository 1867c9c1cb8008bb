/**
 * Templates of receivers: amtool of an Alertmanager of 0.28 or newer renders the same. Skipped unless `TELLTALE_ALERTMANAGER`
 * names the program that amtool is beside; CONTRIBUTING.md says how to get them.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { WebhookBody } from "@telltale/alerting";
import { describe, expect, test } from "vitest";
import { notificationTemplates } from "../../packages/alerting/src/notification-template/notification-template.ts";

const alertmanager = process.env["TELLTALE_ALERTMANAGER"];
const missing = alertmanager === undefined ? "TELLTALE_ALERTMANAGER names no Alertmanager" : undefined;
const program = join(dirname(alertmanager ?? ""), "amtool");

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

describe.skipIf(missing)(`a newer amtool${missing ? ` (skipped: ${missing})` : ""}`, () => {
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
      const real = spawnSync(program, args, { encoding: "utf8", env: {} });
      expect(real.stderr).toBe("");
      expect(notificationTemplates().expand(text, templateData)).toBe(real.stdout.replace(/\n$/, ""));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
