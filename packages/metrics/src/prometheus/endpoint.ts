import { EventEmitter } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { diag } from "@opentelemetry/api";
import type { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import { instrumentProducer } from "../metric-producer.ts";
import { labelText } from "./labels.ts";
import { listen } from "./listen.ts";
import { prometheusReader } from "./reader.ts";
import { CONTENT_TYPES, pageText, type TextOptions } from "./text.ts";

export interface PrometheusEndpointOptions {
  /** Who may ask: 127.0.0.1 is this machine only, 0.0.0.0 is everybody who can reach it, as in a container. @default "127.0.0.1" */
  readonly host?: string;
  /** 0 takes any free port. @default 9464 */
  readonly port?: number;
  /** @default "/metrics" */
  readonly path?: string;
  /** Whether every series carries `otel_scope_name` and `otel_scope_version`. @default false */
  readonly scopeLabels?: boolean;
  /** Resource attributes that every series carries as labels, besides those in `target_info`. @default none */
  readonly resourceLabels?: readonly string[];
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
};

/** How long callbacks and producers may take. */
const COLLECT_TIMEOUT_MS = 5_000;

/**
 * Serves metrics to Prometheus, those of this package and those of the MeterProvider that gets `reader`. It does not keep
 * the process alive, and its own requests are not traced.
 * @throws Error with code TELLTALE_PORT_IN_USE or TELLTALE_CANNOT_LISTEN; for a host name `ready` rejects with it instead
 */
export function prometheusEndpoint(options: PrometheusEndpointOptions = {}): PrometheusEndpoint {
  const settings = { ...defaults, ...options };
  const path = settings.path.startsWith("/") ? settings.path : `/${settings.path}`;
  let closing: Promise<void> | undefined;
  const server = untracedServer((request, response) => void answer(request, response));
  const ready = listen(server, settings);
  // Whoever does not wait for `ready` still learns of it, and a rejection nobody looks at must not end the process.
  ready.catch((error: unknown) => diag.error(String(error)));
  server.on("error", (error) => diag.error("telltale: the Prometheus endpoint failed", error));
  server.unref();

  const reader = prometheusReader(shutdown);
  const own = instrumentProducer();
  const told = new Set<string>();
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

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader("x-content-type-options", "nosniff");
    if (pathOf(request) !== path) return refuse(response, 404, `Not found. Metrics are at ${path}`);
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD");
      return refuse(response, 405, "Only GET and HEAD are answered here.");
    }
    response.setHeader("content-type", CONTENT_TYPES.text);
    if (request.method === "HEAD") return void response.end();
    try {
      response.end(await page());
    } catch (error) {
      diag.error("telltale: the Prometheus page failed", error);
      refuse(response, 500, "The page could not be written; the application's diagnostics say why.");
    }
  }

  async function page(): Promise<string> {
    const [sdk, ours] = await Promise.all([collected(reader), own.collect()]);
    const textOptions: TextOptions = {
      format: "text",
      scopeLabels: settings.scopeLabels,
      constantLabels: labelText(
        Object.fromEntries(
          Object.entries(sdk.resource.attributes).filter(([key]) => settings.resourceLabels.includes(key)),
        ),
      ),
      told,
    };
    const scopes = [...sdk.scopeMetrics, ...ours.resourceMetrics.scopeMetrics];
    return [...pageText(sdk.resource.attributes, scopes, textOptions)].join("");
  }
}

type ResourceMetrics = Awaited<ReturnType<PrometheusExporter["collect"]>>["resourceMetrics"];

/** What the MeterProvider has. Nothing, when there is none or it is shut down: our own instruments are served all the same. */
async function collected(reader: PrometheusExporter): Promise<ResourceMetrics> {
  try {
    const { resourceMetrics, errors } = await reader.collect({ timeoutMillis: COLLECT_TIMEOUT_MS });
    if (errors.length > 0) diag.error("telltale: some callbacks failed at a scrape", ...errors);
    return resourceMetrics;
  } catch (error) {
    diag.debug("telltale: no metrics from the SDK", error);
    return { resource: { attributes: {} } as ResourceMetrics["resource"], scopeMetrics: [] };
  }
}

function untracedServer(answer: (request: IncomingMessage, response: ServerResponse) => void): Server {
  const server = process.getBuiltinModule("node:http").createServer(answer);
  // instrumentation-http wraps `emit` of the prototype. With an own one, scrapes make neither spans nor HTTP metrics.
  server.emit = EventEmitter.prototype.emit;
  return server;
}

function pathOf({ url }: IncomingMessage): string {
  const end = url?.search(/[?#]/) ?? -1;
  return end === -1 ? (url ?? "") : (url?.slice(0, end) ?? "");
}

function refuse(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) return void response.destroy();
  response.statusCode = status;
  response.setHeader("content-type", "text/plain; charset=utf-8");
  response.end(`${text}\n`);
}
