import { EventEmitter } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { diag } from "@opentelemetry/api";
import { listen } from "./listen.ts";
import type { PageAccess } from "./page-access.ts";
import { pageAnswer } from "./page-answer.ts";
import type { Scraper } from "./scraper.ts";
import { type ServerTls, tlsServer } from "./server-certificate.ts";

/** Plain data, so that a server in another thread can be told of it. */
export interface PageServerOptions extends PageProtection {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly path: string;
  /** Whether names go out as they are to who asks for that. @default false */
  readonly utf8Names?: boolean;
}

/** Who may read the page, how, and for how long. */
export interface PageProtection extends PageAccess {
  /** Serves HTTPS. @default plain HTTP */
  readonly tls?: ServerTls;
  /** A client that does not take the page within this time is cut off, in milliseconds. @default 5000 */
  readonly sendTimeoutMs?: number;
}

/** The HTTP server of the page, in this thread or in one of its own. */
export interface PageServer {
  /** Settles when it answers; rejects when it could not listen and that was not known at once. */
  readonly ready: Promise<void>;
  readonly port: number;
  /** Settles when the scrapes in progress are answered. */
  answered(): Promise<void>;
  /** Asks `handler` before the page is thought of; false where the server is in another thread. */
  serveAlso(handler: AlsoServed): boolean;
  /** Answers the scrape in progress and closes. Twice is harmless. */
  shutdown(): Promise<void>;
}

/** Answers a request for something other than the page, such as health, and says whether it did. */
export type AlsoServed = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * Answers with the pages of `scraper`, which is asked for when a request comes. It does not keep the process alive, and its own
 * requests are not traced.
 * @throws Error with code TELLTALE_PORT_IN_USE, TELLTALE_CANNOT_LISTEN, TELLTALE_BAD_CREDENTIALS or TELLTALE_BAD_CERTIFICATE
 */
export function pageServer(settings: PageServerOptions, scraper: () => Scraper): PageServer {
  let closing: Promise<void> | undefined;
  const answer = pageAnswer(settings, scraper);
  const answering = new Set<Promise<void>>();
  const others: AlsoServed[] = [];
  const server = untracedServer(settings.tls, (request, response) => {
    // What goes on at a shutdown closes its connection afterwards, which would else be waited for.
    response.once("close", () => setImmediate(() => closing && server.closeIdleConnections()));
    if (others.some((handler) => handler(request, response))) return;
    const answered = answer(request, response).finally(() => answering.delete(answered));
    answering.add(answered);
  });
  const ready = listen(server, settings);
  server.on("error", (error) => diag.error("telltale: the Prometheus endpoint failed", error));
  server.unref();
  return {
    ready,
    get port(): number {
      return (server.address() as AddressInfo | null)?.port ?? settings.port;
    },
    async answered() {
      await Promise.allSettled(answering);
    },
    serveAlso: (handler) => others.push(handler) > 0,
    shutdown() {
      closing ??= new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      });
      return closing;
    },
  };
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

function untracedServer(tls: ServerTls | undefined, answer: Answer): Server {
  const server =
    tls === undefined ? process.getBuiltinModule("node:http").createServer(answer) : tlsServer(tls, answer);
  // instrumentation-http wraps `emit` of the prototype. With an own one, scrapes make neither spans nor HTTP metrics.
  server.emit = EventEmitter.prototype.emit;
  return server;
}
