/**
 * Lines to Grafana Loki by its push API, as JSON: with gzip it is as small as snappy-compressed protobuf, and needs no codec.
 * @see https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs
 */
import type { LogLevel } from "../log-level.ts";
import type { LogSink } from "../log-sink.ts";
import { type HttpAnswer, type HttpOptions, httpSender } from "./http-sender.ts";
import { LineQueue, type QueueOptions, type Sent } from "./line-queue.ts";
import { queueSink } from "./queue-sink.ts";
import { mapInSlices } from "./time-slices.ts";

export interface LokiSinkOptions extends HttpOptions, QueueOptions {
  /** The least severe level that is sent. @default all that loggers let through */
  readonly level?: LogLevel;
  /** Labels of every stream, beside `service_name`. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Fields of a line that become labels: few, with few values, since each combination is a stream. @default ["level"] */
  readonly lineLabels?: readonly string[];
  /** Values that such a label may have; further ones are called `other`. @default 50 */
  readonly maxLabelValues?: number;
  /** Fields of a line that become structured metadata. @default ["trace_id", "span_id"] */
  readonly metadata?: readonly string[];
  /** `X-Scope-OrgID`, for a Loki of several tenants. */
  readonly tenant?: string;
}

type Labels = Readonly<Record<string, string>>;
type Entry = readonly [timestampNs: string, line: string, metadata?: Labels];

const OTHER = "other";
const PUSH_PATH = "/loki/api/v1/push";

/** @throws TypeError with code TELLTALE_BAD_ENDPOINT. */
export function lokiSink(options: LokiSinkOptions): LogSink {
  const { lineLabels = ["level"], metadata = ["trace_id", "span_id"], maxLabelValues = 50, tenant } = options;
  const sender = httpSender({
    ...options,
    headers: { ...(tenant !== undefined && { "x-scope-orgid": tenant }), ...options.headers },
  });
  const name = `Loki at ${new URL(options.endpoint).host}`;
  const bounded = boundedValues(maxLabelValues);
  const path = new URL(options.endpoint).pathname.endsWith(PUSH_PATH) ? "" : PUSH_PATH;
  const queue = new LineQueue(name, options, async (lines) => {
    const streams = new Map<string, { readonly stream: Labels; readonly values: Entry[] }>();
    await mapInSlices(lines, (line) => {
      const fields = JSON.parse(line) as Readonly<Record<string, unknown>>;
      const stream: Record<string, string> = { ...options.labels };
      if (fields["service.name"] !== undefined) stream["service_name"] = String(fields["service.name"]);
      for (const field of lineLabels) {
        if (fields[field] !== undefined) stream[labelName(field)] = bounded(field, String(fields[field]));
      }
      const key = JSON.stringify(stream);
      const existing = streams.get(key) ?? { stream, values: [] };
      streams.set(key, existing);
      existing.values.push(entry(line, fields, metadata));
    });
    const body = JSON.stringify({ streams: [...streams.values()] });
    return outcome(lines, await sender.request({ method: "POST", path, contentType: "application/json", body }));
  });
  return queueSink(queue, { level: options.level, close: () => sender.close() });
}

let lastMs = 0;
let withinMs = 0;

function entry(line: string, fields: Readonly<Record<string, unknown>>, names: readonly string[]): Entry {
  const parsedMs = Date.parse(String(fields["time"]));
  const atMs = Number.isNaN(parsedMs) ? Date.now() : parsedMs;
  // Lines of one millisecond keep their order, and two that are the same are two.
  withinMs = atMs === lastMs ? Math.min(withinMs + 1, 999_999) : 0;
  lastMs = atMs;
  const timestampNs = `${atMs}${String(withinMs).padStart(6, "0")}`;
  const metadata: Record<string, string> = {};
  for (const name of names) if (fields[name] !== undefined) metadata[labelName(name)] = String(fields[name]);
  const text = line.endsWith("\n") ? line.slice(0, -1) : line;
  return Object.keys(metadata).length > 0 ? [timestampNs, text, metadata] : [timestampNs, text];
}

function boundedValues(limit: number): (label: string, value: string) => string {
  const known = new Map<string, Set<string>>();
  return (label, value) => {
    let values = known.get(label);
    if (values === undefined) {
      values = new Set();
      known.set(label, values);
    }
    if (values.has(value)) return value;
    if (values.size >= limit) return OTHER;
    values.add(value);
    return value;
  };
}

/** Prometheus' letters: `http.route` is `http_route`. */
function labelName(field: string): string {
  return field.replace(/[^A-Za-z0-9_]/g, "_").replace(/^(?=\d)/, "_");
}

function outcome(lines: readonly string[], { status, body, retryAfterMs }: HttpAnswer): Sent {
  if (status < 300) return { retry: [], refused: 0 };
  const reason = `HTTP status ${status}: ${body.slice(0, 300)}`;
  if (status === 413) return { retry: lines, refused: 0, tooLarge: true };
  const passes = status === 401 || status === 403 || status === 408 || status === 429 || status >= 500;
  if (!passes) return { retry: [], refused: lines.length, reason };
  return { retry: lines, refused: 0, reason, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}
