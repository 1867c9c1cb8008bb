import { createHash } from "node:crypto";
import type { NotificationTemplates } from "../notification-template/notification-template.ts";
import type { Notification } from "../routing/dispatcher.ts";
import type {
  DiscordIntegration,
  MsteamsIntegration,
  OpsgenieIntegration,
  PostedIntegration,
  TelegramIntegration,
} from "../routing/integrations.ts";
import { type Expand, truncated, withoutEmpty } from "./message-texts.ts";
import { pagerdutyBody } from "./pagerduty-body.ts";
import { slackBody } from "./slack-body.ts";
import { type WebhookBody, webhookBody } from "./webhook-body.ts";

/** What is posted to a receiver's integration, as JSON. */
export interface IntegrationRequest {
  readonly url: string;
  readonly body: unknown;
  /** Where the integration has a header of its own. */
  readonly authorization?: string;
}

/** What a notification is for its integration, as Alertmanager writes it. @throws Error when a template fails */
export function integrationRequest(
  notification: Notification,
  integration: PostedIntegration,
  { externalUrl, templates }: { readonly externalUrl: string; readonly templates: NotificationTemplates },
): IntegrationRequest {
  const body = webhookBody(notification, { externalUrl });
  const expand = (text: string) => templates.expand(text, body);
  switch (integration.kind) {
    case "webhook":
      return { url: integration.url, body };
    case "slack":
      return { url: integration.url, body: slackBody(integration, expand) };
    case "pagerduty":
      return { url: integration.url, body: pagerdutyBody(integration, body, expand) };
    case "opsgenie":
      return opsgenieRequest(integration, body, expand);
    case "telegram":
      return telegramRequest(integration, body, templates);
    case "discord":
      return { url: integration.url, body: discordBody(integration, body, expand) };
    case "msteams":
      return { url: integration.url, body: connectorCard(integration, body, expand) };
    case "msteamsv2":
      return { url: integration.url, body: adaptiveCard(integration, body, expand) };
  }
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

/** The card that connectors of Office 365 take. */
function connectorCard({ texts }: MsteamsIntegration, { status }: WebhookBody, expand: Expand): unknown {
  const text = (name: string) => expand(texts[name] ?? "");
  return {
    "@context": "http://schema.org/extensions",
    type: "MessageCard",
    title: text("title"),
    summary: text("summary"),
    text: text("text"),
    themeColor: status === "firing" ? "8C1A1A" : "2DC72D",
  };
}

/** The message with a card that a workflow of Teams takes. */
function adaptiveCard({ texts }: MsteamsIntegration, { status }: WebhookBody, expand: Expand): unknown {
  const text = (name: string) => expand(texts[name] ?? "");
  const color = status === "firing" ? "Attention" : "Good";
  const title = { type: "TextBlock", text: text("title"), weight: "Bolder", size: "Medium", style: "heading", color };
  const content = {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.2",
    body: [
      { ...title, wrap: true },
      { type: "TextBlock", text: text("text"), wrap: true },
    ],
    msteams: { width: "full" },
  };
  const attachment = { contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content };
  return { type: "message", attachments: [attachment] };
}

/** An alert by an alias that is made of the group's key, or the end of it. */
function opsgenieRequest(integration: OpsgenieIntegration, body: WebhookBody, expand: Expand): IntegrationRequest {
  const { texts, details } = integration;
  const text = (name: string) => expand(texts[name] ?? "");
  const alias = createHash("sha256").update(body.groupKey).digest("hex");
  const base = integration.url.replace(/\/?$/, "/");
  const authorization = `GenieKey ${expand(integration.apiKey)}`;
  if (body.status === "resolved") {
    const url = `${base}v2/alerts/${alias}/close?identifierType=alias`;
    return { url, authorization, body: { source: text("source") } };
  }
  const expanded = Object.entries(details).map(([name, value]) => [name, expand(value)]);
  return {
    url: `${base}v2/alerts`,
    authorization,
    body: {
      alias,
      message: truncated(text("message"), 130),
      details: { ...body.commonLabels, ...Object.fromEntries(expanded) },
      source: text("source"),
      ...withoutEmpty({
        description: text("description"),
        note: text("note"),
        priority: text("priority"),
        entity: text("entity"),
      }),
      ...withoutNone({
        responders: integration.responders.flatMap((responder) => opsgenieResponders(responder, expand)),
        tags: listed(text("tags")),
        actions: listed(text("actions")),
      }),
    },
  };
}

function opsgenieResponders(responder: Readonly<Record<string, string>>, expand: Expand): readonly unknown[] {
  const expanded = Object.fromEntries(Object.entries(responder).map(([name, value]) => [name, expand(value)]));
  const { type = "", name = "" } = expanded;
  if (type === "teams") return listed(name).map((team) => ({ name: team, type: "team" }));
  return [{ ...withoutEmpty(expanded), type }];
}

function listed(text: string): readonly string[] {
  return text
    .trim()
    .split(",")
    .filter((item) => item !== "");
}

function withoutNone(fields: Readonly<Record<string, readonly unknown[]>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([, list]) => list.length > 0));
}

/** The limit of Telegram. */
const TELEGRAM_LENGTH = 4096;

function telegramRequest(
  integration: TelegramIntegration,
  body: WebhookBody,
  templates: NotificationTemplates,
): IntegrationRequest {
  const { botToken, chatId, threadId, message, parseMode, silent } = integration;
  return {
    url: `${integration.url.replace(/\/$/, "")}/bot${botToken}/sendMessage`,
    body: {
      chat_id: chatId,
      text:
        parseMode === "HTML"
          ? telegramHtml(templates.expandHtml(message, body))
          : truncated(templates.expand(message, body), TELEGRAM_LENGTH),
      disable_web_page_preview: "true",
      ...withoutEmpty({
        parse_mode: parseMode,
        message_thread_id: threadId,
        disable_notification: silent ? "true" : "",
      }),
    },
  };
}

/** A part of HTML may be none any more. */
function telegramHtml(text: string): string {
  if ([...text].length <= TELEGRAM_LENGTH) return text;
  return "The notification is longer than Telegram takes. Please check the template that makes the message.";
}
