import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { setImmediate } from "node:timers/promises";

/** A client that does not take the page within this time is cut off. */
const SEND_TIMEOUT_MS = 5_000;

// One response a socket at a time: a client that asks a thousand times without reading holds one page, not a thousand.
const busy = new WeakMap<Socket, Promise<void>>();

/** Runs `respond` when the responses before it on the same connection are out. */
export function inTurn({ socket }: IncomingMessage, respond: () => Promise<void>): Promise<void> {
  const turn = (busy.get(socket) ?? Promise.resolve()).then(respond);
  busy.set(
    socket,
    turn.catch(() => {}),
  );
  return turn;
}

/**
 * Writes the chunks as fast as the client reads them, and settles when they are out or the client is gone. It is cut off when
 * it has not taken them all within `timeoutMs`.
 */
export async function send(
  response: ServerResponse,
  chunks: readonly Uint8Array[],
  { timeoutMs = SEND_TIMEOUT_MS }: { readonly timeoutMs?: number | undefined } = {},
): Promise<void> {
  const finished = new Promise<void>((resolve) => {
    response.once("close", resolve);
    response.once("finish", resolve);
  });
  const timer = setTimeout(() => response.destroy(), timeoutMs).unref();
  for (const chunk of chunks) {
    await ownTurn();
    if (response.destroyed) break;
    if (!response.write(chunk)) await drained(response);
  }
  response.end();
  await finished;
  clearTimeout(timer);
}

// A thousand clients that wait for one page would all be written to in one turn of the event loop.
let lastTurn: Promise<unknown> = Promise.resolve();

/** Settles in a turn of the event loop in which nobody else's does. */
function ownTurn(): Promise<unknown> {
  lastTurn = lastTurn.then(() => setImmediate());
  return lastTurn;
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const goOn = (): void => {
      response.off("drain", goOn).off("close", goOn);
      resolve();
    };
    response.once("drain", goOn).once("close", goOn);
  });
}
