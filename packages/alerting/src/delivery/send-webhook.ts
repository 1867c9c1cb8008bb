import type { Notification } from "../routing/dispatcher.ts";
import { webhookBody } from "./webhook-body.ts";

/** What became of one attempt. */
export type Attempt =
  | { readonly outcome: "accepted" }
  /** It may be accepted later; not before `retryAfterMs`, where the receiver said so. */
  | { readonly outcome: "retry"; readonly reason: string; readonly retryAfterMs: number | undefined }
  /** It will never be accepted as it is. */
  | { readonly outcome: "refused"; readonly reason: string };

/** How much of an answer is read for the reason. */
const REASON_LENGTH = 512;

/** Posts a notification to a webhook once. It never throws; an address in a reason has no more than its origin. */
export async function sendWebhook(
  notification: Notification,
  options: { readonly externalUrl: string; readonly signal: AbortSignal; readonly nowMs: number },
): Promise<Attempt> {
  const { url, authorization } = notification.integration;
  const { origin } = new URL(url);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "user-agent": "telltale",
        ...(authorization === undefined ? {} : { authorization }),
      },
      body: JSON.stringify(webhookBody(notification, options)),
      signal: options.signal,
    });
    if (response.ok) {
      await response.body?.cancel();
      return { outcome: "accepted" };
    }
    const text = (await response.text()).slice(0, REASON_LENGTH);
    const reason = `${origin} answered ${response.status}${text === "" ? "" : `: ${text}`}`;
    // Those with a time to come back later mean it; other answers of 4xx say that the notification is wrong.
    const isTemporary = response.status >= 500 || response.status === 429 || response.status === 408;
    if (!isTemporary) return { outcome: "refused", reason };
    return { outcome: "retry", reason, retryAfterMs: retryAfter(response.headers.get("retry-after"), options.nowMs) };
  } catch (error) {
    return { outcome: "retry", reason: `${origin}: ${reasonOf(error)}`, retryAfterMs: undefined };
  }
}

/** Seconds, or a date of HTTP. */
function retryAfter(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
