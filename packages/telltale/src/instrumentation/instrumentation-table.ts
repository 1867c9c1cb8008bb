/**
 * Which instrumentation belongs to which module: data only, so that nothing is loaded by reading it.
 * A name is the one that OpenTelemetry uses in `OTEL_NODE_ENABLED_INSTRUMENTATIONS`: the package's own suffix.
 */

export interface InstrumentationEntry {
  /** Key in the option `instrumentations` and in `OTEL_NODE_ENABLED_INSTRUMENTATIONS`. */
  readonly name: string;
  readonly package: string;
  readonly className: string;
  /** Packages and built-in modules (without `node:`) whose first load brings the instrumentation in. */
  readonly modules: readonly string[];
  /** `module`: when one of `modules` is loaded; `fetch`: at the first request of undici; `metrics`: with a meter provider. */
  readonly startsWith: "module" | "fetch" | "metrics";
  /** Of one that starts with metrics: what these are of. */
  readonly measures?: string;
  readonly enabledByDefault: boolean;
  /** The name of another that measures the same: where that is switched on, this is only when it is asked for as well. */
  readonly givesWayTo?: string;
  /** Of `modules`, those with a real ESM build of their own whose default export is to be patched. */
  readonly esModules?: readonly string[];
  /** Of `modules`, those that from some version on only wrap another of them: a version out of range is no surprise. */
  readonly wrappers?: readonly string[];
}

