import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { expect, test } from "vitest";
import { notificationTemplates } from "../notification-template/notification-template.ts";
import { parseAlertmanagerConfig } from "../routing/alertmanager-config.ts";
import type { Notification } from "../routing/dispatcher.ts";
import { type Attempt, attemptOf } from "./attempt.ts";

const START = Date.UTC(2024, 0, 1);

/** What is posted to Teams, and what becomes of an answer with status 200. */
async function told(receiver: string, { resolved = false, answer = "1" } = {}) {
  const bodies: unknown[] = [];
  const server = createServer(async (request, response) => {
    bodies.push(await json(request));
    response.end(answer);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  const config = parseAlertmanagerConfig(
    `route: { receiver: a }\nreceivers: [{ name: a, ${receiver.replace("URL", url)} }]`,
  );
  const notification: Notification = {
    receiver: "a",
    integration: config.receivers[0]!.integrations[0]!,
    groupKey: "{}:{}",
    groupLabels: { alertname: "Down" },
    alerts: [
      {
        key: "",
        labels: { alertname: "Down", venue: "a" },
        annotations: { summary: "gone" },
        startsAtMs: START,
        endsAtMs: START + 1_000,
        updatedAtMs: START,
        generatorUrl: "http://source",
        timeout: false,
        resolved,
      },
    ],
    deadlineMs: START,
  };
  const signal = new AbortController().signal;
  const options = { externalUrl: "http://here", templates: notificationTemplates(), signal, nowMs: START };
  const attempt: Attempt = await attemptOf(notification, options);
  server.closeAllConnections();
  server.close();
  return { attempt, body: bodies[0] };
}

test("a workflow of Teams gets a message with an adaptive card", async () => {
  const { attempt, body } = await told("msteamsv2_configs: [{ webhook_url: 'URL' }]");
  expect(attempt).toEqual({ outcome: "accepted" });
  expect(body).toMatchObject({
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        contentUrl: null,
        content: {
          type: "AdaptiveCard",
          body: [
            { type: "TextBlock", text: "[FIRING:1] Down (a)", color: "Attention" },
            { type: "TextBlock", text: expect.stringContaining("- venue = a"), wrap: true },
          ],
          msteams: { width: "full" },
        },
      },
    ],
  });
  const resolved = await told("msteamsv2_configs: [{ webhook_url: 'URL', title: '{{ .Status }}', text: x }]", {
    resolved: true,
  });
  expect(resolved.body).toMatchObject({
    attachments: [{ content: { body: [{ text: "resolved", color: "Good" }, { text: "x" }] } }],
  });
});

test("a connector gets a card of its own kind", async () => {
  const { attempt, body } = await told("msteams_configs: [{ webhook_url: 'URL', summary: s }]", { resolved: true });
  expect(attempt).toEqual({ outcome: "accepted" });
  expect(body).toEqual({
    "@context": "http://schema.org/extensions",
    type: "MessageCard",
    title: "[RESOLVED] Down (a)",
    summary: "s",
    text: expect.stringContaining("# Alerts Resolved:"),
    themeColor: "2DC72D",
  });
});

test("a connector that says 200 and an error of Teams has not taken it", async () => {
  const answer = (code: number) =>
    `Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error ${code}`;
  const outcome = async (code: number) => {
    const { attempt } = await told("msteams_configs: [{ webhook_url: 'URL' }]", { answer: answer(code) });
    return attempt.outcome;
  };
  expect([await outcome(429), await outcome(503), await outcome(413)]).toEqual(["retry", "retry", "refused"]);
});
