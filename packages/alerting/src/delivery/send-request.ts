import type { Notification } from "../routing/dispatcher.ts";
import type { PostedIntegration } from "../routing/integrations.ts";
import type { Attempt, AttemptOptions } from "./attempt.ts";
import { type IntegrationRequest, integrationRequest } from "./integration-request.ts";

/** How much of an answer is read for the reason. */
const REASON_LENGTH = 512;

/** Posts a notification to its receiver once. It never throws; an address in a reason has no more than its origin. */
export async function sendRequest(
  notification: Notification,
  integration: PostedIntegration,
  options: AttemptOptions,
): Promise<Attempt> {
  let request: IntegrationRequest;
  try {
    request = integrationRequest(notification, integration, options);
  } catch (error) {
    return { outcome: "refused", reason: (error as Error).message };
  }
  const { authorization = integration.authorization } = request;
  const { origin } = new URL(request.url);
  try {
    const response = await fetch(request.url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "user-agent": "telltale",
        ...(authorization === undefined ? {} : { authorization }),
      },
      body: JSON.stringify(request.body),
      signal: options.signal,
    });
    if (response.ok && integration.kind === "slack") return await slackAnswer(response, origin);
    if (response.ok && integration.kind === "msteams") return await connectorAnswer(response, origin);
    if (response.ok) {
      await response.body?.cancel();
      return { outcome: "accepted" };
    }
    const text = (await response.text()).slice(0, REASON_LENGTH);
    const reason = `${origin} answered ${response.status}${text === "" ? "" : `: ${text}`}`;
    // Those with a time to come back later mean it; other answers of 4xx say that the notification is wrong.
    const isTemporary = response.status >= 500 || response.status === 429 || response.status === 408;
    if (!isTemporary) return { outcome: "refused", reason };
    const header = response.headers.get("retry-after") ?? telegramRetryAfter(text);
    return { outcome: "retry", reason, retryAfterMs: retryAfter(header, options.nowMs) };
  } catch (error) {
    return { outcome: "retry", reason: `${origin}: ${reasonOf(error)}`, retryAfterMs: undefined };
  }
}

/** Slack says 200 to what it does not take as well. */
async function slackAnswer(response: Response, origin: string): Promise<Attempt> {
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
  if (isJson ? (JSON.parse(text) as { readonly ok?: unknown }).ok === true : text === "ok")
    return { outcome: "accepted" };
  return { outcome: "refused", reason: `${origin} answered: ${text.slice(0, REASON_LENGTH)}` };
}

/** A connector says 200 as well where Teams did not take it; what Teams said is in its text. */
async function connectorAnswer(response: Response, origin: string): Promise<Attempt> {
  const text = (await response.text()).slice(0, REASON_LENGTH);
  const status = Number(/returned HTTP error (\d{3})/i.exec(text)?.[1] ?? 0);
  if (status === 0) return { outcome: "accepted" };
  const reason = `${origin} answered: ${text}`;
  if (status === 429 || status >= 500) return { outcome: "retry", reason, retryAfterMs: undefined };
  return { outcome: "refused", reason };
}

/** Telegram says in its answer how many seconds are to pass. */
function telegramRetryAfter(text: string): string | null {
  return /"retry_after":\s*(\d+)/.exec(text)?.[1] ?? null;
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
