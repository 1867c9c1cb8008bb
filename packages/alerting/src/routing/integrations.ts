import { readBoolean, readInteger, type YamlValue } from "../yaml-reader.ts";
import { type EmailIntegration, readEmail } from "./email-integration.ts";
import {
  type AddressedFields,
  address,
  common,
  type Fields,
  readCommon,
  standard,
  type Texts,
  texts,
} from "./integration-fields.ts";
import { type PagerdutyIntegration, readPagerduty } from "./pagerduty-integration.ts";
import { readSlack, type SlackIntegration } from "./slack-integration.ts";

/** One way in which a receiver is told. */
export type IntegrationDefinition =
  | WebhookIntegration
  | SlackIntegration
  | PagerdutyIntegration
  | DiscordIntegration
  | OpsgenieIntegration
  | TelegramIntegration
  | MsteamsIntegration
  | EmailIntegration;

/** Those that are told by a POST of HTTP. */
export type PostedIntegration = Exclude<IntegrationDefinition, EmailIntegration>;

export interface WebhookIntegration extends AddressedFields {
  readonly kind: "webhook";
  /** More alerts than that are counted, not sent; 0 for no limit. */
  readonly maxAlerts: number;
}

export interface DiscordIntegration extends AddressedFields {
  readonly kind: "discord";
  readonly texts: Texts;
}

export interface OpsgenieIntegration extends AddressedFields {
  readonly kind: "opsgenie";
  readonly apiKey: string;
  readonly texts: Texts;
  readonly details: Texts;
  /** By `id`, `name`, `username` and `type`. */
  readonly responders: readonly Texts[];
}

export interface TelegramIntegration extends AddressedFields {
  readonly kind: "telegram";
  readonly botToken: string;
  readonly chatId: string;
  /** Of a topic; empty for none. */
  readonly threadId: string;
  readonly message: string;
  readonly parseMode: "" | "HTML" | "Markdown" | "MarkdownV2";
  readonly silent: boolean;
}

export interface MsteamsIntegration extends AddressedFields {
  /** A card of a connector, or of a workflow. */
  readonly kind: "msteams" | "msteamsv2";
  readonly texts: Texts;
}

export const integrationKinds: readonly IntegrationDefinition["kind"][] = [
  ...(["webhook", "email", "slack", "pagerduty", "discord", "opsgenie", "telegram"] as const),
  ...(["msteams", "msteamsv2"] as const),
];

/** Reads an item of `webhook_configs` and the like; faults are problems of the document. */
export function readIntegration(
  kind: IntegrationDefinition["kind"],
  value: YamlValue,
  { index, global, path }: { readonly index: number; readonly global: Fields; readonly path: string },
): IntegrationDefinition {
  switch (kind) {
    case "email":
      return readEmail(value, { index, global, path });
    case "msteams":
    case "msteamsv2": {
      const defaults = msteamsTexts(kind);
      const fields = value.fields([...common, "webhook_url", ...Object.keys(defaults)]);
      const url = address(value, fields.get("webhook_url"), `no ${kind} webhook URL or URLFile provided`);
      return {
        kind,
        ...readCommon(fields, { index, sendResolved: true, global }),
        url,
        texts: texts(fields, defaults),
      };
    }
    case "webhook": {
      const fields = value.fields([...common, "url", "max_alerts"]);
      const url = address(value, fields.get("url"), "one of url or url_file must be configured");
      const maxAlerts = fields.get("max_alerts")?.read(readInteger) ?? 0;
      if (maxAlerts < 0) fields.get("max_alerts")!.problem(`max_alerts is ${maxAlerts}; give 0 for all, or more`);
      return { kind, ...readCommon(fields, { index, sendResolved: true, global }), url, maxAlerts };
    }
    case "slack":
      return readSlack(value, index, global);
    case "pagerduty":
      return readPagerduty(value, index, global);
    case "opsgenie":
      return readOpsgenie(value, index, global);
    case "telegram":
      return readTelegram(value, index, global);
    case "discord": {
      const fields = value.fields([...common, "webhook_url", ...Object.keys(discordTexts)]);
      const url = address(value, fields.get("webhook_url"), "no discord webhook URL or URLFile provided");
      return {
        kind,
        ...readCommon(fields, { index, sendResolved: true, global }),
        url,
        texts: texts(fields, discordTexts),
      };
    }
  }
}

