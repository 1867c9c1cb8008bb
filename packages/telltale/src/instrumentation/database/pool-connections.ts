import type { Attributes, UpDownCounter } from "@opentelemetry/api";
import type { PgInternals, Pool } from "./pg-internals.ts";

const counted = new WeakSet<Pool>();

/** Keeps `db.client.connection.count` and `…pending_requests` of the pool, from its first use on. */
export function countConnections(pool: Pool, pg: PgInternals): void {
  if (counted.has(pool)) return;
  counted.add(pool);
  const { host = "unknown_host", port = "unknown_port", database = "unknown_database" } = pool.options;
  const name: Attributes = { "db.client.connection.pool.name": `${host}:${port}/${database}` };
  const used = gauge({ ...name, "db.client.connection.state": "used" });
  const idle = gauge({ ...name, "db.client.connection.state": "idle" });
  const waiting = gauge(name);
  const update = (): void => {
    used(pg._connectionsCount, pool.totalCount - pool.idleCount);
    idle(pg._connectionsCount, pool.idleCount);
    waiting(pg._connectionPendingRequests, pool.waitingCount);
  };
  for (const event of ["connect", "acquire", "remove", "release"]) pool.on(event, update);
}

/** A counter of ours: its attributes are looked at once. */
interface BindableCounter extends UpDownCounter {
  bind?(attributes: Attributes): { add(value: number): void };
}

/** Sets a counter that goes up and down to values; a provider that comes later makes another one, and that starts anew. */
function gauge(attributes: Attributes): (counter: UpDownCounter, value: number) => void {
  let counter: UpDownCounter | undefined;
  let add: (value: number) => void;
  let last = 0;
  return (current, value) => {
    if (current !== counter) {
      counter = current;
      last = 0;
      const bound = (current as BindableCounter).bind?.(attributes);
      add = bound === undefined ? (change) => current.add(change, attributes) : (change) => bound.add(change);
      add(value);
    } else if (value !== last) add(value - last);
    last = value;
  };
}
