import type { IncomingMessage, ServerResponse } from "node:http";
import { diag } from "@opentelemetry/api";
import { contentType } from "./content-type.ts";
import { codingFor, formFor, type PageForm } from "./negotiate.ts";
import { type PageAccess, pageAccess } from "./page-access.ts";
import type { RenderedPage } from "./rendered-page.ts";
import type { Scraper } from "./scraper.ts";
import { inTurn, send } from "./send.ts";

export interface PageAnswerOptions extends PageAccess {
  /** Where the server listens; undefined when it is not ours. */
  readonly host: string | undefined;
  /** Undefined: whatever the server's own routes send here. */
  readonly path: string | undefined;
  /** A client that does not take the page within this time is cut off, in milliseconds. @default 5000 */
  readonly sendTimeoutMs?: number;
  /** Whether names go out as they are to who asks for that. @default false */
  readonly utf8Names?: boolean;
}

/** Answers one request, and settles when the answer is out or the client is gone. */
export type PageAnswer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * Answers with the pages of `scraper`, which is asked for when a request comes.
 * @throws Error with code TELLTALE_BAD_CREDENTIALS
 */
export function pageAnswer(options: PageAnswerOptions, scraper: () => Scraper): PageAnswer {
  const { path, sendTimeoutMs: timeoutMs, utf8Names = false } = options;
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
    const page = (form: PageForm) => scraper().page(form, names);
    await inTurn(request, () => answerPage(request, response, { page, timeoutMs, utf8Names })).catch(
      (error: unknown) => {
        diag.error("telltale: the Prometheus page failed", error);
        refuse(response, 500, "The page could not be written; the application's diagnostics say why.");
      },
    );
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
    utf8Names,
  }: {
    readonly page: (form: PageForm) => Promise<RenderedPage> | undefined;
    readonly timeoutMs: number | undefined;
    readonly utf8Names: boolean;
  },
): Promise<void> {
  if (response.destroyed || request.socket.destroyed) return;
  const asked = formFor(request.headers);
  const asIs = utf8Names && asked.escaping === "allow-utf-8";
  const form: PageForm = { format: asked.format, escaping: asIs ? "allow-utf-8" : "underscores" };
  // Koa begins every answer as a 404.
  response.statusCode = 200;
  response.setHeader("content-type", contentType(form, asked));
  response.setHeader("vary", "accept, accept-encoding");
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  const rendered = await page(form);
  if (rendered === undefined) {
    response.setHeader("retry-after", "1");
    refuse(response, 503, "Too many pages with different name[] are asked for at once. Ask again in a second.");
    return;
  }
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
