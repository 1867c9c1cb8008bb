import type { Resource } from "@opentelemetry/resources";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { inSlices } from "../slices.ts";
import { type RequestPart, writeItems, writeParts } from "./export-request.ts";
import type { ProtobufWriter } from "./protobuf-writer.ts";
import type { EncodedRequest } from "./request-encoder.ts";
import { writeSpan } from "./span.ts";
import { keepWriter, takeWriter } from "./writers.ts";

/** So many spans are encoded without waiting for more. A part of a millisecond. */
const AT_ONCE = 32;

/** Spans of the next step. The first ever is one span: none of the code has been compiled, which takes as long as a thousand. */
let stepSize = 1;

/**
 * Spans of one export request, encoded soon after they have ended. As objects they would wait for the rest of their batch
 * and for the collector's answer, past many collections of young objects; V8 makes room for what lives that long, tens of
 * megabytes, and what is allocated next is in no cache. An OTLP exporter over protobuf takes a batch in the place of spans.
 */
export class SpanBatch {
  readonly #ended: ReadableSpan[] = [];
  /** The place in `#ended` of what is to be encoded next. */
  #next = 0;
  #parts: RequestPart[] = [];
  #lastPart: RequestPart | undefined;
  #isEncoding = false;
  #length = 0;
  #leftOut = 0;

  /** How many spans there are. */
  get length(): number {
    return this.#length;
  }

  /** Of the first span. */
  get resource(): Resource | undefined {
    return (this.#parts[0] ?? this.#ended[0])?.resource;
  }

  add(span: ReadableSpan): void {
    this.#length++;
    this.#ended.push(span);
    // What is awaited of a resource belongs into the request, and until then each span can be had without it.
    if (this.#isEncoding || this.#ended.length < AT_ONCE || span.resource.asyncAttributesPending) return;
    this.#isEncoding = true;
    // When whatever ended them has returned.
    void Promise.resolve()
      .then(() => inSlices(this.#encode()))
      .then(() => {
        this.#isEncoding = false;
      });
  }

  /** The request, in steps of a fraction of a millisecond. */
  *request(): Generator<void, EncodedRequest> {
    yield* this.#encode();
    const writer = takeWriter();
    writeParts(writer, this.#parts);
    return {
      bytes: writer.written(),
      leftOut: this.#leftOut,
      release: () => {
        keepWriter(writer);
        for (const { items } of this.#parts) keepWriter(items);
        this.#parts = [];
        this.#lastPart = undefined;
      },
    };
  }

  /** What it holds, for whoever cannot wait: a request of what is encoded, and the other spans. */
  undelivered(): (Uint8Array | ReadableSpan)[] {
    const rest = this.#ended.slice(this.#next);
    if (this.#parts.length === 0) return rest;
    const writer = takeWriter();
    writeParts(writer, this.#parts);
    return [writer.written(), ...rest];
  }

  /** May be under way more than once: whoever comes first takes the next span. */
  *#encode(): Generator<void, void> {
    for (let done = 1; this.#next < this.#ended.length; done++) {
      const span = this.#ended[this.#next++]!;
      this.#leftOut += writeItems(this.#partFor(span), [span], writeSpan);
      if (done < stepSize) continue;
      done = 0;
      stepSize = Math.min(stepSize * 2, AT_ONCE);
      yield;
    }
    this.#ended.length = 0;
    this.#next = 0;
  }

  #partFor({ resource, instrumentationScope }: ReadableSpan): ProtobufWriter {
    const isOf = (part: RequestPart): boolean =>
      part.resource === resource && part.instrumentationScope === instrumentationScope;
    let part = this.#lastPart;
    if (part === undefined || !isOf(part)) {
      part = this.#parts.find(isOf);
      if (part === undefined) {
        part = { resource, instrumentationScope, items: takeWriter() };
        this.#parts.push(part);
      }
      this.#lastPart = part;
    }
    return part.items;
  }
}
