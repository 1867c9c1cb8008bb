import { EventEmitter } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { diag } from "@opentelemetry/api";
import { listen } from "./listen.ts";
import { formatFor, takesGzip } from "./negotiate.ts";
import { PROTOBUF_CONTENT_TYPE } from "./protobuf-page.ts";
import type { Scraper } from "./scraper.ts";
import { inTurn, send } from "./send.ts";
import { CONTENT_TYPES } from "./text-format.ts";

/** Plain data, so that a server in another thread can be told of it. */
export interface PageServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly path: string;
}

/** The HTTP server of the page, in this thread or in one of its own. */
export interface PageServer {
  /** Settles when it answers; rejects when it could not listen and that was not known at once. */
  readonly ready: Promise<void>;
  readonly port: number;
  /** Answers the scrape in progress and closes. Twice is harmless. */
  shutdown(): Promise<void>;
}

/**
 * Answers with the pages of `scraper`, which is asked for when a request comes. It does not keep the process alive, and its own
 * requests are not traced.
 * @throws Error with code TELLTALE_PORT_IN_USE or TELLTALE_CANNOT_LISTEN
 */
export function pageServer(settings: PageServerOptions, scraper: () => Scraper): PageServer {
  const { path } = settings;
  let closing: Promise<void> | undefined;
  const server = untracedServer((request, response) => answer(request, response));
  const ready = listen(server, settings);
  server.on("error", (error) => diag.error("telltale: the Prometheus endpoint failed", error));
  server.unref();
  return {
    ready,
    get port(): number {
      return (server.address() as AddressInfo | null)?.port ?? settings.port;
    },
    shutdown() {
      closing ??= new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      });
      return closing;
    },
  };

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const [asked, query] = splitUrl(request.url ?? "");
    response.setHeader("x-content-type-options", "nosniff");
    if (asked !== path) {
      refuse(response, 404, `Not found. Metrics are at ${path}`);
      return;
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD");
      refuse(response, 405, "Only GET and HEAD are answered here.");
      return;
    }
    // What goes on at a shutdown closes its connection afterwards, which would else be waited for.
    response.once("close", () => setImmediate(() => closing && server.closeIdleConnections()));
    inTurn(request, () => page(request, response, new URLSearchParams(query).getAll("name[]"))).catch(
      (error: unknown) => {
        diag.error("telltale: the Prometheus page failed", error);
        refuse(response, 500, "The page could not be written; the application's diagnostics say why.");
      },
    );
  }

  async function page(request: IncomingMessage, response: ServerResponse, names: readonly string[]): Promise<void> {
    if (response.destroyed) return;
    const format = formatFor(request.headers);
    response.setHeader("content-type", format === "protobuf" ? PROTOBUF_CONTENT_TYPE : CONTENT_TYPES[format]);
    response.setHeader("vary", "accept, accept-encoding");
    if (request.method === "HEAD") {
      response.end();
      return;
    }
    const rendered = await scraper().page(format, names);
    try {
      const zipped = takesGzip(request.headers) ? await rendered.gzipped() : undefined;
      if (zipped !== undefined) response.setHeader("content-encoding", "gzip");
      response.setHeader("content-length", zipped?.length ?? rendered.length);
      await send(response, zipped === undefined ? rendered.chunks : [zipped]);
    } finally {
      rendered.release();
    }
  }
}

function untracedServer(answer: (request: IncomingMessage, response: ServerResponse) => void): Server {
  const server = process.getBuiltinModule("node:http").createServer(answer);
  // instrumentation-http wraps `emit` of the prototype. With an own one, scrapes make neither spans nor HTTP metrics.
  server.emit = EventEmitter.prototype.emit;
  return server;
}

function splitUrl(url: string): readonly [path: string, query: string] {
  const [path = "", ...query] = url.split("?");
  return [path, query.join("?")];
}

function refuse(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.statusCode = status;
  response.setHeader("content-type", "text/plain; charset=utf-8");
  response.end(`${text}\n`);
}
