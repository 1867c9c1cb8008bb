import { EventEmitter } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { hostCheck } from "@telltale/metrics/host-check";
import { type Clock, wallClock } from "../clock.ts";
import type { Notifier } from "../delivery/notifier.ts";
import { getAlertGroups, getAlerts, postAlerts } from "./alert-requests.ts";
import { type ApiAnswer, ApiError, malformed } from "./api-answer.ts";
import { shownConfig } from "./shown-config.ts";
import { deleteSilence, getSilence, getSilences, postSilence } from "./silence-requests.ts";

export interface AlertApiOptions {
  /** Asked for at each request, so that another one can take its place. */
  readonly notifier: () => Notifier;
  /** @default "127.0.0.1" */
  readonly host?: string;
  /** 0 takes any free port. @default 9093 */
  readonly port?: number;
  /**
   * Names that the Host header may have, besides localhost, the own `host` and addresses. On a loopback address all others are
   * refused; elsewhere when this is given.
   */
  readonly allowedHosts?: readonly string[];
  /** Longer requests are refused. @default 4 MiB */
  readonly maxBodyBytes?: number;
  /** Shown as the version. @default "0.0.0" */
  readonly version?: string;
  /** @default the wall clock */
  readonly clock?: Clock;
}

/** Alertmanager's API of version 2, until it is stopped. */
export interface AlertApi {
  readonly port: number;
  readonly url: string;
  /** Answers what is in progress, for a second at most, and closes. Twice is harmless. */
  stop(): Promise<void>;
}

/** A request that is not there by then is given up. Node.js: `server.requestTimeout` has five minutes. */
const REQUEST_TIMEOUT_MS = 30_000;

const STOP_TIMEOUT_MS = 1_000;

/**
 * Serves a notifier's alerts, groups, silences and receivers by Alertmanager's API of version 2, for amtool, Grafana and
 * Prometheus. It has no passwords: whoever reaches it may silence. It does not keep the process alive.
 * @throws Error with the code TELLTALE_PORT_IN_USE or TELLTALE_CANNOT_LISTEN
 */
export async function startAlertApi(options: AlertApiOptions): Promise<AlertApi> {
  const { host = "127.0.0.1", port = 9093, allowedHosts, clock = wallClock } = options;
  const answers = apiAnswers(options);
  const isOurs = hostCheck({ host, allowedHosts });
  const server = process.getBuiltinModule("node:http").createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS },
    (request, response) =>
      void respond(response, async () => {
        if (!isOurs(request.headers.host)) {
          throw malformed(403, "the Host header names another host; ask by address, or allow the name by allowedHosts");
        }
        return await answers(request);
      }),
  );
  // instrumentation-http wraps `emit` of the prototype. With an own one, requests make neither spans nor HTTP metrics.
  server.emit = EventEmitter.prototype.emit;
  await listening(server, { host, port });
  server.unref();
  const { port: own } = server.address() as AddressInfo;
  let stopped: Promise<void> | undefined;
  return {
    port: own,
    url: `http://${host.includes(":") ? `[${host}]` : host}:${own}`,
    stop() {
      stopped ??= new Promise((resolve) => {
        const late = clock.at(clock.now() + STOP_TIMEOUT_MS, () => server.closeAllConnections());
        server.close(() => {
          late[Symbol.dispose]();
          resolve();
        });
        server.closeIdleConnections();
      });
      return stopped;
    },
  };
}

type Handler = (request: { readonly query: URLSearchParams; readonly body: string; readonly id: string }) => ApiAnswer;

type Handlers = Readonly<Record<string, Handler>>;

const DEFAULT_MAX_BODY_BYTES = 4 * 1024 * 1024;

