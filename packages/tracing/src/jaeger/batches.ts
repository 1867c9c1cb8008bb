import type { Resource } from "@opentelemetry/resources";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { writeProcess, writeThriftSpan } from "./thrift-span.ts";
import type { ThriftWriter } from "./thrift-writer.ts";

export interface BatchOptions {
  /** A writer of its own for each encoding; what is written is copied out of it. */
  readonly writer: ThriftWriter;
  /** A `Batch` as it is, for HTTP, or as the argument of the agent's method emitBatch, for UDP. */
  readonly as: "struct" | "call";
  /** Spans beyond this go into another batch. */
  readonly maxBytes: number;
}

export interface Batches {
  readonly bodies: readonly Uint8Array[];
  /** Spans that are larger than `maxBytes` by themselves and are in none. */
  readonly tooLarge: number;
}

/** Spans between two yields: a fraction of a millisecond. */
const STEP = 32;

/** Room for the length of the list of spans and for the ends of the structs around it. */
const AROUND = 16;

/** Encodes in steps, so that the caller may let the event loop run in between. */
export function* encodeBatches(spans: readonly ReadableSpan[], options: BatchOptions): Generator<void, Batches> {
  const { writer, maxBytes } = options;
  const bodies: Uint8Array[] = [];
  let tooLarge = 0;
  for (const { process, spans: ofProcess } of byProcess(spans, writer)) {
    let batch: Buffer[] = [];
    let size = 0;
    const emptySize = batchOf([], process, options).length + AROUND;
    for (const [index, span] of ofProcess.entries()) {
      const encoded = written(writer, () => writeThriftSpan(writer, span));
      if (emptySize + encoded.length > maxBytes) tooLarge++;
      else {
        if (emptySize + size + encoded.length > maxBytes) {
          bodies.push(batchOf(batch, process, options));
          batch = [];
          size = 0;
        }
        batch.push(encoded);
        size += encoded.length;
      }
      if (index % STEP === STEP - 1) yield;
    }
    if (batch.length > 0) bodies.push(batchOf(batch, process, options));
  }
  return { bodies, tooLarge };
}

function batchOf(spans: readonly Buffer[], process: Buffer, { writer, as }: BatchOptions): Buffer {
  return written(writer, () => {
    if (as === "call") {
      writer.call("emitBatch");
      writer.beginStruct();
      writer.struct(1);
    }
    writer.beginStruct();
    writer.struct(1);
    writer.buffer.raw(process);
    writer.structs(2, spans.length);
    for (const span of spans) writer.buffer.raw(span);
    writer.endStruct();
    if (as === "call") writer.endStruct();
  });
}

function written(writer: ThriftWriter, write: () => void): Buffer {
  writer.reset();
  write();
  const { buffer } = writer;
  return Buffer.from(buffer.bytes.subarray(0, buffer.at));
}

interface OfProcess {
  readonly process: Buffer;
  readonly spans: ReadableSpan[];
}

/** A batch has one process; resources that say the same are one. */
function byProcess(spans: readonly ReadableSpan[], writer: ThriftWriter): Iterable<OfProcess> {
  const byContent = new Map<string, OfProcess>();
  const byResource = new Map<Resource, OfProcess>();
  for (const span of spans) {
    const { resource } = span;
    let group = byResource.get(resource);
    if (group === undefined) {
      const process = written(writer, () => writeProcess(writer, resource.attributes));
      const content = process.toString("latin1");
      group = byContent.get(content) ?? { process, spans: [] };
      byContent.set(content, group);
      byResource.set(resource, group);
    }
    group.spans.push(span);
  }
  return byContent.values();
}
