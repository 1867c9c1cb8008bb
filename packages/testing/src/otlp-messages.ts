import protobuf, { type Type } from "protobufjs";
import { otlpDefinitions } from "./otlp-definitions.ts";

export type Signal = "traces" | "metrics" | "logs";

interface SignalMessages {
  readonly request: Type;
  readonly response: Type;
  /** Field of the partial success that counts what was refused. */
  readonly rejectedField: string;
}

let messages: Record<Signal, SignalMessages> | undefined;

/** The official request and response message of a signal's collector service. */
export function messagesOf(signal: Signal): SignalMessages {
  messages ??= loadMessages();
  return messages[signal];
}

/** `google.rpc.Status`, the body that OTLP asks for in every answer that is not 200. */
export function statusType(): Type {
  return messagesOf("traces").request.root.lookupType("google.rpc.Status");
}

function loadMessages(): Record<Signal, SignalMessages> {
  const root = new protobuf.Root();
  for (const [name, nested] of Object.entries(otlpDefinitions)) root.define(name, { ...nested });
  root.define("google.rpc", {
    Status: { fields: { code: { type: "int32", id: 1 }, message: { type: "string", id: 2 } } },
  });
  root.resolveAll();
  const load = (signal: string, service: string, rejectedField: string): SignalMessages => ({
    request: root.lookupType(`opentelemetry.proto.collector.${signal}.v1.Export${service}ServiceRequest`),
    response: root.lookupType(`opentelemetry.proto.collector.${signal}.v1.Export${service}ServiceResponse`),
    rejectedField,
  });
  return {
    traces: load("trace", "Trace", "rejectedSpans"),
    metrics: load("metrics", "Metrics", "rejectedDataPoints"),
    logs: load("logs", "Logs", "rejectedLogRecords"),
  };
}
