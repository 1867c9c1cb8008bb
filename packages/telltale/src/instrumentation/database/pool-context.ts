/**
 * What the instrumentations of mysql2 and redis leave to be done: what waits for a connection of a pool goes on in the context of
 * whoever gives one back. Its span, and all that follows from it, would be in the trace of another request.
 */

import { normalize } from "node:path";
import { context } from "@opentelemetry/api";
import type {
  Instrumentation,
  InstrumentationModuleDefinition,
  InstrumentationModuleFile,
} from "@opentelemetry/instrumentation";

/** `PoolClass.prototype.method` takes what is called with the connection. */
interface PoolMethod {
  readonly file: string;
  readonly classIn: (exports: unknown) => unknown;
  readonly method: string;
}

export function adjustMySQL2Pool(instrumentation: Instrumentation): void {
  keepContext(instrumentation as Internals, "mysql2", {
    file: "mysql2/lib/pool.js",
    classIn: (exports) => exports,
    method: "getConnection",
  });
}

export function adjustRedisPool(instrumentation: Instrumentation): void {
  const { instrumentationV4_V5: part } = instrumentation as { readonly instrumentationV4_V5?: Internals };
  if (part === undefined) return;
  keepContext(part, "@redis/client", {
    file: "@redis/client/dist/lib/client/pool.js",
    classIn: (exports) => (exports as { readonly RedisClientPool?: unknown }).RedisClientPool,
    method: "execute",
  });
}

/** What `InstrumentationBase` keeps to itself. */
interface Internals extends Instrumentation {
  readonly _modules?: readonly InstrumentationModuleDefinition[];
  _wrap(holder: object, name: string, wrapper: (original: Waiting) => Waiting): unknown;
  _unwrap(holder: object, name: string): void;
}

type Waiting = ((this: unknown, then?: (...args: unknown[]) => unknown) => unknown) & { readonly __original?: unknown };

function keepContext(part: Internals, moduleName: string, pool: PoolMethod): void {
  for (const { name, files, supportedVersions } of part._modules ?? []) {
    if (name === moduleName) files.push(poolFile(part, supportedVersions, pool));
  }
}

function poolFile(
  part: Internals,
  supportedVersions: string[],
  { file, classIn, method }: PoolMethod,
): InstrumentationModuleFile {
  const prototypeIn = (exports: unknown): Readonly<Record<string, Waiting | undefined>> | undefined =>
    (classIn(exports) as { readonly prototype?: Readonly<Record<string, Waiting>> } | undefined)?.prototype;
  const unpatch = (exports?: unknown): void => {
    const prototype = exports === undefined ? undefined : prototypeIn(exports);
    if (prototype?.[method]?.__original) part._unwrap(prototype, method);
  };
  return {
    name: normalize(file),
    supportedVersions,
    patch(exports: unknown) {
      const prototype = prototypeIn(exports);
      if (typeof prototype?.[method] !== "function") return exports;
      unpatch(exports);
      part._wrap(prototype, method, (original) => {
        return function waiting(then) {
          return original.call(this, typeof then === "function" ? context.bind(context.active(), then) : then);
        };
      });
      return exports;
    },
    unpatch,
  };
}
