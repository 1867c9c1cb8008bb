/** What telltale changes about an instrumentation before it is enabled; the user's own configuration keeps its effect. */

import type { Instrumentation } from "@opentelemetry/instrumentation";
import { adjustPg } from "./pg-adjustment.ts";
import { redisStatement } from "./redis-statement.ts";
import { isTracingSuppressed } from "./tracing-suppressed.ts";

type Config = Readonly<Record<string, unknown>>;

export interface InstrumentationAdjustment {
  readonly config?: (config: Config) => Config;
  readonly instance?: (instrumentation: Instrumentation) => void;
}

/** By the name in the table of instrumentations. */
export const instrumentationAdjustments: Readonly<Record<string, InstrumentationAdjustment>> = {
  http: { config: ignoringOwnRequests("ignoreOutgoingRequestHook") },
  undici: { config: ignoringOwnRequests("ignoreRequestHook") },
  pg: { instance: adjustPg },
  redis: { config: withoutRedisValues },
  ioredis: { config: withoutRedisValues },
};

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
