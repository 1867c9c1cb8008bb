import { readBoolean, type YamlValue } from "../yaml-reader.ts";
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

export interface SlackIntegration extends AddressedFields {
  readonly kind: "slack";
  /** Templates, by the names that the file has for them. */
  readonly texts: Texts;
  readonly fields: readonly { readonly title: string; readonly value: string; readonly short: boolean | undefined }[];
  readonly actions: readonly SlackAction[];
  readonly shortFields: boolean;
  readonly linkNames: boolean;
  readonly markdownIn: readonly string[];
}

/** A button under the message. */
export interface SlackAction {
  /** Templates: `type`, `text`, `url`, `style`, `name` and `value`. */
  readonly texts: Texts;
  /** What is asked first: `title`, `text`, `ok_text` and `dismiss_text`. */
  readonly confirm: Texts | undefined;
}

const slackTexts: Texts = {
  ...Object.fromEntries(
    ["color", "username", "title", "pretext", "text", "fallback", "footer"].map((name) => [
      name,
      standard(`slack.default.${name}`),
    ]),
  ),
  title_link: standard("slack.default.titlelink"),
  icon_emoji: standard("slack.default.iconemoji"),
  icon_url: standard("slack.default.iconurl"),
  callback_id: standard("slack.default.callbackid"),
  channel: "",
  message_text: "",
  image_url: "",
  thumb_url: "",
};

/** Reads an item of `slack_configs`; faults are problems of the document. */
export function readSlack(value: YamlValue, index: number, global: Fields): SlackIntegration {
  const own = ["api_url", "fields", "actions", "short_fields", "link_names", "mrkdwn_in"];
  const fields = value.fields([...common, ...own, ...Object.keys(slackTexts)]);
  const url = address(value, fields.get("api_url") ?? global.get("slack_api_url"), "no Slack API URL set");
  const markdownIn =
    fields
      .get("mrkdwn_in")
      ?.items()
      .map((item) => item.text() ?? "") ?? [];
  return {
    kind: "slack",
    ...readCommon(fields, { index, sendResolved: false, global }),
    url,
    texts: texts(fields, slackTexts),
    fields: fields.get("fields")?.items().map(readSlackField) ?? [],
    actions: fields.get("actions")?.items().map(readSlackAction) ?? [],
    shortFields: fields.get("short_fields")?.read(readBoolean) ?? false,
    linkNames: fields.get("link_names")?.read(readBoolean) ?? false,
    markdownIn: markdownIn.length > 0 ? markdownIn : ["fallback", "pretext", "text"],
  };
}

function readSlackField(value: YamlValue): SlackIntegration["fields"][number] {
  const fields = value.fields(["title", "value", "short"]);
  const [title, text] = ["title", "value"].map((name) => fields.get(name)?.text() ?? "") as [string, string];
  if (title === "") value.problem("missing title in Slack field configuration");
  if (text === "") value.problem("missing value in Slack field configuration");
  return { title, value: text, short: fields.get("short")?.read(readBoolean) };
}

function readSlackAction(value: YamlValue): SlackAction {
  const fields = value.fields(["type", "text", "url", "style", "name", "value", "confirm"]);
  const read = texts(fields, { type: "", text: "", url: "", style: "", name: "", value: "" });
  if (read["type"] === "") value.problem("missing type in Slack action configuration");
  if (read["text"] === "") value.problem("missing text in Slack action configuration");
  // As Alertmanager has it, a link says nothing else to Slack.
  if (read["url"] !== "") return { texts: { ...read, name: "", value: "" }, confirm: undefined };
  if (read["name"] === "") value.problem("missing name or url in Slack action configuration");
  const confirm = fields.get("confirm");
  return { texts: read, confirm: confirm === undefined || confirm.isNull() ? undefined : readConfirm(confirm) };
}

function readConfirm(value: YamlValue): Texts {
  const fields = value.fields(["title", "text", "ok_text", "dismiss_text"]);
  const read = texts(fields, { title: "", text: "", ok_text: "", dismiss_text: "" });
  if (read["text"] === "") value.problem("missing text in Slack confirmation configuration");
  return read;
}
