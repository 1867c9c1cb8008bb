/** Lines to a syslog server: by UDP, by TCP with counted octets (RFC 6587), or the same over TLS (RFC 5425). */
import type { Socket as UdpSocket } from "node:dgram";
import type { Socket } from "node:net";
import { hostname } from "node:os";
import type { LogLevel } from "../log-level.ts";
import type { LogSink } from "../log-sink.ts";
import { allSent, LineQueue, type QueueOptions } from "./line-queue.ts";
import { queueSink } from "./queue-sink.ts";
import { facilities, type SyslogFacility, type SyslogMessageOptions, syslogMessage } from "./syslog-message.ts";
import { mapInSlices } from "./time-slices.ts";

export interface SyslogSinkOptions extends QueueOptions {
  /** The least severe level that is sent. @default all that loggers let through */
  readonly level?: LogLevel;
  /** @default "127.0.0.1" */
  readonly host?: string;
  /** @default 514, or 6514 for TLS */
  readonly port?: number;
  /** @default "udp" */
  readonly protocol?: "udp" | "tcp" | "tls";
  /** @default "user" */
  readonly facility?: SyslogFacility;
  /** @default the service's name */
  readonly appName?: string;
  /** What the message is: the whole line, or its text with the fields as structured data. @default "json" */
  readonly format?: "json" | "text";
  /** Longer messages are cut. @default 2_048 for UDP, which every receiver should take, else 65_536 */
  readonly maxMessageBytes?: number;
  /** How long connecting, or the server's taking a batch, may last; 0 for no limit. @default 10_000 */
  readonly timeoutMs?: number;
  /** PEM text of the authority that signed the server's certificate. */
  readonly certificate?: string;
  /** PEM text of the client's key and certificate, for mutual TLS. */
  readonly clientKey?: string;
  readonly clientCertificate?: string;
}

interface Transport {
  send(messages: readonly Buffer[]): Promise<void>;
  close(): void;
}

export function syslogSink(options: SyslogSinkOptions = {}): LogSink {
  const { protocol = "udp", host = "127.0.0.1", facility = "user", format = "json" } = options;
  const port = options.port ?? (protocol === "tls" ? 6_514 : 514);
  const shape: SyslogMessageOptions = {
    facility: facilities.indexOf(facility),
    hostname: hostname(),
    appName: options.appName,
    processId: process.pid,
    format,
    maxBytes: options.maxMessageBytes ?? (protocol === "udp" ? 2_048 : 65_536),
  };
  const name = `syslog at ${host}:${port} (${protocol})`;
  const transport =
    protocol === "udp" ? overUdp(host, port) : overStream({ ...options, host, port, tls: protocol === "tls" });
  const queue = new LineQueue(name, options, async (lines) => {
    await transport.send(await mapInSlices(lines, (line) => syslogMessage(line, shape)));
    return allSent;
  });
  return queueSink(queue, { level: options.level, close: () => transport.close() });
}

/** Datagrams handed to the kernel at a time: it drops in silence what its buffer cannot hold. */
const DATAGRAMS_AT_ONCE = 64;

function overUdp(host: string, port: number): Transport {
  let socket: UdpSocket | undefined;
  return {
    async send(messages) {
      if (socket === undefined) {
        const { createSocket } = process.getBuiltinModule("node:dgram");
        socket = createSocket(host.includes(":") ? "udp6" : "udp4").unref();
        // Nobody may be listening: a datagram is sent all the same.
        socket.on("error", () => {});
      }
      const to = socket;
      for (let start = 0; start < messages.length; start += DATAGRAMS_AT_ONCE) {
        const some = messages.slice(start, start + DATAGRAMS_AT_ONCE);
        await Promise.all(some.map((message) => sendDatagram(to, message, host, port)));
      }
    },
    close: () => socket?.close(),
  };
}

function sendDatagram(socket: UdpSocket, message: Buffer, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.send(message, port, host, (error) => (error === null ? resolve() : reject(error)));
  });
}

interface StreamOptions extends SyslogSinkOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

function overStream(options: StreamOptions): Transport {
  const { timeoutMs = 10_000 } = options;
  let connection: Promise<Socket> | undefined;

  function connected(): Promise<Socket> {
    connection ??= connect(options, timeoutMs).then((socket) => {
      const forget = (): void => {
        connection = undefined;
      };
      // A server that takes nothing keeps no program that has ended; who flushes waits by other means.
      socket.unref().on("error", forget).on("close", forget);
      // A syslog server says nothing; what it says nevertheless must not fill the buffer.
      socket.resume();
      return socket;
    });
    connection.catch(() => {
      connection = undefined;
    });
    return connection;
  }

  return {
    async send(messages) {
      const socket = await connected();
      const frames = Buffer.concat(messages.flatMap((message) => [Buffer.from(`${message.length} `), message]));
      await new Promise<void>((resolve, reject) => {
        const timer = deadline(timeoutMs, () => socket.destroy(new Error(`took nothing for ${timeoutMs} ms`)));
        const closed = (): void => reject(new Error("the server closed the connection"));
        socket.once("close", closed);
        socket.write(frames, (error) => {
          clearTimeout(timer);
          socket.off("close", closed);
          if (error) reject(error);
          else resolve();
        });
      });
    },
    close: () => void connection?.then((socket) => socket.end()).catch(() => {}),
  };
}

function connect(options: StreamOptions, timeoutMs: number): Promise<Socket> {
  const { host, port } = options;
  return new Promise((resolve, reject) => {
    const socket: Socket = options.tls
      ? process.getBuiltinModule("node:tls").connect({
          host,
          port,
          servername: /^[\d.]+$|:/.test(host) ? "" : host,
          ca: options.certificate,
          key: options.clientKey,
          cert: options.clientCertificate,
        })
      : process.getBuiltinModule("node:net").connect({ host, port });
    const timer = deadline(timeoutMs, () => socket.destroy(new Error(`no connection within ${timeoutMs} ms`)));
    socket.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.once(options.tls ? "secureConnect" : "connect", () => {
      clearTimeout(timer);
      resolve(socket);
    });
  });
}

function deadline(timeoutMs: number, work: () => void): NodeJS.Timeout | undefined {
  return timeoutMs > 0 ? setTimeout(work, timeoutMs).unref() : undefined;
}