export const instrumentationTable: readonly InstrumentationEntry[] = [
  contrib("http", "HttpInstrumentation", ["http", "https"]),
  { ...contrib("undici", "UndiciInstrumentation", []), startsWith: "fetch" },
  contrib("express", "ExpressInstrumentation", ["express"]),
  // Ours: contrib's is deprecated, and @fastify/otel asks for another set of OpenTelemetry packages.
  { ...contrib("fastify", "FastifyInstrumentation", ["fastify"]), package: "@telltale/tracing/fastify" },
  contrib("koa", "KoaInstrumentation", ["koa"]),
  contrib("hapi", "HapiInstrumentation", ["@hapi/hapi"]),
  contrib("nestjs-core", "NestInstrumentation", ["@nestjs/core"]),
  contrib("graphql", "GraphQLInstrumentation", ["graphql"]),
  contrib("grpc", "GrpcInstrumentation", ["@grpc/grpc-js"]),
  contrib("socket.io", "SocketIoInstrumentation", ["socket.io"]),
  contrib("pg", "PgInstrumentation", ["pg", "pg-pool"]),
  contrib("mysql", "MySQLInstrumentation", ["mysql"]),
  contrib("mysql2", "MySQL2Instrumentation", ["mysql2"]),
  contrib("mongodb", "MongoDBInstrumentation", ["mongodb"]),
  contrib("mongoose", "MongooseInstrumentation", ["mongoose"]),
  {
    ...contrib("redis", "RedisInstrumentation", ["redis", "@redis/client", "@node-redis/client"]),
    wrappers: ["redis"],
  },
  contrib("ioredis", "IORedisInstrumentation", ["ioredis"]),
  contrib("memcached", "MemcachedInstrumentation", ["memcached"]),
  contrib("cassandra-driver", "CassandraDriverInstrumentation", ["cassandra-driver"]),
  contrib("knex", "KnexInstrumentation", ["knex"]),
  contrib("amqplib", "AmqplibInstrumentation", ["amqplib"]),
  contrib("kafkajs", "KafkaJsInstrumentation", ["kafkajs"]),
  // Every client of the AWS SDK is built on these.
  contrib("aws-sdk", "AwsInstrumentation", [
    "@smithy/core",
    "@smithy/smithy-client",
    "@smithy/middleware-stack",
    "@aws-sdk/smithy-client",
    "@aws-sdk/middleware-stack",
  ]),
  { ...contrib("openai", "OpenAIInstrumentation", ["openai"]), esModules: ["openai"] },
  contrib("pino", "PinoInstrumentation", ["pino"]),
  // Ours around contrib's, which cannot ship records with this set of OpenTelemetry packages.
  { ...contrib("winston", "WinstonInstrumentation", ["winston"]), package: "@telltale/logging/winston" },
  contrib("bunyan", "BunyanInstrumentation", ["bunyan"]),
  contrib("dataloader", "DataloaderInstrumentation", ["dataloader"]),
  contrib("generic-pool", "GenericPoolInstrumentation", ["generic-pool"]),
  contrib("lru-memoizer", "LruMemoizerInstrumentation", ["lru-memoizer"]),
  contrib("tedious", "TediousInstrumentation", ["tedious"]),
  contrib("oracledb", "OracleInstrumentation", ["oracledb"]),
  // Ours: the same names as contrib's, whose delays depend on how many readers collect, and the process beside them.
  {
    ...contrib("runtime", "RuntimeInstrumentation", []),
    package: "@telltale/runtime",
    startsWith: "metrics",
    measures: "the process, the event loop, garbage collection and heap",
    givesWayTo: "runtime-node",
  },
  {
    ...contrib("runtime-node", "RuntimeNodeInstrumentation", []),
    startsWith: "metrics",
    measures: "the event loop, garbage collection and heap",
    enabledByDefault: false,
  },
  // Every process of a machine would tell the same, and most machines have an agent that does.
  {
    ...contrib("host", "HostInstrumentation", []),
    package: "@telltale/runtime",
    startsWith: "metrics",
    measures: "CPU, memory, disks, network, temperatures and battery of the machine",
    enabledByDefault: false,
  },
  // A package that its users install: the native module that it calls drivers with is of no use to all others.
  {
    ...contrib("gpu", "GpuInstrumentation", []),
    package: "@telltale/gpu",
    startsWith: "metrics",
    measures: "GPUs of NVIDIA, AMD and Intel",
    enabledByDefault: false,
  },
  // Also a package that its users install; it patches nothing and gives the options to `trading()`.
  {
    ...contrib("trading", "TradingInstrumentation", []),
    package: "@telltale/trading/instrumentation",
    startsWith: "metrics",
    measures: "orders, positions and venues, as the application tells them",
    enabledByDefault: false,
  },
  // These patch nothing: they configure what the application tells of, and their users install the package that it tells with.
  {
    ...contrib("consensus", "ConsensusInstrumentation", []),
    package: "@telltale/consensus",
    startsWith: "metrics",
    measures: "heights, rounds, votes and leaders, as the application tells of them",
    enabledByDefault: false,
  },
  {
    ...contrib("p2p", "P2pInstrumentation", []),
    package: "@telltale/consensus/p2p",
    startsWith: "metrics",
    measures: "peers and their health, as the application tells of them",
    enabledByDefault: false,
  },
  {
    ...contrib("ml", "MlInstrumentation", []),
    package: "@telltale/ml",
    startsWith: "metrics",
    measures: "training runs, federated rounds and predictions, as the application tells of them",
    enabledByDefault: false,
  },
  {
    ...contrib("gaming", "GamingInstrumentation", []),
    package: "@telltale/gaming",
    startsWith: "metrics",
    measures: "tables, bets, rounds and draws, as the application tells of them",
    enabledByDefault: false,
  },
  {
    ...contrib("cluster", "ClusterInstrumentation", []),
    package: "@telltale/cluster",
    startsWith: "metrics",
    measures: "nodes, zones, queues and jobs, as the application tells of them",
    enabledByDefault: false,
  },
  {
    ...contrib("agents", "AgentsInstrumentation", []),
    package: "@telltale/cluster/agents",
    startsWith: "metrics",
    measures: "agents, their mailboxes and goals, as the application tells of them",
    enabledByDefault: false,
  },
  // A span for every socket, look-up and file: wanted by few, noise to all others.
  { ...contrib("net", "NetInstrumentation", ["net"]), enabledByDefault: false },
  { ...contrib("dns", "DnsInstrumentation", ["dns", "dns/promises"]), enabledByDefault: false },
  { ...contrib("fs", "FsInstrumentation", ["fs", "fs/promises"]), enabledByDefault: false },
];

function contrib(name: string, className: string, modules: readonly string[]): InstrumentationEntry {
  const packageName = `@opentelemetry/instrumentation-${name}`;
  return { name, package: packageName, className, modules, startsWith: "module", enabledByDefault: true };
}
