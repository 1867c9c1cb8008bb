import type { IncomingMessage, ServerResponse } from "node:http";
import type { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import type { PageAccess } from "./page-access.ts";
import { pageAnswer, refuse } from "./page-answer.ts";
import { localSource } from "./page-source.ts";
import { prometheusReader } from "./reader.ts";
import { type ScraperOptions, scraper } from "./scraper.ts";

/** What the page is like, and who may read it. Where it is, the routes of your server say. */
export interface PrometheusHandlerOptions extends PageAccess, Partial<ScraperOptions> {
  /** A client that does not take the page within this time is cut off, in milliseconds. @default 5000 */
  readonly sendTimeoutMs?: number;
  /**
   * Whether names go out as they are, `{"http.server.request.duration_seconds_count","http.route"="/"}`, to who asks for that
   * (`escaping=allow-utf-8`), as Prometheus from 3 on does unless it is told otherwise. Rules and dashboards then need these names.
   * @default false: names with underscores, whoever asks
   */
  readonly utf8Names?: boolean;
}

export interface PrometheusHandler {
  /** For the `readers` of a MeterProvider. */
  readonly reader: PrometheusExporter;
  /**
   * Answers a request of your own server with the page, whatever its path. The promise settles when the answer is out or the
   * client is gone.
   */
  handler(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Waits for the scrapes in progress; later ones are answered with 503. Shutting the provider down does the same. */
  shutdown(): Promise<void>;
}

const defaults: ScraperOptions = { scopeLabels: false, resourceLabels: [], created: false, keepPageMs: 1_000 };

/**
 * The page of `prometheusEndpoint` for a server of your own, such as that of Express, Fastify or Koa.
 * @throws Error with code TELLTALE_BAD_CREDENTIALS
 */
export function prometheusHandler(options: PrometheusHandlerOptions = {}): PrometheusHandler {
  const settings = { ...defaults, ...options };
  const answer = pageAnswer({ ...settings, host: undefined, path: undefined }, () => pages);
  const answering = new Set<Promise<void>>();
  let closed = false;
  const reader = prometheusReader({ answered, shutdown });
  const pages = scraper(localSource(reader), settings);
  return {
    reader,
    shutdown,
    async handler(request, response) {
      if (closed) {
        refuse(response, 503, "The application is shutting down.");
        return;
      }
      const answered = answer(request, response);
      answering.add(answered);
      await answered;
      answering.delete(answered);
    },
  };

  async function shutdown(): Promise<void> {
    closed = true;
    await answered();
  }

  async function answered(): Promise<void> {
    await Promise.all(answering);
  }
}
