/** What the instrumentation of mysql2 leaves to be done: pools. */

import { normalize } from "node:path";
import { context } from "@opentelemetry/api";
import type {
  Instrumentation,
  InstrumentationModuleDefinition,
  InstrumentationModuleFile,
} from "@opentelemetry/instrumentation";

/** What `InstrumentationBase` keeps to itself. */
interface MySQL2Internals extends Instrumentation {
  readonly _modules?: readonly InstrumentationModuleDefinition[];
  _wrap(holder: object, name: string, wrapper: (original: GetConnection) => GetConnection): unknown;
  _unwrap(holder: object, name: string): void;
}

type GetConnection = (this: unknown, callback?: (...args: unknown[]) => unknown) => unknown;

interface PoolClass {
  readonly prototype?: { readonly getConnection?: GetConnection & { readonly __original?: unknown } };
}

/**
 * A query that waits for a connection, or for its first one to be made, goes on in the context of whoever gives one back:
 * its span, and all that follows from it, would be in the trace of another request.
 */
export function adjustMySQL2Pool(instrumentation: Instrumentation): void {
  const mysql = instrumentation as MySQL2Internals;
  for (const { files, supportedVersions } of mysql._modules ?? []) files.push(poolFile(mysql, supportedVersions));
}

function poolFile(mysql: MySQL2Internals, supportedVersions: string[]): InstrumentationModuleFile {
  const unpatch = (exports?: PoolClass): void => {
    if (exports?.prototype?.getConnection?.__original) mysql._unwrap(exports.prototype, "getConnection");
  };
  return {
    name: normalize("mysql2/lib/pool.js"),
    supportedVersions,
    patch(exports: PoolClass) {
      const { prototype } = exports;
      if (typeof prototype?.getConnection !== "function") return exports;
      unpatch(exports);
      mysql._wrap(prototype, "getConnection", (original) => {
        return function getConnection(callback) {
          return original.call(this, callback && context.bind(context.active(), callback));
        };
      });
      return exports;
    },
    unpatch,
  };
}
