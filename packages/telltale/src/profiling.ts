import type { ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { ProfilingConfiguration } from "./configuration.ts";
import { sideServer } from "./side-server.ts";

const require = createRequire(import.meta.url);

/** Answers `go tool pprof` on a port of its own. The profiler is loaded with the first profile that is asked for. */
export function startProfiling({ host, port }: ProfilingConfiguration): Disposable {
  const options = {
    host,
    port,
    what: "profiles",
    option: "profiling.port",
    otherwise: "Profiles are at /debug/pprof/profile?seconds=30 and /debug/pprof/heap?seconds=10",
  };
  const { hostCheck } = require("@telltale/metrics/host-check") as typeof import("@telltale/metrics/host-check");
  const isOurs = hostCheck({ host });
  const server = sideServer(options, (request, response) => {
    if (!request.url?.startsWith("/debug/pprof/")) return false;
    if (!isOurs(request.headers.host)) return refuse(response);
    const { pprofHandler } = require("@telltale/runtime") as typeof import("@telltale/runtime");
    return pprofHandler(request, response);
  });
  return { [Symbol.dispose]: () => void server.close() };
}

function refuse(response: ServerResponse): true {
  response
    .writeHead(403, { "content-type": "text/plain" })
    .end("The Host header names another host. Ask by address.\n");
  return true;
}