const discordTexts: Texts = {
  title: standard("discord.default.title"),
  message: standard("discord.default.message"),
  content: standard("discord.default.content"),
  username: "",
  avatar_url: "",
};

const opsgenieTexts: Texts = {
  message: standard("opsgenie.default.message"),
  description: standard("opsgenie.default.description"),
  source: standard("opsgenie.default.source"),
  entity: "",
  tags: "",
  note: "",
  priority: "",
  actions: "",
};

function msteamsTexts(kind: MsteamsIntegration["kind"]): Texts {
  const names = kind === "msteams" ? ["title", "summary", "text"] : ["title", "text"];
  return Object.fromEntries(names.map((name) => [name, standard(`${kind}.default.${name}`)]));
}

function readOpsgenie(value: YamlValue, index: number, global: Fields): OpsgenieIntegration {
  const own = ["api_key", "api_url", "details", "responders"];
  const fields = value.fields([...common, ...own, ...Object.keys(opsgenieTexts)]);
  const apiKey = (fields.get("api_key") ?? global.get("opsgenie_api_key"))?.text() ?? "";
  if (apiKey === "") value.problem("no OpsGenie API Key set");
  const given = fields.get("api_url") ?? global.get("opsgenie_api_url");
  return {
    kind: "opsgenie",
    ...readCommon(fields, { index, sendResolved: true, global }),
    url: given === undefined ? "https://api.opsgenie.com/" : address(value, given, "no OpsGenie URL set"),
    apiKey,
    texts: texts(fields, opsgenieTexts),
    details: fields.get("details")?.record() ?? {},
    responders: fields.get("responders")?.items().map(readResponder) ?? [],
  };
}

function readResponder(value: YamlValue): Texts {
  const fields = value.fields(["id", "name", "username", "type"]);
  const read = texts(fields, { id: "", name: "", username: "", type: "" });
  if (!["id", "name", "username"].some((name) => read[name] !== "")) {
    value.problem("a responder has to have at least one of id, username or name specified");
  }
  const type = read["type"]!.includes("{{") ? read["type"]! : read["type"]!.toLowerCase();
  if (!/\{\{|^(?:team|teams|user|escalation|schedule)$/.test(type)) {
    value.problem(`the type of a responder is "${type}"; give team, teams, user, escalation or schedule`);
  }
  return { ...read, type };
}

function readTelegram(value: YamlValue, index: number, global: Fields): TelegramIntegration {
  const own = [
    "api_url",
    "bot_token",
    "chat_id",
    "message_thread_id",
    "message",
    "parse_mode",
    "disable_notifications",
  ];
  const fields = value.fields([...common, ...own]);
  const botToken = (fields.get("bot_token") ?? global.get("telegram_bot_token"))?.text() ?? "";
  if (botToken === "") value.problem("missing bot_token or bot_token_file on telegram_config");
  const chatId = fields.get("chat_id")?.read(readInteger);
  if (!chatId) value.problem("missing chat_id on telegram_config");
  const given = fields.get("api_url") ?? global.get("telegram_api_url");
  return {
    kind: "telegram",
    ...readCommon(fields, { index, sendResolved: true, global }),
    url: given === undefined ? "https://api.telegram.org" : address(value, given, "no Telegram API URL set"),
    botToken,
    chatId: String(chatId ?? ""),
    threadId: String(fields.get("message_thread_id")?.read(readInteger) ?? ""),
    message: fields.get("message")?.text() ?? standard("telegram.default.message"),
    parseMode: fields.get("parse_mode") === undefined ? "HTML" : (fields.get("parse_mode")!.read(readParseMode) ?? ""),
    silent: fields.get("disable_notifications")?.read(readBoolean) ?? false,
  };
}

function readParseMode(text: string): TelegramIntegration["parseMode"] {
  if (text === "" || text === "HTML" || text === "Markdown" || text === "MarkdownV2") return text;
  throw new Error("unknown parse_mode on telegram_config, must be Markdown, MarkdownV2, HTML or empty string");
}
