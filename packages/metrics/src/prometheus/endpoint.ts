import { diag } from "@opentelemetry/api";
import type { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import type { GaugeMerge } from "./members/merge-metrics.ts";
import { join, memberRole, mergedSource } from "./members/merged-source.ts";
import { pageAccess } from "./page-access.ts";
import { type AlsoServed, type PageProtection, pageServer } from "./page-server.ts";
import { localSource } from "./page-source.ts";
import { prometheusReader } from "./reader.ts";
import { scraper } from "./scraper.ts";
import { checkCertificate } from "./server-certificate.ts";
import { workerServer } from "./worker/worker-server.ts";

export interface PrometheusEndpointOptions extends PageProtection {
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
  /**
   * Whether names go out as they are, `{"http.server.request.duration_seconds_count","http.route"="/"}`, to who asks for that
   * (`escaping=allow-utf-8`), as Prometheus from 3 on does unless it is told otherwise. Rules and dashboards then need these names.
   * @default false: names with underscores, whoever asks
   */
  readonly utf8Names?: boolean;
  /** How long a page is given to whoever asks next, in milliseconds. @default 1000 */
  readonly keepPageMs?: number;
  /**
   * Which thread answers: this one, or a worker, which answers while this one is blocked. It reads the totals of counters,
   * up-down counters and gauges where they are kept, so that these are always those of now; their records then cost some
   * nanoseconds more. For all else it asks this thread. A page has the numbers of the moment when this thread begins to give
   * them within 25 ms and has done so within 1.5 s; else the last ones, which are at most five seconds older than the time that
   * it has been silent (or as old as the last scrape, when nobody scraped for a minute). `telltale.prometheus.sample.age` on
   * the page says how old they are.
   * @default "main"
   */
  readonly serve?: "main" | "worker";
  /**
   * Makes one page of a `node:cluster` and of worker threads: the primary process, or the main thread, serves the metrics of
   * all that make an endpoint with this option, and the others do not listen. Counters, up-down counters and histograms are
   * summed; counters and histograms of workers that have ended go on to count. A worker that does not answer within a second
   * stands on the page with what it had before. What one counted between the last scrape and its end is lost, unless its
   * endpoint is shut down.
   * @default each for itself
   */
  readonly cluster?: PrometheusClusterOptions;
}

export interface PrometheusClusterOptions {
  /**
   * What becomes of a gauge that several have: `each` keeps them apart by a label `worker` (0 for the one that serves), `last`
   * takes that of the worker that was started last.
   * @default "each"
   */
  readonly gauges?: GaugeMerge;
}

export interface PrometheusEndpoint {
  /** For the `readers` of a MeterProvider. Shutting the provider down closes the endpoint. */
  readonly reader: PrometheusExporter;
  /** Settles when the endpoint answers; rejects when it could not listen and that was not known at once. */
  readonly ready: Promise<void>;
  readonly url: string;
  readonly port: number;
  /**
   * Asks `handler` at each request whether it answers, before the page is thought of: without credentials, since a probe has none.
   * False, and never asked, with `serve: "worker"` and where another process or thread listens.
   */
  serveAlso(handler: AlsoServed): boolean;
  /** Answers the scrape in progress and closes. Twice is harmless. */
  shutdown(): Promise<void>;
}

const defaults: Required<Omit<PrometheusEndpointOptions, "cluster" | keyof PageProtection>> = {
  host: "127.0.0.1",
  port: 9464,
  path: "/metrics",
  scopeLabels: false,
  resourceLabels: [],
  created: false,
  utf8Names: false,
  keepPageMs: 1_000,
  serve: "main",
};

/**
 * Serves metrics to Prometheus, those of this package and those of the MeterProvider that gets `reader`. It does not keep
 * the process alive, and its own requests are not traced.
 * @throws Error with code TELLTALE_BAD_CREDENTIALS or TELLTALE_BAD_CERTIFICATE
 * @throws Error with code TELLTALE_PORT_IN_USE or TELLTALE_CANNOT_LISTEN; for a host name `ready` rejects with it instead
 */
export function prometheusEndpoint(options: PrometheusEndpointOptions = {}): PrometheusEndpoint {
  const given = { ...defaults, ...options };
  const path = given.path.startsWith("/") ? given.path : `/${given.path}`;
  const settings = { ...given, path };
  const role = settings.cluster === undefined ? "serves" : memberRole();
  return role === "serves" ? serving(settings) : joining(settings, role);
}

type Settings = typeof defaults & Pick<PrometheusEndpointOptions, "cluster" | keyof PageProtection>;

function serving({ cluster, ...settings }: Settings): PrometheusEndpoint {
  // A server in a worker would tell of bad credentials and certificates too late.
  pageAccess(settings);
  if (settings.tls !== undefined) checkCertificate(settings.tls);
  // The server comes first, because a busy port throws; it asks for pages only when it is asked for them.
  const server =
    settings.serve === "worker"
      ? workerServer(settings, { source: () => source, scraper: () => pages })
      : pageServer(settings, () => pages);
  const reader = prometheusReader({ answered: () => server.answered(), shutdown });
  const own = localSource(reader);
  const merged = cluster && mergedSource(own, { gauges: cluster.gauges ?? "each" });
  const source = merged?.source ?? own;
  const pages = scraper(source, settings);
  // Whoever does not wait for `ready` still learns of it, and a rejection nobody looks at must not end the process.
  server.ready.catch((error: unknown) => diag.error(String(error)));
  return {
    reader,
    ready: server.ready,
    get port(): number {
      return server.port;
    },
    get url(): string {
      return urlOf({ ...settings, port: server.port });
    },
    serveAlso: (handler) => server.serveAlso(handler),
    shutdown,
  };

  async function shutdown(): Promise<void> {
    await server.shutdown();
    merged?.close();
  }
}

/** Of a worker: it gives its metrics to the one that serves, whose address it tells as far as its own options know it. */
function joining(settings: Settings, role: "cluster worker" | "thread"): PrometheusEndpoint {
  let left: Promise<void> | undefined;
  const shutdown = (): Promise<void> => {
    left ??= membership.leave();
    return left;
  };
  const reader = prometheusReader({ shutdown });
  const membership = join(role, localSource(reader));
  const address = { port: settings.port, url: urlOf(settings) };
  return { reader, ready: Promise.resolve(), ...address, serveAlso: () => false, shutdown };
}

function urlOf({ host, port, path, tls }: Pick<Settings, "host" | "port" | "path" | "tls">): string {
  return `${tls === undefined ? "http" : "https"}://${host.includes(":") ? `[${host}]` : host}:${port}${path}`;
}
