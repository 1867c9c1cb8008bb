/** A WebSocket to a venue that comes back: after a close, an error, a connection that does not open, or silence. */
import { diag } from "@opentelemetry/api";
import { type BackOffOptions, backOffMs } from "./back-off.ts";
import { type DisconnectReason, reasonOfCode, type VenueConnection, type VenueMessage } from "./venue-connection.ts";

export interface ReconnectingSocketOptions {
  readonly url: string | (() => string | Promise<string>);
  readonly protocols?: readonly string[];
  /** Called at each opening: log in and subscribe here. The connection counts as connected when it has settled. */
  readonly onOpen?: (socket: WebSocket) => void | Promise<void>;
  /** What of the message is measured; without a result it is counted as it is. */
  readonly onMessage?: (data: string | ArrayBuffer | Blob) => VenueMessage | undefined;
  /** Messages before this one are missing: build the book anew. */
  readonly onGap?: (message: VenueMessage) => void;
  readonly backOff?: BackOffOptions;
  /** @default 10000 */
  readonly connectTimeoutMs?: number;
  /** Without a message for so long the connection is made anew; 0 switches that off. @default 30000 */
  readonly silenceTimeoutMs?: number;
  /** Told once of a loss that lasts `longLossAfterMs`. */
  readonly onLongLoss?: (lostMs: number) => void;
  /** @default 30000 */
  readonly longLossAfterMs?: number;
}

export interface ReconnectingSocket extends Disposable {
  /** The socket of now, open or not. */
  readonly socket: WebSocket | undefined;
  send(data: string | Uint8Array<ArrayBuffer>): boolean;
  /** Closes it and opens another one. */
  reconnect(reason?: DisconnectReason): void;
  /** Closes it for good; harmless when repeated. */
  close(): void;
}

/** Connects at once, and goes on to until it is closed. Its timers keep the process alive only while it waits to reconnect. */
export function reconnectingSocket(
  connection: VenueConnection,
  options: ReconnectingSocketOptions,
): ReconnectingSocket {
  const { connectTimeoutMs = 10_000, silenceTimeoutMs = 30_000, longLossAfterMs = 30_000 } = options;
  let socket: WebSocket | undefined;
  let attempt = 0;
  let closed = false;
  let lostAt = performance.now();
  let retry: NodeJS.Timeout | undefined;
  let silence: NodeJS.Timeout | undefined;
  let longLoss: NodeJS.Timeout | undefined;

  function connect(): void {
    connection.connecting();
    const opening = setTimeout(() => lose("network"), connectTimeoutMs).unref();
    awaitLongLoss();
    addressOf(options.url).then(
      (url) => {
        if (!closed) open(url, opening);
      },
      (error: unknown) => {
        diag.warn(`telltale: the address of ${connection.venue} could not be had`, error);
        clearTimeout(opening);
        lose("network");
      },
    );
  }

  function open(url: string, opening: NodeJS.Timeout): void {
    const next = new WebSocket(url, [...(options.protocols ?? [])]);
    socket = next;
    next.binaryType = "arraybuffer";
    next.onopen = () => {
      Promise.resolve(options.onOpen?.(next)).then(
        () => {
          clearTimeout(opening);
          if (socket === next) up();
        },
        (error: unknown) => {
          diag.warn(`telltale: ${connection.venue} could not be subscribed to`, error);
          clearTimeout(opening);
          if (socket === next) lose("auth");
        },
      );
    };
    next.onmessage = ({ data }) => {
      if (socket === next) received(data);
    };
    next.onclose = ({ code }) => {
      clearTimeout(opening);
      if (socket === next) lose(reasonOfCode(code));
    };
    // The close that follows says more.
    next.onerror = () => {};
  }

  function up(): void {
    clearTimeout(longLoss);
    longLoss = undefined;
    connection.connected();
    listen();
  }

  function received(data: string | ArrayBuffer | Blob): void {
    attempt = 0;
    let message: VenueMessage | undefined;
    try {
      message = options.onMessage?.(data);
    } catch (error) {
      diag.warn(`telltale: a message of ${connection.venue} could not be read`, error);
    }
    if (connection.message(message) && message !== undefined) options.onGap?.(message);
    listen();
  }

  function listen(): void {
    if (silenceTimeoutMs === 0) return;
    if (silence === undefined) silence = setTimeout(() => lose("stale"), silenceTimeoutMs).unref();
    else silence.refresh();
  }

  function lose(reason: DisconnectReason): void {
    if (closed || retry !== undefined) return;
    drop(socket);
    socket = undefined;
    clearTimeout(silence);
    silence = undefined;
    if (longLoss === undefined) lostAt = performance.now();
    connection.disconnected({ reason });
    awaitLongLoss();
    retry = setTimeout(
      () => {
        retry = undefined;
        connect();
      },
      backOffMs(attempt++, options.backOff),
    );
  }

  function awaitLongLoss(): void {
    longLoss ??= setTimeout(() => {
      const lostMs = performance.now() - lostAt;
      diag.warn(`telltale: no connection to ${connection.venue} (${connection.channel}) for ${Math.round(lostMs)} ms`);
      options.onLongLoss?.(lostMs);
    }, longLossAfterMs).unref();
  }

  function close(): void {
    if (closed) return;
    closed = true;
    for (const timer of [retry, silence, longLoss]) clearTimeout(timer);
    drop(socket);
    connection.disconnected({ reason: "manual" });
  }

  connect();
  return {
    get socket() {
      return socket;
    },
    send: (data) => {
      if (socket?.readyState !== WebSocket.OPEN) return false;
      socket.send(data);
      return true;
    },
    reconnect: (reason = "manual") => lose(reason),
    close,
    [Symbol.dispose]: close,
  };
}

async function addressOf(url: ReconnectingSocketOptions["url"]): Promise<string> {
  return typeof url === "string" ? url : await url();
}

/** Its events are nobody's any more. */
function drop(socket: WebSocket | undefined): void {
  if (socket === undefined) return;
  socket.onopen = socket.onmessage = socket.onclose = null;
  socket.close();
}
