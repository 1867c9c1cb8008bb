import { type Attributes, type Link, propagation, ROOT_CONTEXT, type Span, SpanKind, trace } from "@opentelemetry/api";
import { type WithSpanOptions, withSpan } from "./with-span.ts";

/** Headers of a message, by name. Values that are bytes, as Kafka's, are read as text. */
export type MessageHeaders = Readonly<Record<string, unknown>>;

export interface WithMessagesOptions<M> extends Pick<WithSpanOptions, "attributes" | "tracer"> {
  /** Queue or topic: a part of the span's name and `messaging.destination.name`. */
  readonly destination: string;
  /** Such as `kafka`, `rabbitmq`, `aws_sqs`: `messaging.system`. */
  readonly system: string;
  readonly messages: readonly M[];
  /** Where a message carries what its producer injected. */
  readonly headers: (message: M) => MessageHeaders | undefined;
  /**
   * How a message's own trace and this one belong together. OpenTelemetry prefers links, since a batch has many producers;
   * `parent` continues the trace of the first message and links to the others.
   * @default "link"
   */
  readonly relation?: "link" | "parent";
}

/**
 * Runs the processing of one message or a batch in a consumer's span, linked to the spans in which they were produced. To be
 * found by it, a producer injects its context: `propagation.inject(context.active(), headers)`.
 * @see https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
 */
export function withMessages<M, T>(options: WithMessagesOptions<M>, fn: (span: Span) => T): T {
  const { destination, system, messages, headers, relation = "link", tracer } = options;
  const contexts = messages.map((message) => propagation.extract(ROOT_CONTEXT, headers(message) ?? {}, headersGetter));
  const links = contexts.map((one): Link | undefined => {
    const producer = trace.getSpanContext(one);
    return producer === undefined ? undefined : { context: producer };
  });
  const attributes: Attributes = {
    ...options.attributes,
    "messaging.system": system,
    "messaging.destination.name": destination,
    "messaging.operation.name": "process",
    "messaging.operation.type": "process",
    ...(messages.length !== 1 && { "messaging.batch.message_count": messages.length }),
  };
  const [first] = links;
  const parent = relation === "parent" && first !== undefined ? contexts[0] : undefined;
  return withSpan(
    `process ${destination}`,
    {
      attributes,
      kind: SpanKind.CONSUMER,
      links: (parent === undefined ? links : links.slice(1)).filter((link) => link !== undefined),
      ...(parent === undefined ? { root: true } : { parent }),
      ...(tracer !== undefined && { tracer }),
    },
    fn,
  );
}

const headersGetter = {
  keys: (carrier: MessageHeaders): string[] => Object.keys(carrier),
  get(carrier: MessageHeaders, name: string): string | undefined {
    const key = name in carrier ? name : Object.keys(carrier).find((one) => one.toLowerCase() === name);
    const value = key === undefined ? undefined : carrier[key];
    if (typeof value === "string") return value;
    return value instanceof Uint8Array ? Buffer.from(value).toString("utf8") : undefined;
  },
};
