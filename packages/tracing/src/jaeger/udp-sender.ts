import type { Socket } from "node:dgram";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

export interface UdpSender {
  /** Resolves when the packet has left; whether it arrives nobody knows. */
  send(packet: Uint8Array): Promise<void>;
  close(): void;
}

/** `endpoint` is `host:port`. The socket is opened with the first packet and holds no process. */
export function udpSender(endpoint: string): UdpSender {
  const { hostname, port } = new URL(`udp://${endpoint}`);
  const host = hostname.replace(/^\[|\]$/g, "");
  let socket: Socket | undefined;
  return {
    send(packet) {
      socket ??= openSocket(host.includes(":") ? "udp6" : "udp4");
      const open = socket;
      return new Promise((resolve, reject) => {
        // A receiver's socket holds few packets and drops the rest in silence: the next one waits for a turn of the loop.
        open.send(packet, Number(port), host, (error) => (error ? reject(error) : setImmediate(resolve)));
      });
    },
    close() {
      socket?.close();
      socket = undefined;
    },
  };
}

function openSocket(type: "udp4" | "udp6"): Socket {
  const { createSocket } = require("node:dgram") as typeof import("node:dgram");
  // Errors of a packet reach its callback; without a listener, those of the socket would end the process.
  return createSocket(type)
    .on("error", () => {})
    .unref();
}
