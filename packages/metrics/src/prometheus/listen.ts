import type { Server } from "node:http";

export interface Address {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
}

/**
 * Binds the server at once when the host is an address and Node lets us, so that the caller learns of a busy port before
 * it goes on. Otherwise, for host names and in cluster workers, the promise tells.
 * @throws Error with code TELLTALE_PORT_IN_USE or TELLTALE_CANNOT_LISTEN
 */
export function listen(server: Server, { host, port }: Address): Promise<void> {
  const address = host === "localhost" ? "127.0.0.1" : host;
  const family = process.getBuiltinModule("node:net").isIP(address);
  const handle = family === 0 || inClusterWorker() ? undefined : boundHandle(address, port, family);
  if (handle === undefined) return ordinarily(server, { host: address, port });
  if (typeof handle === "number") throw listenError({ host, port }, systemErrorName(handle));
  server.listen(handle);
  // Node tells a failed listen() of a handle in the next tick; the server knows already.
  if (server.listening) return Promise.resolve();
  server.once("error", () => {});
  throw listenError({ host, port }, "EADDRINUSE");
}

/** Says which address, why, and where to change it. */
export function listenError({ host, port }: Address, code: string): Error {
  const where = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const remedy =
    "set metrics.prometheus.port (or OTEL_EXPORTER_PROMETHEUS_PORT) to a free port, or to 0 to take any free one";
  const message =
    code === "EADDRINUSE"
      ? `The Prometheus endpoint cannot listen on ${where}: the port is in use by another process; ${remedy}`
      : `The Prometheus endpoint cannot listen on ${where}: ${code}; check metrics.prometheus.host, or ${remedy}`;
  return Object.assign(new Error(message), {
    code: code === "EADDRINUSE" ? "TELLTALE_PORT_IN_USE" : "TELLTALE_CANNOT_LISTEN",
  });
}

function ordinarily(server: Server, address: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => reject(listenError(address, error.code ?? error.message));
    server.once("error", failed);
    server.listen(address, () => {
      server.off("error", failed);
      resolve();
    });
  });
}

type CreateHandle = (address: string, port: number, family: number) => object | number;

/** Not documented, and therefore asked for: without it the ordinary way is taken. */
function boundHandle(address: string, port: number, family: number): object | number | undefined {
  const { _createServerHandle: create } = process.getBuiltinModule("node:net") as {
    _createServerHandle?: CreateHandle;
  };
  if (typeof create !== "function") return undefined;
  try {
    return create(address, port, family);
  } catch {
    return undefined;
  }
}

/** There the primary process owns the sockets. */
function inClusterWorker(): boolean {
  // The types know only the module's ESM form, with a default export; the built-in itself is the object.
  return (process.getBuiltinModule("node:cluster") as unknown as { readonly isWorker: boolean }).isWorker;
}

function systemErrorName(code: number): string {
  return process.getBuiltinModule("node:util").getSystemErrorName(code);
}
