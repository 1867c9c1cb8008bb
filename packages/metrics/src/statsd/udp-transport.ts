import type { Socket, SocketOptions } from "node:dgram";
import type { Transport } from "./transport.ts";

/**
 * Datagrams to one server. The name is resolved at first, and again after a failure: a server that moved is found, and a
 * resolver that is slow is not asked for every packet.
 */
export function udpTransport({ host, port }: { readonly host: string; readonly port: number }): Transport {
  let socket: Socket | undefined;
  let failed = false;
  let untold: Error | undefined;

  function close(): void {
    socket?.close();
    socket = undefined;
  }

  return {
    async open() {
      if (failed) close();
      failed = false;
      socket ??= await connected(host, port, (error) => {
        failed = true;
        untold = error;
      });
    },
    async send(packet) {
      const open = socket;
      if (open === undefined) throw new Error("the socket is closed");
      await new Promise<void>((resolve, reject) => {
        open.send(packet, (error) => {
          failed ||= error !== null;
          // A refusal tells of a datagram before this one.
          const refusal = error ?? untold;
          untold = undefined;
          if (refusal === undefined) resolve();
          else reject(refusal);
        });
      });
    },
    close,
  };
}

/** For addresses, so that `bind` and `connect` of a datagram socket are done when they return. */
export const resolved: NonNullable<SocketOptions["lookup"]> = (address, _options, callback) => {
  callback(null, address, process.getBuiltinModule("node:net").isIP(address));
};

async function connected(host: string, port: number, onError: (error: Error) => void): Promise<Socket> {
  const { createSocket } = process.getBuiltinModule("node:dgram");
  const { lookup } = process.getBuiltinModule("node:dns").promises;
  const { address, family } = await lookup(host);
  const socket = createSocket({ type: family === 6 ? "udp6" : "udp4", lookup: resolved }).unref();
  return new Promise((resolve, reject) => {
    // A datagram that nobody takes comes back as an error of the socket, at some later moment.
    socket.on("error", (error) => {
      onError(error);
      reject(error);
    });
    socket.connect(port, address, () => resolve(socket));
  });
}
