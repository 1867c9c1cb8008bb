import type { LogLevel } from "../log-level.ts";
import type { LogSink } from "../log-sink.ts";
import type { LineQueue } from "./line-queue.ts";

/** A sink in front of a queue. `close` lets go of what the queue sends over. */
export function queueSink(
  queue: LineQueue,
  { level, close }: { readonly level: LogLevel | undefined; readonly close: () => void },
): LogSink {
  return {
    name: queue.name,
    ...(level !== undefined && { level }),
    write: (line) => queue.add(line),
    flush: () => queue.flush(),
    async close() {
      await queue.close();
      close();
    },
    pending: () => queue.pending,
    isFailing: () => queue.isFailing,
    sent: () => queue.sent,
    failingSinceMs: () => queue.failingSinceMs,
    failure: () => queue.failure,
    takeUndelivered: () => queue.takeUndelivered(),
    dropped: () => queue.dropped,
  };
}
