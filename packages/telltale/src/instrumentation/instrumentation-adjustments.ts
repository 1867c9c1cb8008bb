/** What telltale changes about an instrumentation before it is enabled; the user's own configuration keeps its effect. */

import type { Instrumentation } from "@opentelemetry/instrumentation";
import { adjustIORedis } from "./database/ioredis.ts";
import { adjustMySQL2 } from "./database/mysql2.ts";
import { adjustPgQueries } from "./database/pg.ts";
import { adjustPg } from "./database/pg-corrections.ts";
import { adjustMySQL2Pool, adjustRedisPool } from "./database/pool-context.ts";
import { adjustRedis } from "./database/redis.ts";
import { redisStatement } from "./database/redis-statement.ts";
import { adjustExpress } from "./express-layers.ts";
import { adjustHttpClient } from "./http/http-client.ts";
import { adjustHttpServer } from "./http/http-server.ts";
import { adjustUndici } from "./http/undici.ts";
import { adjustKoa } from "./koa-layers.ts";
import { isTracingSuppressed } from "./tracing-suppressed.ts";

type Config = Readonly<Record<string, unknown>>;

export interface InstrumentationAdjustment {
  readonly config?: (config: Config) => Config;
  readonly instance?: (instrumentation: Instrumentation) => void;
  /** Puts our own code in the place of what costs most, unless the option `engine` is `"contrib"`. */
  readonly fastPath?: (instrumentation: Instrumentation) => void;
}

/** By the name in the table of instrumentations. */
export const instrumentationAdjustments: Readonly<Record<string, InstrumentationAdjustment>> = {
  http: { config: ignoringOwnRequests("ignoreOutgoingRequestHook"), fastPath: adjustHttp },
  express: { fastPath: adjustExpress },
  undici: { config: ignoringOwnRequests("ignoreRequestHook"), fastPath: adjustUndici },
  pg: { instance: adjustPg, fastPath: adjustPgQueries },
  mysql2: { instance: adjustMySQL2Pool, fastPath: adjustMySQL2 },
  koa: { fastPath: adjustKoa },
  redis: { config: withoutRedisValues, instance: adjustRedisPool, fastPath: adjustRedis },
  ioredis: { config: withoutRedisValues, fastPath: adjustIORedis },
};

function adjustHttp(instrumentation: Instrumentation): void {
  adjustHttpServer(instrumentation);
  adjustHttpClient(instrumentation);
}

/** Suppressed tracing stops the spans of exporters' requests, but not their durations: those need the hook. */
function ignoringOwnRequests(hookName: string): (config: Config) => Config {
  return (config) => {
    const hook = config[hookName];
    const ignored = (request: unknown): unknown =>
      isTracingSuppressed() || (typeof hook === "function" && hook(request));
    return { ...config, [hookName]: ignored };
  };
}

function withoutRedisValues(config: Config): Config {
  return { dbStatementSerializer: redisStatement, ...config };
}
