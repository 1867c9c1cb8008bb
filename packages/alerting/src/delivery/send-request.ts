import type { Notification } from "../routing/dispatcher.ts";
import type { PostedIntegration } from "../routing/integrations.ts";
import type { Attempt, AttemptOptions } from "./attempt.ts";
import { type IntegrationRequest, integrationRequest } from "./integration-request.ts";

/** How much of an answer is read for the reason. */
const REASON_LENGTH = 512;

/** How much of an answer is read that has to be understood. */
const LONGEST_ANSWER = 65_536;

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
  const { signal } = options;
  const postElsewhere = async (first: Response, url: URL): Promise<Response> => {
    await first.body?.cancel();
    // What somebody is trusted with is nothing for others.
    const trusted = url.origin === origin ? authorization : undefined;
    return await post({ ...request, url: url.href }, { authorization: trusted, signal });
  };
  try {
    const first = await post(request, { authorization, signal });
    const hasMoved = integration.followRedirects && (first.status === 307 || first.status === 308);
    const moved = hasMoved ? first.headers.get("location") : null;
    const url = moved === null ? undefined : new URL(moved, request.url);
    const response = url === undefined ? first : await postElsewhere(first, url);
    if (response.ok && integration.kind === "slack") return await slackAnswer(response, origin);
    if (response.ok && integration.kind === "msteams") return await connectorAnswer(response, origin);
    if (response.ok) {
      // What it says besides is nothing that matters, nor that it breaks off there.
      void response.body?.cancel().catch(() => {});
      return { outcome: "accepted" };
    }
    const text = await beginning(response).catch(() => "");
    const reason = `${origin} answered ${response.status}${text === "" ? "" : `: ${text}`}`;
    // Those with a time to come back later mean it; other answers of 4xx say that the notification is wrong.
    const isTemporary = response.status >= 500 || response.status === 429 || response.status === 408;
    if (!isTemporary) return { outcome: "refused", reason };
    const header = response.headers.get("retry-after") ?? telegramRetryAfter(text);
    // Who stands between may have given up too early.
    const isUnheard = response.status === 502 || response.status === 504;
    return { outcome: "retry", reason, retryAfterMs: retryAfter(header, options.nowMs), isUnheard };
  } catch (error) {
    return { outcome: "retry", reason: `${origin}: ${reasonOf(error)}`, isUnheard: wasConnected(error as Error) };
  }
}

/** As it is: where another answer of 3xx leads, a POST would become a GET, which tells nobody. */
async function post(
  { url, body }: IntegrationRequest,
  { authorization, signal }: { readonly authorization: string | undefined; readonly signal: AbortSignal },
): Promise<Response> {
  return await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "user-agent": "telltale",
      ...(authorization === undefined ? {} : { authorization }),
    },
    body: JSON.stringify(body),
    redirect: "manual",
    signal,
  });
}

/** Of an answer, which may never end. */
async function beginning(response: Response, length = REASON_LENGTH): Promise<string> {
  let text = "";
  // Leaving the loop gives up the rest.
  for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += part;
    if (text.length >= length) break;
  }
  return text.slice(0, length);
}

/** Slack says 200 to what it does not take as well. */
async function slackAnswer(response: Response, origin: string): Promise<Attempt> {
  const text = await beginning(response, LONGEST_ANSWER);
  const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
  if (isJson ? (JSON.parse(text) as { readonly ok?: unknown }).ok === true : text === "ok")
    return { outcome: "accepted" };
  return { outcome: "refused", reason: `${origin} answered: ${text.slice(0, REASON_LENGTH)}` };
}

/** A connector says 200 as well where Teams did not take it; what Teams said is in its text. */
async function connectorAnswer(response: Response, origin: string): Promise<Attempt> {
  const text = await beginning(response);
  const status = Number(/returned HTTP error (\d{3})/i.exec(text)?.[1] ?? 0);
  if (status === 0) return { outcome: "accepted" };
  const reason = `${origin} answered: ${text}`;
  if (status === 429 || status >= 500) return { outcome: "retry", reason };
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

/** Whether anything can have reached the receiver. */
function wasConnected({ cause }: Error): boolean {
  const { code = "" } = (cause ?? {}) as NodeJS.ErrnoException;
  return !["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"].includes(code);
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
