import type { Socket } from "node:net";
import type { Transport } from "./transport.ts";

/**
 * How packets are told apart on a stream: Datadog's agent expects the length before each, others a line feed after each
 * line.
 */
export type Framing = "length" | "lines";

/** How much may wait for a server that reads slowly before packets are refused. */
const MAX_WAITING_BYTES = 1_048_576;

const CONNECT_TIMEOUT_MS = 2_000;

/**
 * Packets to a UNIX stream socket: Datadog's `dogstatsd_stream_socket`, statsd's TCP server with `socket`. Node.js has no
 * UNIX datagram sockets, so a server that listens on one is refused with a hint. Connects again after a failure.
 */
export function streamTransport({ path, framing }: { readonly path: string; readonly framing: Framing }): Transport {
  let socket: Socket | undefined;
  return {
    async open() {
      if (socket === undefined || socket.destroyed || socket.writableEnded) socket = await connected(path);
    },
    async send(packet) {
      const stream = socket;
      if (stream === undefined || stream.destroyed) throw new Error("the server closed the connection");
      if (stream.writableLength > MAX_WAITING_BYTES) {
        throw new Error(`the server does not read; ${MAX_WAITING_BYTES} bytes wait for it`);
      }
      await new Promise<void>((resolve, reject) => {
        stream.write(framed(packet, framing), (error) => (error ? reject(error) : resolve()));
      });
    },
    close() {
      socket?.end();
      socket = undefined;
    },
  };
}

function connected(path: string): Promise<Socket> {
  const { connect } = process.getBuiltinModule("node:net");
  return new Promise((resolve, reject) => {
    const socket = connect(path).unref();
    const timer = setTimeout(() => socket.destroy(new Error("no connection within 2 s")), CONNECT_TIMEOUT_MS);
    socket.once("connect", () => resolve(socket));
    socket.on("error", (error) => reject(explained(error)));
    for (const event of ["connect", "close"]) socket.once(event, () => clearTimeout(timer));
    // Whatever the server says is of no interest, but unread it would hide that it closed.
    socket.resume();
  });
}

function framed(packet: Uint8Array, framing: Framing): Buffer {
  if (framing === "lines") return Buffer.concat([packet, Buffer.from("\n")]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(packet.length);
  return Buffer.concat([length, packet]);
}

function explained(error: NodeJS.ErrnoException): Error {
  if (error.code !== "EPROTOTYPE") return error;
  return new Error(
    "it is a datagram socket, which Node.js cannot open; let the server listen on a stream socket (Datadog: dogstatsd_stream_socket) or on UDP",
    { cause: error },
  );
}
