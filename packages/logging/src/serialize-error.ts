/**
 * An error as plain data. pino's own serializer marks the error while it looks at it, so it throws for a frozen one, and
 * loses causes that are no errors.
 */

export interface SerializedError {
  /** The name of its class. */
  readonly type: string;
  /** With the messages of its causes: `order failed: socket closed`. */
  readonly message: string;
  /** With the stacks of its causes. */
  readonly stack: string;
  /** Of an AggregateError, the first 20. */
  readonly aggregateErrors?: readonly unknown[];
  readonly [field: string]: unknown;
}

/** Causes of causes, and errors within errors, are followed so far. */
const MAX_DEPTH = 8;
const MAX_AGGREGATED = 20;

/** What a log line says of an error; anything else is returned as it is. Never throws. */
export function serializeError(error: unknown): unknown {
  return serialized(error, new Set());
}

function serialized(value: unknown, seen: Set<unknown>): unknown {
  if (!isErrorLike(value)) return value;
  if (seen.has(value) || seen.size >= MAX_DEPTH) return `[${typeOf(value)}: ${textOf(value, "message")}]`;
  seen.add(value);
  const chain = causesOf(value);
  const last = read(chain.at(-1), "cause");
  const aggregated = read(value, "errors");
  const plain: Record<string, unknown> = {
    type: typeOf(value),
    message: chain.map((one) => textOf(one, "message")).join(": "),
    stack: chain.map((one) => textOf(one, "stack")).join("\ncaused by: "),
  };
  if (Array.isArray(aggregated)) {
    plain["aggregateErrors"] = aggregated.slice(0, MAX_AGGREGATED).map((one) => serialized(one, seen));
  }
  if (last !== undefined && !isErrorLike(last)) plain["cause"] = last;
  for (const key of Object.keys(value)) {
    if (key in plain || key === "cause" || key === "errors") continue;
    plain[key] = serialized(read(value, key), seen);
  }
  seen.delete(value);
  return plain;
}

/** The error and its causes, down to the first that is no error or comes again. */
function causesOf(error: object): readonly object[] {
  const chain = new Set<object>();
  let current: unknown = error;
  while (isErrorLike(current) && !chain.has(current) && chain.size < MAX_DEPTH) {
    chain.add(current);
    const cause = read(current, "cause");
    // VError and its kind have a method there.
    current = typeof cause === "function" ? attempt(() => cause.call(current)) : cause;
  }
  return [...chain];
}

function isErrorLike(value: unknown): value is object {
  return (
    value instanceof Error ||
    (typeof value === "object" &&
      value !== null &&
      typeof read(value, "message") === "string" &&
      typeof read(value, "stack") === "string")
  );
}

function typeOf(error: object): string {
  const name = read(read(error, "constructor"), "name");
  // What has been serialized by another library has a name only.
  return typeof name === "string" && name !== "" && name !== "Object" ? name : textOf(error, "name");
}

function textOf(error: object, key: string): string {
  const value = read(error, key);
  return typeof value === "string" ? value : "";
}

/** A getter of the application's may throw. */
function read(object: unknown, key: string): unknown {
  return attempt(() => (object as Record<string, unknown> | undefined)?.[key]);
}

function attempt(work: () => unknown): unknown {
  try {
    return work();
  } catch {
    return undefined;
  }
}
