/** Attribute values for formats that know only strings, numbers and booleans. */

/**
 * Maps and arrays as JSON, bytes as base64; other values as they are.
 * @see https://opentelemetry.io/docs/specs/otel/common/#mapping-arbitrary-data-to-otlp-anyvalue
 */
export function plainValue(value: unknown): string | number | boolean {
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
      return value;
    default:
      if (value === null || value === undefined) return "";
      if (value instanceof Uint8Array) return base64(value);
      return JSON.stringify(value, asJson) ?? String(value);
  }
}

function asJson(_key: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return base64(value);
  if (typeof value === "bigint") return String(value);
  // JSON has no NaN and no infinities.
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
}
