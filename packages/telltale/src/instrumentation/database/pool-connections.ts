import type { Attributes, UpDownCounter } from "@opentelemetry/api";
import type { Pool } from "./pg.ts";

interface PoolInstruments {
  readonly count: () => UpDownCounter;
  readonly pending: () => UpDownCounter;
}

const counted = new WeakSet<Pool>();

/** Keeps `db.client.connection.count` and `…pending_requests` of the pool, from its first use on. */
export function countConnections(pool: Pool, { count, pending }: PoolInstruments): void {
  if (counted.has(pool)) return;
  counted.add(pool);
  const { host = "unknown_host", port = "unknown_port", database = "unknown_database" } = pool.options;
  const name: Attributes = { "db.client.connection.pool.name": `${host}:${port}/${database}` };
  const used = gauge(count, { ...name, "db.client.connection.state": "used" });
  const idle = gauge(count, { ...name, "db.client.connection.state": "idle" });
  const waiting = gauge(pending, name);
  const update = (): void => {
    used(pool.totalCount - pool.idleCount);
    idle(pool.idleCount);
    waiting(pool.waitingCount);
  };
  for (const event of ["connect", "acquire", "remove", "release"]) pool.on(event, update);
}

/** Sets a counter that goes up and down to values; a provider that comes later makes another one, and that starts anew. */
function gauge(instrument: () => UpDownCounter, attributes: Attributes): (value: number) => void {
  let counter: UpDownCounter | undefined;
  let last = 0;
  return (value) => {
    const current = instrument();
    if (current !== counter) {
      counter = current;
      last = 0;
      current.add(value, attributes);
    } else if (value !== last) current.add(value - last, attributes);
    last = value;
  };
}
