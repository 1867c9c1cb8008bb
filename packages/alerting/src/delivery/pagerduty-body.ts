import { createHash } from "node:crypto";
import type { PagerdutyIntegration } from "../routing/pagerduty-integration.ts";
import { type Expand, expandAll, truncated, withoutEmpty } from "./message-texts.ts";
import type { WebhookBody } from "./webhook-body.ts";

/** Alertmanager: maxV2SummaryLenRunes. */
const SUMMARY_LENGTH = 1024;

/** PagerDuty refuses what is longer. Alertmanager: maxEventSize. */
const LONGEST_EVENT_BYTES = 512_000;

/** Events of version 2. The key that tells repetitions of an incident is made of the group's. */
export function pagerdutyBody(
  integration: PagerdutyIntegration,
  { status, groupKey }: WebhookBody,
  expand: Expand,
): unknown {
  const { texts, details, images, links } = integration;
  const text = (name: string) => expand(texts[name] ?? "");
  const shownImages = images.map((one) => expandAll(one, expand)).filter(({ src }) => src !== "");
  const shownLinks = links.map((one) => expandAll(one, expand)).filter(({ href }) => href !== "");
  const event = (customDetails: Readonly<Record<string, string>>) => ({
    routing_key: expand(integration.routingKey),
    dedup_key: createHash("sha256").update(groupKey).digest("hex"),
    event_action: status === "resolved" ? "resolve" : "trigger",
    payload: {
      summary: truncated(text("description"), SUMMARY_LENGTH),
      source: text("source"),
      severity: text("severity"),
      ...withoutEmpty({ class: text("class"), component: text("component"), group: text("group") }),
      custom_details: customDetails,
    },
    client: text("client"),
    client_url: text("client_url"),
    ...(shownImages.length > 0 ? { images: shownImages } : {}),
    ...(shownLinks.length > 0 ? { links: shownLinks } : {}),
  });
  const whole = event(expandAll(details, expand));
  if (Buffer.byteLength(JSON.stringify(whole)) <= LONGEST_EVENT_BYTES) return whole;
  const error = "Custom details have been removed because the original event exceeds the maximum size of 512KB";
  return event({ error });
}
