import type { Attributes } from "@opentelemetry/api";
import { warnOnce } from "../warn-once.ts";
import { writeKeyValue } from "./any-value.ts";
import { type RecordLimits, writeLineRecord } from "./line-record.ts";
import { ProtobufBuffer } from "./protobuf-buffer.ts";

export interface LogRequestOptions {
  /** The resource's attributes. */
  readonly resource: Attributes;
  readonly resourceSchemaUrl?: string | undefined;
  readonly limits: RecordLimits;
}

/** Of opentelemetry.proto.collector.logs.v1 and opentelemetry.proto.logs.v1. */
const RESOURCE_LOGS = 0x0a;
const RESOURCE = 0x0a;
const SCOPE_LOGS = 0x12;
const SCOPE = 0x0a;
const LOG_RECORD = 0x12;
const SCHEMA_URL = 0x1a;
const ATTRIBUTE = 0x0a;
const NAME = 0x0a;

/** What a buffer that has held one large request is not kept for. */
const MAX_KEPT_BYTES = 2 ** 20;

const warn = warnOnce();
let kept = new ProtobufBuffer();

/** Lines of telltale's loggers as an OTLP ExportLogsServiceRequest; each logger is a scope. */
export function logRequest(lines: readonly string[], options: LogRequestOptions): Uint8Array {
  const to = kept;
  to.at = 0;
  const resourceLogs = to.begin(RESOURCE_LOGS);
  const resource = to.begin(RESOURCE);
  for (const [key, value] of Object.entries(options.resource)) {
    if (value !== undefined) writeKeyValue(to, ATTRIBUTE, key, value, Number.POSITIVE_INFINITY);
  }
  to.end(resource);
  for (const [name, its] of byLogger(lines)) {
    to.reserve(64);
    const scopeLogs = to.begin(SCOPE_LOGS);
    const scope = to.begin(SCOPE);
    to.text(NAME, name);
    to.end(scope);
    for (const line of its) writeOrLeaveOut(to, line, options.limits);
    to.end(scopeLogs);
  }
  if (options.resourceSchemaUrl !== undefined) to.text(SCHEMA_URL, options.resourceSchemaUrl);
  to.end(resourceLogs);
  // The request leaves later, and the buffer is written anew by then.
  const request = Buffer.from(to.bytes.subarray(0, to.at));
  if (to.bytes.length > MAX_KEPT_BYTES) kept = new ProtobufBuffer();
  return request;
}

function writeOrLeaveOut(to: ProtobufBuffer, line: string, limits: RecordLimits): void {
  const start = to.at;
  try {
    writeLineRecord(to, LOG_RECORD, line, limits);
  } catch (error) {
    to.at = start;
    warn("a log line that is no JSON was left out of an export", error);
  }
}

const LOGGER = ',"logger":"';

function byLogger(lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const line of lines) {
    const at = line.indexOf(LOGGER);
    const start = at + LOGGER.length;
    const written = at < 0 ? "" : line.slice(start, line.indexOf('"', start));
    const name = written.includes("\\") ? String((JSON.parse(line) as { readonly logger?: unknown }).logger) : written;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [line]);
    else group.push(line);
  }
  return groups;
}
