import type { Attributes } from "@opentelemetry/api";
import { warnOnce } from "../warn-once.ts";
import { writeKeyValue } from "./any-value.ts";
import { head, matches, readHead } from "./line-head.ts";
import { copyRecord, type RecordLimits, writeParsedRecord } from "./line-record.ts";
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
const MAX_KEPT_BYTES = 4 * 2 ** 20;

const NEWLINE = 0x0a;

const warn = warnOnce();
let kept = new ProtobufBuffer();

/**
 * Lines of telltale's loggers, in UTF-8 and each with its newline, as an OTLP ExportLogsServiceRequest; each logger is a scope.
 */
export function logRequest(lines: Buffer, options: LogRequestOptions): Uint8Array {
  const to = kept;
  to.at = 0;
  const resourceLogs = to.begin(RESOURCE_LOGS);
  const resource = to.begin(RESOURCE);
  for (const [key, value] of Object.entries(options.resource)) {
    if (value !== undefined) writeKeyValue(to, ATTRIBUTE, key, value, Number.POSITIVE_INFINITY);
  }
  to.end(resource);
  writeScopes(to, lines, options.limits);
  if (options.resourceSchemaUrl !== undefined) to.text(SCHEMA_URL, options.resourceSchemaUrl);
  to.end(resourceLogs);
  // The request leaves later, and the buffer is written anew by then.
  const request = Buffer.from(to.bytes.subarray(0, to.at));
  if (to.bytes.length > MAX_KEPT_BYTES) kept = new ProtobufBuffer();
  return request;
}

/** Lines that follow one another from one logger are in one scope. */
function writeScopes(to: ProtobufBuffer, from: Buffer, limits: RecordLimits): void {
  let scope: { readonly start: number; readonly name: Buffer } | undefined;
  for (let start = 0, next = 0; start < from.length; start = next) {
    next = from.indexOf(NEWLINE, start) + 1 || from.length;
    to.reserve((next - start) * 6 + 512);
    const isSimple = readHead(from, start);
    const fields = isSimple ? undefined : fieldsOf(from, start, next);
    if (!isSimple && fields === undefined) continue;
    if (scope === undefined || !isSimple || !isNamed(scope.name, from)) {
      const name = isSimple
        ? Buffer.from(from.subarray(head.logger, head.loggerEnd))
        : Buffer.from(String(fields?.["logger"]));
      if (scope === undefined || !scope.name.equals(name)) {
        if (scope !== undefined) to.end(scope.start);
        scope = { start: beginScope(to, name), name };
      }
    }
    if (isSimple && copyRecord(to, LOG_RECORD, from, limits)) continue;
    const parsed = fields ?? fieldsOf(from, start, next);
    if (parsed !== undefined) writeParsedRecord(to, LOG_RECORD, parsed, limits);
  }
  if (scope !== undefined) to.end(scope.start);
}

/** Whether the line whose head was read is of that scope. */
function isNamed(name: Uint8Array, from: Uint8Array): boolean {
  return head.loggerEnd - head.logger === name.length && matches(from, head.logger, name);
}

function beginScope(to: ProtobufBuffer, name: Buffer): number {
  const scopeLogs = to.begin(SCOPE_LOGS);
  const scope = to.begin(SCOPE);
  to.text(NAME, name.toString("utf8"));
  to.end(scope);
  return scopeLogs;
}

function fieldsOf(from: Buffer, start: number, end: number): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(from.toString("utf8", start, end)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    warn("a log line that is no JSON was left out of an export", error);
    return undefined;
  }
}
