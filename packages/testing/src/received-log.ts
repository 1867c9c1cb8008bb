import { bigintIn, numberIn, type OtlpTree, stringIn, treesIn } from "./otlp-tree.ts";
import {
  anyValueIn,
  attributesOf,
  type ReceivedAttributes,
  type ReceivedResource,
  type ReceivedScope,
  resourceOf,
  scopeOf,
} from "./received-attributes.ts";

export interface ReceivedLog {
  readonly timeUnixNano: bigint;
  readonly observedTimeUnixNano: bigint;
  /** 1 to 24; 0 when unspecified. */
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: unknown;
  readonly eventName: string;
  readonly attributes: ReceivedAttributes;
  readonly droppedAttributesCount: number;
  /** 32 hex digits; `undefined` outside a trace. */
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
  readonly flags: number;
  readonly resource: ReceivedResource;
  readonly scope: ReceivedScope;
}

/** All log records of an `ExportLogsServiceRequest`, each with its resource and scope. */
export function logsOf(request: OtlpTree): readonly ReceivedLog[] {
  return treesIn(request, "resourceLogs").flatMap((resourceLogs) => {
    const resource = resourceOf(resourceLogs);
    return treesIn(resourceLogs, "scopeLogs").flatMap((scopeLogs) => {
      const scope = scopeOf(scopeLogs);
      return treesIn(scopeLogs, "logRecords").map((record) => logOf(record, resource, scope));
    });
  });
}

function logOf(record: OtlpTree, resource: ReceivedResource, scope: ReceivedScope): ReceivedLog {
  return {
    timeUnixNano: bigintIn(record, "timeUnixNano"),
    observedTimeUnixNano: bigintIn(record, "observedTimeUnixNano"),
    severityNumber: numberIn(record, "severityNumber"),
    severityText: stringIn(record, "severityText"),
    body: anyValueIn(record, "body"),
    eventName: stringIn(record, "eventName"),
    attributes: attributesOf(record),
    droppedAttributesCount: numberIn(record, "droppedAttributesCount"),
    traceId: stringIn(record, "traceId") || undefined,
    spanId: stringIn(record, "spanId") || undefined,
    flags: numberIn(record, "flags"),
    resource,
    scope,
  };
}
