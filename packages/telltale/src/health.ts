import type { Server } from "node:http";
import { createRequire } from "node:module";
import type { PrometheusEndpoint } from "@telltale/metrics";
import type { Health, HealthHandler } from "@telltale/runtime";
import type { Configuration, HealthConfiguration } from "./configuration.ts";
import type { Delivery } from "./delivery.ts";
import { exportsCheck } from "./exports-check.ts";
import { sideServer } from "./side-server.ts";

const require = createRequire(import.meta.url);

/** Health that is not loaded before somebody registers a check or asks how it is. */
export interface LazyHealth extends Disposable {
  health(): Health;
  readonly handler: HealthHandler;
  /** Not ready from now on. */
  stopping(): void;
}

const defaults: HealthConfiguration = {
  port: undefined,
  host: "127.0.0.1",
  prefix: "",
  reasons: true,
  exports: true,
  start: "auto",
};

/** Answers probes on the Prometheus endpoint's port, or on a port of their own; one that is busy is told by an error line. */
export function startHealth(
  configuration: Configuration,
  {
    prometheus,
    deliveries,
  }: { readonly prometheus: PrometheusEndpoint | undefined; readonly deliveries: () => readonly Delivery[] },
): LazyHealth {
  const settings = configuration.health ?? defaults;
  let loaded: { readonly health: Health; readonly handler: HealthHandler } | undefined;
  let isStopping = false;
  function load(): NonNullable<typeof loaded> {
    if (loaded !== undefined) return loaded;
    const { createHealth, healthHandler } = require("@telltale/runtime") as typeof import("@telltale/runtime");
    const health = createHealth({ start: settings.start });
    // A backend that is away is no reason to take the application out of service.
    if (settings.exports) health.register("exports", exportsCheck(deliveries), { critical: false });
    if (isStopping) health.stopping();
    loaded = { health, handler: healthHandler(health, settings) };
    return loaded;
  }
  const handler: HealthHandler = (request, response) =>
    mayBeProbe(request.url, settings.prefix) && load().handler(request, response);
  const server = configuration.health === undefined ? undefined : serve(settings, prometheus, handler);
  return {
    health: () => load().health,
    handler,
    stopping: () => {
      isStopping = true;
      loaded?.health.stopping();
    },
    [Symbol.dispose]: () => {
      server?.close();
      loaded?.health[Symbol.dispose]();
    },
  };
}

function serve(
  { port, host }: HealthConfiguration,
  prometheus: PrometheusEndpoint | undefined,
  handler: HealthHandler,
): Server | undefined {
  if (port === undefined) {
    prometheus?.serveAlso(handler);
    return undefined;
  }
  const otherwise = "Health is at /livez, /readyz and /healthz";
  return sideServer({ host, port, what: "health", option: "health.port", otherwise }, handler);
}

/** Without loading anything to find out. */
function mayBeProbe(url = "", prefix: string): boolean {
  return url.startsWith(prefix) && /^\/(livez|readyz|healthz)(?![^/?])/.test(url.slice(prefix.length));
}
