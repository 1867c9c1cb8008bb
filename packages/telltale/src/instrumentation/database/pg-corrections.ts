/** What the instrumentation of pg leaves to be done, on the methods that it makes its patches with. */

import { context, diag } from "@opentelemetry/api";
import type { Instrumentation } from "@opentelemetry/instrumentation";
import { sqlOperation } from "@telltale/tracing";

export function adjustPg(instrumentation: Instrumentation): void {
  const pg = instrumentation as PgInternals;
  keepContextInPool(pg);
  keepStatementsOutOfMetrics(pg);
}

/**
 * A request that waits for a connection goes on in the context of the one that releases it, unless its callback is bound.
 * The instrumentation binds it only where it makes a span of connecting and has a parent for that.
 */
function keepContextInPool(pg: PgInternals): void {
  const getPatch = pg._getPoolConnectPatch;
  if (typeof getPatch !== "function") {
    if (!pg.getConfig().ignoreConnectSpans) return;
    diag.warn(
      "instrumentations.pg.ignoreConnectSpans makes queries appear in other requests' traces while they wait for a connection, and this version of @opentelemetry/instrumentation-pg cannot be corrected; leave the option out",
    );
    return;
  }
  pg._getPoolConnectPatch = () => (original) => {
    const patched = getPatch.call(pg)(original);
    return function connect(callback) {
      return patched.call(this, callback && context.bind(context.active(), callback));
    };
  };
}

/** The operation's name, an attribute of the durations, is all before the first space: literals too where there is none. */
function keepStatementsOutOfMetrics(pg: PgInternals): void {
  const record = pg.recordOperationDuration;
  if (typeof record !== "function") return;
  pg.recordOperationDuration = (attributes, startTime) => {
    const operation = attributes[OPERATION_NAME];
    if (typeof operation === "string" && !/^[A-Z_]+$/.test(operation)) {
      attributes[OPERATION_NAME] = sqlOperation(operation, "postgresql") || undefined;
    }
    record.call(pg, attributes, startTime);
  };
}

const OPERATION_NAME = "db.operation.name";

type Connect = (this: unknown, callback?: (...args: unknown[]) => unknown) => unknown;

interface PgInternals extends Instrumentation {
  getConfig(): ReturnType<Instrumentation["getConfig"]> & { readonly ignoreConnectSpans?: boolean };
  _getPoolConnectPatch?: () => (original: Connect) => Connect;
  recordOperationDuration?: (attributes: Record<string, unknown>, startTime: unknown) => void;
}
