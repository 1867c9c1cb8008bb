import { serializeError } from "./serialize-error.ts";

type Fields = Record<string, unknown>;

/**
 * What is written in place of a line's fields: functions are called, so that what is expensive is computed only for a line that
 * is written; errors are written out under any key, where JSON would leave `{}` of them; and a field by the name of one that each
 * line has gets an underscore, `time_`, since a line with two times means nothing to whoever reads it.
 */
// Hot: benchmarks/logging.ts. Nothing is allocated when there is none of these.
export function fieldValues(fields: Fields): Fields {
  for (const key in fields) {
    const value = fields[key];
    if (typeof value === "function" || (typeof value === "object" && value instanceof Error) || isTaken(key)) {
      return replaced(fields);
    }
  }
  return fields;
}

function isTaken(key: string): boolean {
  switch (key) {
    case "level":
    case "time":
    case "service.name":
    case "trace_id":
    case "span_id":
    case "trace_flags":
    case "logger":
      return true;
    default:
      return false;
  }
}

function replaced(fields: Fields): Fields {
  const values: Fields = {};
  for (const key of Object.keys(fields)) {
    const value = fields[key];
    const computed = typeof value === "function" ? resultOf(value as () => unknown) : value;
    // pino's serializers do those under the keys that it knows.
    const isOther = computed instanceof Error && key !== "err" && key !== "error";
    values[isTaken(key) ? `${key}_` : key] = isOther ? serializeError(computed) : computed;
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
