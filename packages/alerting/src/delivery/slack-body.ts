import type { SlackIntegration } from "../routing/slack-integration.ts";
import { type Expand, expandAll, truncated, withoutEmpty } from "./message-texts.ts";

/** Alertmanager: maxTitleLenRunes. */
const TITLE_LENGTH = 1024;

/** A message with one attachment. */
export function slackBody(integration: SlackIntegration, expand: Expand): unknown {
  const { texts, fields, actions, linkNames, markdownIn, shortFields } = integration;
  const text = (name: string) => expand(texts[name] ?? "");
  const attachment = {
    ...withoutEmpty({
      title: truncated(text("title"), TITLE_LENGTH),
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
  const shownFields = fields.map(({ title, value, short }) => ({
    title: expand(title),
    value: expand(value),
    short: short ?? shortFields,
  }));
  const shownActions = actions.map(({ texts: own, confirm }) => ({
    ...withoutEmpty(expandAll(own, expand)),
    ...(confirm === undefined ? {} : { confirm: withoutEmpty(expandAll(confirm, expand)) }),
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
    attachments: [
      {
        ...attachment,
        ...(shownFields.length > 0 ? { fields: shownFields } : {}),
        ...(shownActions.length > 0 ? { actions: shownActions } : {}),
      },
    ],
  };
}
