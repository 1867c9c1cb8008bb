/** What Alertmanager 0.28 posts; test/alerting/newer-alertmanager.test.ts asks a real one. */
import { expect, test } from "vitest";
import { notificationTemplates } from "../notification-template/notification-template.ts";
import { AlertmanagerConfigError, parseAlertmanagerConfig } from "../routing/alertmanager-config.ts";
import type { PostedIntegration } from "../routing/integrations.ts";
import { integrationRequest } from "./integration-request.ts";

const START = Date.UTC(2024, 0, 1);

const parse = (receiver: string) =>
  parseAlertmanagerConfig(`route: { receiver: a }\nreceivers: [{ name: a, ${receiver} }]`).receivers[0]!;

/** What is posted of one alert with this label. */
function posted(receiver: string, venue = "a"): unknown {
  const integration = parse(receiver).integrations[0] as PostedIntegration;
  const alert = {
    ...{ key: "", labels: { venue }, annotations: {}, startsAtMs: START, endsAtMs: START, updatedAtMs: START },
    ...{ generatorUrl: "", timeout: false, resolved: false },
  };
  const notification = {
    ...{ receiver: "a", integration, groupKey: "{}:{}", groupLabels: {}, alerts: [alert], deadlineMs: START },
  };
  return integrationRequest(notification, integration, { externalUrl: "", templates: notificationTemplates() }).body;
}

const slack = (more: string) => `slack_configs: [{ api_url: 'http://slack', ${more} }]`;
const pagerduty = (more: string) => `pagerduty_configs: [{ routing_key: k, ${more} }]`;

test("Slack gets buttons: links, and such that ask before they act", () => {
  const actions = `actions: [
    { type: button, text: 'Book {{ .Status }}', url: 'http://book', style: danger, name: unused, confirm: { text: unused } },
    { type: button, text: Silence, name: silence, value: '{{ .CommonLabels.venue }}', confirm: { text: 'Silence {{ .CommonLabels.venue }}?', ok_text: Yes } }]`;
  expect(posted(slack(actions))).toMatchObject({
    attachments: [
      {
        actions: [
          { type: "button", text: "Book firing", url: "http://book", style: "danger" },
          {
            ...{ type: "button", text: "Silence", name: "silence", value: "a" },
            confirm: { text: "Silence a?", ok_text: "Yes" },
          },
        ],
      },
    ],
  });
  expect(posted(slack(""))).not.toHaveProperty("attachments.0.actions");
});

test.each([
  ["type", "{ text: a, url: b }", "missing type in Slack action configuration"],
  ["text", "{ type: a, url: b }", "missing text in Slack action configuration"],
  ["name or address", "{ type: a, text: b }", "missing name or url in Slack action configuration"],
  ["question", "{ type: a, text: b, name: c, confirm: { title: d } }", "missing text in Slack confirmation"],
])("a button without %s is refused", (_, action, message) => {
  expect(() => parse(slack(`actions: [${action}]`))).toThrow(AlertmanagerConfigError);
  expect(() => parse(slack(`actions: [${action}]`))).toThrow(message);
});

test("PagerDuty gets the images and links that lead somewhere", () => {
  const more = `images: [{ src: 'http://i/{{ .Status }}', alt: a, href: h }, { alt: 'without source' }],
    links: [{ href: 'http://l', text: '{{ .CommonLabels.venue }}' }, { text: 'without href' }]`;
  expect(posted(pagerduty(more))).toMatchObject({
    images: [{ src: "http://i/firing", alt: "a", href: "h" }],
    links: [{ href: "http://l", text: "a" }],
  });
  expect(posted(pagerduty(""))).not.toHaveProperty("images");
});

test("PagerDuty gets an event without its details when it would refuse it for its length", () => {
  const { payload } = posted(pagerduty(""), "😀".repeat(200_000)) as { readonly payload: object };
  expect(payload).toMatchObject({
    custom_details: {
      error: "Custom details have been removed because the original event exceeds the maximum size of 512KB",
    },
  });
});
