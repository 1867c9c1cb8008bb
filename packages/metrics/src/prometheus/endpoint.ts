import { EventEmitter } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { diag } from "@opentelemetry/api";
import type { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import { listen } from "./listen.ts";
import { formatFor, takesGzip } from "./negotiate.ts";
import { PROTOBUF_CONTENT_TYPE } from "./protobuf-page.ts";
import { prometheusReader } from "./reader.ts";
import { type Scraper, scraper } from "./scraper.ts";
import { inTurn, send } from "./send.ts";
import { CONTENT_TYPES } from "./text-format.ts";

export interface PrometheusEndpointOptions {
  /**
   * Who may ask: 127.0.0.1 is this machine only, 0.0.0.0 is everybody who can reach it, as a container needs.
   * @default "127.0.0.1"
   */
  readonly host?: string;
  /** 0 takes any free port. @default 9464 */
  readonly port?: number;
  /** @default "/metrics" */
  readonly path?: string;
  /** Whether every series carries `otel_scope_name` and `otel_scope_version`. @default false */
  readonly scopeLabels?: boolean;
  /** Resource attributes that every series carries as labels, besides those in `target_info`. @default none */
  readonly resourceLabels?: readonly string[];
  /**
   * Whether OpenMetrics tells with `_created` when each counter and histogram began. Prometheus before 3 stores these as
   * series of their own. @default false
   */
  readonly created?: boolean;
  /** How long a page is given to whoever asks next, in milliseconds. @default 1000 */
  readonly keepPageMs?: number;
}

export interface PrometheusEndpoint {
  /** For the `readers` of a MeterProvider. Shutting the provider down closes the endpoint. */
  readonly reader: PrometheusExporter;
  /** Settles when the endpoint answers; rejects when it could not listen and that was not known at once. */
  readonly ready: Promise<void>;
  readonly url: string;
  readonly port: number;
  /** Answers the scrape in progress and closes. Twice is harmless. */
  shutdown(): Promise<void>;
}

const defaults: Required<PrometheusEndpointOptions> = {
  host: "127.0.0.1",
  port: 9464,
  path: "/metrics",
  scopeLabels: false,
  resourceLabels: [],
  created: false,
  keepPageMs: 1_000,
};

/**
 * Serves metrics to Prometheus, those of this package and those of the MeterProvider that gets `reader`. It does not keep
 * the process alive, and its own requests are not traced.
 * @throws Error with code TELLTALE_PORT_IN_USE or TELLTALE_CANNOT_LISTEN; for a host name `ready` rejects with it instead
 */
export function prometheusEndpoint(options: PrometheusEndpointOptions = {}): PrometheusEndpoint {
  const settings = { ...defaults, ...options };
  const path = settings.path.startsWith("/") ? settings.path : `/${settings.path}`;
  let closing: Promise<void> | undefined;
  const server = untracedServer((request, response) => answer(request, response));
  const ready = listen(server, settings);
  // Whoever does not wait for `ready` still learns of it, and a rejection nobody looks at must not end the process.
  ready.catch((error: unknown) => diag.error(String(error)));
  server.on("error", (error) => diag.error("telltale: the Prometheus endpoint failed", error));
  server.unref();

  const reader = prometheusReader(shutdown);
  const pages: Scraper = scraper(reader, settings);
  const port = (): number => (server.address() as AddressInfo | null)?.port ?? settings.port;
  return {
    reader,
    ready,
    get port(): number {
      return port();
    },
    get url(): string {
      const host = settings.host.includes(":") ? `[${settings.host}]` : settings.host;
      return `http://${host}:${port()}${path}`;
    },
    shutdown,
  };

  function shutdown(): Promise<void> {
    closing ??= new Promise((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
    });
    return closing;
  }

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
    const rendered = await pages.page(format, names);
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
