import type { IncomingMessage, ServerResponse } from "node:http";
import { diag } from "@opentelemetry/api";
import { codingFor, formatFor, type PageFormat } from "./negotiate.ts";
import { type PageAccess, pageAccess } from "./page-access.ts";
import { PROTOBUF_CONTENT_TYPE } from "./protobuf-page.ts";
import type { RenderedPage } from "./rendered-page.ts";
import type { Scraper } from "./scraper.ts";
import { inTurn, send } from "./send.ts";
import { CONTENT_TYPES } from "./text-format.ts";

export interface PageAnswerOptions extends PageAccess {
  /** Where the server listens; undefined when it is not ours. */
  readonly host: string | undefined;
  /** Undefined: whatever the server's own routes send here. */
  readonly path: string | undefined;
  /** A client that does not take the page within this time is cut off, in milliseconds. @default 5000 */
  readonly sendTimeoutMs?: number;
}

/** Answers one request, and settles when the answer is out or the client is gone. */
export type PageAnswer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * Answers with the pages of `scraper`, which is asked for when a request comes.
 * @throws Error with code TELLTALE_BAD_CREDENTIALS
 */
export function pageAnswer(options: PageAnswerOptions, scraper: () => Scraper): PageAnswer {
  const { path, sendTimeoutMs: timeoutMs } = options;
  const refusalOf = pageAccess(options);
  return async (request, response) => {
    const [asked, query] = splitUrl(request.url ?? "");
    response.setHeader("x-content-type-options", "nosniff");
    if (path !== undefined && asked !== path) {
      refuse(response, 404, `Not found. Metrics are at ${path}`);
      return;
    }
    const refusal = refusalOf(request);
    if (refusal !== undefined) {
      if (refusal.challenges !== undefined) response.setHeader("www-authenticate", refusal.challenges);
      refuse(response, refusal.status, refusal.text);
      return;
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD");
      refuse(response, 405, "Only GET and HEAD are answered here.");
      return;
    }
    const names = new URLSearchParams(query).getAll("name[]");
    const page = (format: PageFormat) => scraper().page(format, names);
    await inTurn(request, () => answerPage(request, response, { page, timeoutMs })).catch((error: unknown) => {
      diag.error("telltale: the Prometheus page failed", error);
      refuse(response, 500, "The page could not be written; the application's diagnostics say why.");
    });
  };
}

/** Answers with a status and a line of text. */
export function refuse(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.statusCode = status;
  response.setHeader("content-type", "text/plain; charset=utf-8");
  response.end(`${text}\n`);
}

async function answerPage(
  request: IncomingMessage,
  response: ServerResponse,
  {
    page,
    timeoutMs,
  }: { readonly page: (format: PageFormat) => Promise<RenderedPage>; readonly timeoutMs: number | undefined },
): Promise<void> {
  if (response.destroyed || request.socket.destroyed) return;
  const format = formatFor(request.headers);
  // Koa begins every answer as a 404.
  response.statusCode = 200;
  response.setHeader("content-type", format === "protobuf" ? PROTOBUF_CONTENT_TYPE : CONTENT_TYPES[format]);
  response.setHeader("vary", "accept, accept-encoding");
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  const rendered = await page(format);
  try {
    const coding = codingFor(request.headers);
    const packed = coding === undefined ? undefined : await rendered.compressed(coding);
    if (coding !== undefined) response.setHeader("content-encoding", coding);
    response.setHeader("content-length", packed?.length ?? rendered.length);
    await send(response, packed === undefined ? rendered.chunks : [packed], { timeoutMs });
  } finally {
    rendered.release();
  }
}

function splitUrl(url: string): readonly [path: string, query: string] {
  const [path = "", ...query] = url.split("?");
  return [path, query.join("?")];
}
