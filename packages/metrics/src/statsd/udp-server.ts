import type { Socket } from "node:dgram";
import { diag } from "@opentelemetry/api";
import { type Listening, listenError } from "./listening.ts";
import { resolved } from "./udp-transport.ts";

/**
 * Binds at once when the host is an address, so that the caller learns of a busy port before it goes on; for host names, and
 * in cluster workers, the promise tells.
 * @throws Error with code TELLTALE_PORT_IN_USE or TELLTALE_CANNOT_LISTEN
 */
export function udpServer(
  { host, port }: { readonly host: string; readonly port: number },
  receive: (text: string) => void,
): Listening {
  const { createSocket } = process.getBuiltinModule("node:dgram");
  const address = host === "localhost" ? "127.0.0.1" : host;
  const family = process.getBuiltinModule("node:net").isIP(address);
  const socket = createSocket({ type: family === 6 ? "udp6" : "udp4", ...(family !== 0 && { lookup: resolved }) });
  const where = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  let failure: Error | undefined;
  const ready = new Promise<void>((resolve, reject) => {
    socket.once("listening", () => {
      socket.off("error", refused);
      socket.on("error", (error) => diag.error("telltale: the StatsD listener failed", error));
      resolve();
    });
    function refused(error: NodeJS.ErrnoException): void {
      failure = listenError(where, error);
      socket.close();
      reject(failure);
    }
    socket.once("error", refused);
    socket.on("message", (message) => receive(message.toString()));
    socket.bind(port, address);
  });
  socket.unref();
  // Whoever does not wait for `ready` still learns of it, and a rejection nobody looks at must not end the process.
  ready.catch((error: unknown) => diag.error(String(error)));
  if (failure !== undefined) throw failure;
  return {
    ready,
    get port() {
      return portOf(socket) ?? port;
    },
    close: () => new Promise((resolve) => closed(socket, resolve)),
  };
}

function portOf(socket: Socket): number | undefined {
  try {
    return socket.address().port;
  } catch {
    // Not bound yet, or no more.
    return undefined;
  }
}

function closed(socket: Socket, done: () => void): void {
  try {
    socket.close(done);
  } catch {
    done();
  }
}
