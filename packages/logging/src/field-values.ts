import { serializeError } from "./serialize-error.ts";

type Fields = Record<string, unknown>;

/**
 * What is written in place of a line's fields: functions are called, so that what is expensive is computed only for a line that
 * is written, and errors are written out under any key, where JSON would leave `{}` of them.
 */
// Hot: benchmarks/logging.ts. Nothing is allocated when there is neither.
export function fieldValues(fields: Fields): Fields {
  for (const key in fields) {
    const value = fields[key];
    if (typeof value === "function" || (typeof value === "object" && value instanceof Error)) return replaced(fields);
  }
  return fields;
}

function replaced(fields: Fields): Fields {
  const values: Fields = {};
  for (const key of Object.keys(fields)) {
    const value = fields[key];
    const computed = typeof value === "function" ? resultOf(value as () => unknown) : value;
    // pino's serializers do those under the keys that it knows.
    values[key] = computed instanceof Error && key !== "err" && key !== "error" ? serializeError(computed) : computed;
  }
  return values;
}

function resultOf(compute: () => unknown): unknown {
  try {
    return compute();
  } catch (error) {
    return `[threw ${String(error)}]`;
  }
}
