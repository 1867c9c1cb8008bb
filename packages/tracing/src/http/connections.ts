import type { Agent, AgentOptions, ClientRequest, RequestOptions } from "node:http";
import { createRequire } from "node:module";
import { urlToHttpOptions } from "node:url";

const require = createRequire(import.meta.url);

/** PEM texts; without them, Node's own authorities and no client certificate. */
export interface TlsMaterial {
  readonly certificate: string | undefined;
  readonly clientKey: string | undefined;
  readonly clientCertificate: string | undefined;
}

/** Kept-alive connections to one server, shared by everything that is sent there. */
export interface Connections {
  request(options: Pick<RequestOptions, "method" | "headers">): ClientRequest;
  /** Closes the connections when nobody else uses them. */
  release(): void;
}

interface Pool {
  readonly agent: Agent;
  users: number;
}

const pools = new Map<string, Pool>();
let ending = false;

/** Loads `node:http` or `node:https` with the first request and not before: loading it is what instrumentations wait for. */
export function connectionsTo(endpoint: string, tls: TlsMaterial): Connections {
  const url = new URL(endpoint);
  const fixed = urlToHttpOptions(url);
  const key = JSON.stringify([url.protocol, url.host, tls.certificate, tls.clientKey, tls.clientCertificate]);
  let pool: Pool | undefined;
  return {
    request(options) {
      const module = moduleOf(url.protocol);
      if (pool === undefined) {
        pool = pools.get(key) ?? { agent: new module.Agent(agentOptions(module, tls)), users: 0 };
        pools.set(key, pool);
        pool.users++;
      }
      const request = module.request({ ...fixed, ...options, agent: pool.agent });
      if (ending) request.on("socket", (socket) => socket.unref());
      return request;
    },
    release() {
      if (pool === undefined) return;
      pool.users--;
      if (pool.users === 0) {
        pools.delete(key);
        pool.agent.destroy();
      }
      pool = undefined;
    },
  };
}

/**
 * From here on no request of an exporter keeps the process alive, neither one under way nor one that is still to come; for
 * the end of a process, when it has been waited for long enough.
 */
export function unrefConnections(): void {
  ending = true;
  for (const { agent } of pools.values()) {
    for (const socket of Object.values(agent.sockets).flat()) socket?.unref();
  }
}

type HttpModule = Pick<typeof import("node:http"), "request" | "Agent" | "globalAgent">;

function moduleOf(protocol: string): HttpModule {
  return protocol === "https:"
    ? (require("node:https") as typeof import("node:https"))
    : (require("node:http") as typeof import("node:http"));
}

/** By the proxy that Node's own agent uses: NODE_USE_ENV_PROXY=1 or `http.setGlobalProxyFromEnv()`, from Node 24 on. */
function agentOptions({ globalAgent }: HttpModule, tls: TlsMaterial): AgentOptions {
  const { proxyEnv } = (globalAgent as { readonly options?: AgentOptions }).options ?? {};
  return { keepAlive: true, ...(proxyEnv !== undefined && { proxyEnv }), ...material(tls) };
}

function material({ certificate, clientKey, clientCertificate }: TlsMaterial): object {
  return {
    ...(certificate !== undefined && { ca: certificate }),
    ...(clientKey !== undefined && { key: clientKey }),
    ...(clientCertificate !== undefined && { cert: clientCertificate }),
  };
}
