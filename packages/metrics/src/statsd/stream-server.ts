import type { Server, Socket } from "node:net";
import { diag } from "@opentelemetry/api";
import { type Listening, listenError } from "./listening.ts";

/** What one sender may send without an end of line or packet. */
const MAX_PENDING_BYTES = 65_536;

/**
 * A UNIX stream socket for StatsD: lines, or packets with their length before them as Datadog's clients send them on
 * `unixstream`; the first bytes of a connection tell which.
 */
export function streamServer(path: string, receive: (text: string) => void): Listening {
  const { createServer } = process.getBuiltinModule("node:net");
  const connections = new Set<Socket>();
  const server = createServer((socket) => {
    connections.add(socket.unref());
    socket.once("close", () => connections.delete(socket));
    socket.on("error", (error) => diag.debug("telltale: a StatsD connection failed", error));
    const take = unframing(receive);
    socket.on("data", (chunk: Buffer) => {
      if (!take.data(chunk)) socket.destroy();
    });
    socket.once("end", take.end);
  }).unref();
  const ready = listening(server, path);
  ready.catch((error: unknown) => diag.error(String(error)));
  return {
    ready,
    port: 0,
    close: () =>
      new Promise((resolve) => {
        for (const socket of connections) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** A socket that a process left behind when it was killed is taken over; one that somebody listens on is not. */
async function listening(server: Server, path: string): Promise<void> {
  try {
    await listen(server, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const { lstatSync, rmSync } = process.getBuiltinModule("node:fs");
    const left = code === "EADDRINUSE" && lstatSync(path).isSocket() && !(await isAnswered(path));
    if (!left) throw listenError(path, error as NodeJS.ErrnoException);
    rmSync(path, { force: true });
    await listen(server, path).catch((again: NodeJS.ErrnoException) => Promise.reject(listenError(path, again)));
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.off("error", reject);
      server.on("error", (error) => diag.error("telltale: the StatsD listener failed", error));
      resolve();
    });
  });
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = process.getBuiltinModule("node:net").connect(path);
    socket.once("error", ({ code }: NodeJS.ErrnoException) => resolve(code !== "ECONNREFUSED"));
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });
}

/** Cuts what comes in on one connection into lines or packets; `data` is false when it can be neither. */
function unframing(receive: (text: string) => void): { data(chunk: Buffer): boolean; end(): void } {
  let pending: Buffer = Buffer.alloc(0);
  let framed: boolean | undefined;

  function takeFrames(): boolean {
    while (pending.length >= 4) {
      const length = pending.readUInt32LE(0);
      if (length > MAX_PENDING_BYTES) return false;
      if (pending.length < 4 + length) return true;
      receive(pending.toString("utf8", 4, 4 + length));
      pending = pending.subarray(4 + length);
    }
    return true;
  }

  function takeLines(): boolean {
    const end = pending.lastIndexOf(10);
    if (end !== -1) {
      receive(pending.toString("utf8", 0, end));
      pending = pending.subarray(end + 1);
    }
    return pending.length <= MAX_PENDING_BYTES;
  }

  return {
    data(chunk) {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      if (framed === undefined && pending.length < 4 && !pending.includes(10)) return true;
      // The length of any packet leaves its last byte 0, which no line has.
      framed ??= pending[3] === 0;
      return framed ? takeFrames() : takeLines();
    },
    end() {
      if (framed !== true && pending.length > 0) receive(pending.toString());
    },
  };
}
