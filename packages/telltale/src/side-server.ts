import { EventEmitter } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { diag } from "@opentelemetry/api";

/** A server of telltale's own beside the application's. */
export interface SideServerOptions {
  readonly host: string;
  readonly port: number;
  /** What cannot be answered when the port is busy, and the option that names another. */
  readonly what: string;
  readonly option: string;
  /** What is said to who asks for something else. */
  readonly otherwise: string;
}

/** Listens, keeps no process alive, and is no part of anybody's traces. A port that is busy is told by an error line. */
export function sideServer(
  { host, port, what, option, otherwise }: SideServerOptions,
  handler: (request: IncomingMessage, response: ServerResponse) => boolean,
): Server {
  const server = process.getBuiltinModule("node:http").createServer((request, response) => {
    if (!handler(request, response)) response.writeHead(404).end(`Not found. ${otherwise}\n`);
  });
  // instrumentation-http wraps `emit` of the prototype.
  server.emit = EventEmitter.prototype.emit;
  server.on("error", (error) =>
    diag.error(`telltale: ${what} cannot be answered at ${host}:${port}; choose another ${option}`, error),
  );
  server.listen(port, host).unref();
  return server;
}