/** What is answered to a request. It rejects with an ApiError. */
function apiAnswers(options: AlertApiOptions): (request: IncomingMessage) => Promise<ApiAnswer> {
  const { notifier, maxBodyBytes = DEFAULT_MAX_BODY_BYTES, version = "0.0.0", clock = wallClock } = options;
  const uptime = new Date(clock.now()).toISOString();
  const now = () => clock.now();
  const fine: Handler = () => ({ status: 200, body: "OK", headers: plainText });
  const healthy: Handlers = { GET: fine, HEAD: fine };
  const paths: Readonly<Record<string, Handlers>> = {
    "/-/healthy": healthy,
    "/-/ready": healthy,
    "/api/v2/alerts": {
      GET: ({ query }) => getAlerts(notifier(), query, now()),
      POST: ({ body }) => postAlerts(notifier(), body, now()),
    },
    "/api/v2/alerts/groups": { GET: ({ query }) => getAlertGroups(notifier(), query, now()) },
    "/api/v2/silences": {
      GET: ({ query }) => getSilences(notifier(), query, now()),
      POST: ({ body }) => postSilence(notifier(), body, now()),
    },
    "/api/v2/silence/": {
      GET: ({ id }) => getSilence(notifier(), id, now()),
      DELETE: ({ id }) => deleteSilence(notifier(), id, now()),
    },
    "/api/v2/receivers": {
      GET: () => ({ status: 200, body: notifier().config.receivers.map(({ name }) => ({ name })) }),
    },
    "/api/v2/status": { GET: () => ({ status: 200, body: statusOf(notifier(), { uptime, version }) }) },
  };
  return async (request) => {
    const { url = "/" } = request;
    const parsed = URL.parse(url.startsWith("/") ? `http://here${url}` : url);
    if (parsed === null) throw malformed(400, `${JSON.stringify(url)} is no address`);
    const { pathname, searchParams: query } = parsed;
    const id = /^\/api\/v2\/silence\/([^/]+)\/?$/.exec(pathname)?.[1];
    const path = id === undefined ? pathname.replace(/(?<=.)\/$/, "") : "/api/v2/silence/";
    const handlers = Object.hasOwn(paths, path) ? paths[path]! : undefined;
    if (handlers === undefined) throw malformed(404, `path ${pathname} was not found`);
    const { method = "GET" } = request;
    const handler = Object.hasOwn(handlers, method) ? handlers[method]! : undefined;
    if (handler === undefined) throw notAllowed(method, Object.keys(handlers));
    if (method === "POST") checkJson(request);
    return handler({ query, body: await bodyOf(request, maxBodyBytes), id: decoded(id ?? "") });
  };
}

/** @throws ApiError */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw malformed(400, `the path has a "%" that begins no character: ${part}`);
  }
}

function statusOf(
  { config }: Notifier,
  { uptime, version }: { readonly uptime: string; readonly version: string },
): unknown {
  return {
    cluster: { peers: [], status: "disabled" },
    config: { original: shownConfig(config.text) },
    uptime,
    versionInfo: {
      branch: "telltale",
      buildDate: "",
      buildUser: "",
      goVersion: "",
      revision: process.version,
      version,
    },
  };
}

function notAllowed(method: string, allowed: readonly string[]): ApiError {
  const headers = { allow: allowed.join(",") };
  return malformed(405, `method ${method} is not allowed, but [${allowed.join(",")}] are`, { headers });
}

/** A page in a browser may post other types to anybody, unasked. */
function checkJson({ headers }: IncomingMessage): void {
  const type = headers["content-type"] ?? "";
  if (/^application\/json\s*(?:;|$)/i.test(type)) return;
  throw malformed(415, `unsupported media type ${JSON.stringify(type)}, only [application/json] are allowed`);
}

async function bodyOf(request: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) {
      const headers = { connection: "close" };
      throw malformed(413, `the body is longer than ${maxBytes} bytes; send fewer alerts at a time`, { headers });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

const plainText = { "content-type": "text/plain; charset=utf-8" };

async function respond(response: ServerResponse, answer: () => Promise<ApiAnswer>): Promise<void> {
  const { status, body, headers = {} } = await answer().catch(answerOf);
  if (body === undefined) {
    response.writeHead(status, headers).end();
    return;
  }
  const isText = headers["content-type"] !== undefined;
  response
    .writeHead(status, { "content-type": "application/json", "x-content-type-options": "nosniff", ...headers })
    .end(isText ? String(body) : `${JSON.stringify(body)}\n`);
}

function answerOf(error: unknown): ApiAnswer {
  if (error instanceof ApiError) return error.answer;
  return { status: 500, body: { code: 500, message: (error as Error).message } };
}

function listening(server: Server, address: { readonly host: string; readonly port: number }): Promise<void> {
  const { host, port } = address;
  return new Promise((resolve, reject) => {
    server.once("error", ({ code, message }: NodeJS.ErrnoException) => {
      const isTaken = code === "EADDRINUSE";
      const why = isTaken ? "the port is in use by another process" : (code ?? message);
      const text = `The API of alerts cannot listen on ${host}:${port}: ${why}; give a free port, or 0 to take any`;
      const ours = isTaken ? "TELLTALE_PORT_IN_USE" : "TELLTALE_CANNOT_LISTEN";
      reject(Object.assign(new Error(text), { code: ours }));
    });
    server.listen(address, resolve);
  });
}
