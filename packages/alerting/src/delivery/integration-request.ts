import { createHash } from "node:crypto";
import type { NotificationTemplates } from "../notification-template/notification-template.ts";
import type { Notification } from "../routing/dispatcher.ts";
import type { DiscordIntegration, PagerdutyIntegration, SlackIntegration } from "../routing/integrations.ts";
import { type WebhookBody, webhookBody } from "./webhook-body.ts";

/** What is posted to a receiver's integration, as JSON. */
export interface IntegrationRequest {
  readonly url: string;
  readonly body: unknown;
}

/** What a notification is for its integration, as Alertmanager writes it. @throws Error when a template fails */
export function integrationRequest(
  notification: Notification,
  { externalUrl, templates }: { readonly externalUrl: string; readonly templates: NotificationTemplates },
): IntegrationRequest {
  const { integration } = notification;
  const body = webhookBody(notification, { externalUrl });
  const expand = (text: string) => templates.expand(text, body);
  switch (integration.kind) {
    case "webhook":
      return { url: integration.url, body };
    case "slack":
      return { url: integration.url, body: slackBody(integration, expand) };
    case "pagerduty":
      return { url: integration.url, body: pagerdutyBody(integration, body, expand) };
    case "discord":
      return { url: integration.url, body: discordBody(integration, body, expand) };
  }
}

type Expand = (text: string) => string;

function slackBody({ texts, fields, linkNames, markdownIn, shortFields }: SlackIntegration, expand: Expand): unknown {
  const text = (name: string) => expand(texts[name] ?? "");
  const attachment = {
    ...withoutEmpty({
      title: truncated(text("title"), 1024),
      title_link: text("title_link"),
      pretext: text("pretext"),
      image_url: text("image_url"),
      thumb_url: text("thumb_url"),
      color: text("color"),
    }),
    text: text("text"),
    fallback: text("fallback"),
    callback_id: text("callback_id"),
    footer: text("footer"),
    mrkdwn_in: markdownIn,
  };
  const shown = fields.map(({ title, value, short }) => ({
    title: expand(title),
    value: expand(value),
    short: short ?? shortFields,
  }));
  return {
    ...withoutEmpty({
      channel: text("channel"),
      username: text("username"),
      icon_emoji: text("icon_emoji"),
      icon_url: text("icon_url"),
      text: text("message_text"),
    }),
    ...(linkNames ? { link_names: true } : {}),
    attachments: [fields.length > 0 ? { ...attachment, fields: shown } : attachment],
  };
}

/** Events of version 2. The key that tells repetitions of an incident is made of the group's. */
function pagerdutyBody(integration: PagerdutyIntegration, { status, groupKey }: WebhookBody, expand: Expand): unknown {
  const { texts, details } = integration;
  const text = (name: string) => expand(texts[name] ?? "");
  return {
    routing_key: expand(integration.routingKey),
    dedup_key: createHash("sha256").update(groupKey).digest("hex"),
    event_action: status === "resolved" ? "resolve" : "trigger",
    payload: {
      summary: truncated(text("description"), 1024),
      source: text("source"),
      severity: text("severity"),
      ...withoutEmpty({ class: text("class"), component: text("component"), group: text("group") }),
      custom_details: Object.fromEntries(Object.entries(details).map(([name, value]) => [name, expand(value)])),
    },
    client: text("client"),
    client_url: text("client_url"),
  };
}

function discordBody({ texts }: DiscordIntegration, { status }: WebhookBody, expand: Expand): unknown {
  const text = (name: string) => expand(texts[name] ?? "");
  return {
    content: truncated(text("content"), 2000),
    embeds: [
      {
        title: truncated(text("title"), 256),
        description: truncated(text("message"), 4096),
        color: status === "firing" ? 0x992d22 : 0x2ecc71,
      },
    ],
    ...withoutEmpty({ username: texts["username"] ?? "", avatar_url: texts["avatar_url"] ?? "" }),
  };
}

function withoutEmpty(fields: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ""));
}

/** To so many characters, the last of them an ellipsis. */
function truncated(text: string, limit: number): string {
  const characters = [...text];
  return characters.length <= limit ? text : `${characters.slice(0, limit - 1).join("")}…`;
}
