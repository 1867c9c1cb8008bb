import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import type { WebhookBody } from "@telltale/alerting";
import type { ExchangeSwitch } from "./exchange-switch.ts";
import type { Inbox } from "./inbox.ts";
import type { RecentLogs } from "./recent-logs.ts";
import { explainListenError } from "./supervised.ts";
import type { TraceStore } from "./trace-store.ts";
import { formatTrace } from "./trace-tree.ts";

/** The root of the traces that are worth showing to a newcomer. */
export const SHOWN_ROOT = "POST /orders";

/**
 * Where the example's processes send their spans, by OTLP over HTTP, and their alerts, and where a person reads them as text:
 * `GET /traces/last`, `GET /traces/<trace id>`, `GET /logs`, `GET /inbox`; `POST /exchange/down` and `/exchange/up`.
 */
export function serveTraces(options: Served & { readonly port: number }): Promise<void> {
  const { port } = options;
  const server = createServer((request, response) => {
    answer(request, response, options).catch((error: unknown) => send(response, { status: 400, text: String(error) }));
  });
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(new Error(explainListenError(error, { port, variable: "TRACES_PORT" }))));
    server.listen(port, "127.0.0.1", () => {
      // The process lives as long as its children do, not as long as this page.
      server.unref();
      resolve();
    });
  });
}

interface Served {
  readonly traces: TraceStore;
  readonly logs: RecentLogs;
  readonly inbox: Inbox;
  readonly exchange: ExchangeSwitch;
  /** Called with each message of the inbox. */
  readonly onMessage: (message: string) => void;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { traces, logs, inbox, exchange, onMessage }: Served,
): Promise<void> {
  const path = new URL(request.url ?? "/", "http://localhost").pathname;
  if (request.method === "POST" && path === "/inbox") {
    onMessage(inbox.add((await json(request)) as WebhookBody));
    send(response, { status: 200, text: "taken" });
    return;
  }
  if (request.method === "POST" && (path === "/exchange/down" || path === "/exchange/up")) {
    await (path === "/exchange/down" ? exchange.down() : exchange.up());
    send(response, {
      status: 200,
      text: `the exchange is ${exchange.isUp ? "up" : "down"}; GET /inbox has what is told of it`,
    });
    return;
  }
  if (path === "/inbox") {
    send(response, { status: 200, text: inbox.text() });
    return;
  }
  if (request.method === "POST" && path === "/v1/traces") {
    traces.receive(await json(request));
    response.setHeader("content-type", "application/json");
    response.end("{}");
    return;
  }
  if (path === "/logs") {
    send(response, { status: 200, text: logs.lines().join("\n") });
    return;
  }
  const traceId = /^\/traces\/(\w+)$/.exec(path)?.[1];
  if (traceId === undefined) {
    send(response, {
      status: path === "/" ? 200 : 404,
      text: "there is GET /traces/last, GET /traces/<trace id>, GET /logs, GET /inbox and POST /exchange/down or up",
    });
    return;
  }
  const spans = traceId === "last" ? traces.latest(SHOWN_ROOT) : traces.find(traceId);
  if (spans === undefined)
    send(response, { status: 404, text: "no such trace yet; spans arrive after a second or two" });
  else send(response, { status: 200, text: formatTrace(spans, logs.ofTrace(spans[0]?.traceId ?? "")) });
}

function send(response: ServerResponse, { status, text }: { readonly status: number; readonly text: string }): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" });
  response.end(`${text}\n`);
}
