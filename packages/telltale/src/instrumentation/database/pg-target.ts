/** Where queries and connections go: attributes and durations of a database, made once for all that asks it. */

import { type Attributes, SpanKind, type SpanOptions } from "@opentelemetry/api";
import { OperationDuration } from "./operation-duration.ts";
import type { Client, ConnectionParameters, Pool } from "./pg-internals.ts";

export interface ClientTarget {
  readonly connection: ConnectionParameters;
  /** Of each span of a query. */
  readonly attributes: Attributes;
  /** By `db.operation.name`. */
  readonly durations: Map<string | undefined, OperationDuration>;
  readonly measured: Attributes;
}

export interface PoolTarget {
  readonly connection: ConnectionParameters;
  readonly spanOptions: SpanOptions;
}

const ofClients = new WeakMap<Client, ClientTarget>();
const ofPools = new WeakMap<Pool, PoolTarget>();

/** The clients of a pool have one target together. */
const known = new Map<string, ClientTarget>();
/** More databases than a process has pools for; beyond it, clients get targets of their own. */
const MAX_KNOWN = 100;
/** Operations are words of SQL, unless somebody sends what is none. */
const MAX_OPERATIONS = 100;

export function clientTarget(client: Client): ClientTarget {
  let target = ofClients.get(client);
  if (target === undefined) {
    target = sharedTarget(client);
    ofClients.set(client, target);
  }
  return target;
}

function sharedTarget({ connectionParameters, database: measuredDatabase }: Client): ClientTarget {
  const { database, host, port, user } = connectionParameters;
  const key = JSON.stringify([database, host, port, user, measuredDatabase]);
  let target = known.get(key);
  if (target !== undefined) return target;
  target = {
    connection: { database, host, port, user },
    attributes: defined({
      "db.system.name": "postgresql",
      "db.namespace": database,
      "server.address": host,
      "server.port": portOf(port),
    }),
    measured: defined({
      "db.system.name": "postgresql",
      "db.namespace": measuredDatabase,
      "server.port": port,
      "server.address": host,
    }),
    durations: new Map(),
  };
  if (known.size < MAX_KNOWN) known.set(key, target);
  return target;
}

export function operationDuration(
  { durations, measured }: ClientTarget,
  operation: string | undefined,
): OperationDuration {
  let duration = durations.get(operation);
  if (duration === undefined) {
    duration = new OperationDuration(defined({ ...measured, "db.operation.name": operation }));
    if (durations.size < MAX_OPERATIONS) durations.set(operation, duration);
  }
  return duration;
}

export function poolTarget(pool: Pool): PoolTarget {
  let target = ofPools.get(pool);
  if (target !== undefined) return target;
  const { options } = pool;
  const url = options.connectionString === undefined ? null : URL.parse(options.connectionString);
  const connection = {
    database: url?.pathname.slice(1) ?? options.database,
    host: url?.hostname ?? options.host,
    port: Number(url?.port) || portOf(options.port),
    user: (url && decodeURIComponent(url.username)) || options.user,
  };
  const attributes = defined({
    "db.system.name": "postgresql",
    "db.namespace": connection.database,
    "server.address": connection.host,
    "server.port": connection.port,
    "db.postgresql.idle.timeout.millis": options.idleTimeoutMillis,
    "db.postgresql.max.client": options.maxClient,
  });
  target = { connection, spanOptions: { kind: SpanKind.CLIENT, attributes } };
  ofPools.set(pool, target);
  return target;
}

function portOf(port: unknown): number | undefined {
  return Number.isInteger(port) ? (port as number) : undefined;
}

/** Without what is `undefined`: attributes that are all there are copied at once, others key by key. */
export function defined(attributes: Readonly<Record<string, Attributes[string]>>): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
