import * as zlib from "node:zlib";
import { messagesOf, type Signal, statusType } from "./otlp-messages.ts";
import { checkRules } from "./otlp-rules.ts";
import type { OtlpTree, ReportProblem } from "./otlp-tree.ts";
import { readJson } from "./read-json.ts";
import { readProtobuf } from "./read-protobuf.ts";

export const PROTOBUF = "application/x-protobuf";
export const JSON_TYPE = "application/json";

/** The content encodings that this Node can undo; zstd came with 22.15. */
export const decompressors: Readonly<Record<string, (bytes: Uint8Array) => Buffer>> = {
  identity: (bytes) => Buffer.from(bytes),
  gzip: (bytes) => zlib.gunzipSync(bytes),
  deflate: (bytes) => zlib.inflateSync(bytes),
  zstd: (bytes) => zlib.zstdDecompressSync(bytes),
};

/** Decodes an export request strictly; what the definitions or the specification refuse is reported. */
export function decodeRequest(
  signal: Signal,
  body: Uint8Array,
  options: { readonly contentType: string; readonly report: ReportProblem },
): OtlpTree {
  const type = messagesOf(signal).request;
  const tree =
    options.contentType === JSON_TYPE
      ? readJson(type, Buffer.from(body).toString("utf8"), options.report)
      : readProtobuf(type, body, options.report);
  checkRules(tree, options.report);
  return tree;
}

/** The body of a 200 answer. A partial success goes in when something was refused or there is something to say. */
export function encodeSuccess(
  signal: Signal,
  contentType: string,
  partial?: { readonly rejected: number; readonly message: string },
): Buffer {
  const { response, rejectedField } = messagesOf(signal);
  if (contentType === JSON_TYPE) {
    // 64-bit integers are strings in protobuf's JSON.
    const fields = partial && { [rejectedField]: String(partial.rejected), errorMessage: partial.message };
    return Buffer.from(JSON.stringify(fields ? { partialSuccess: fields } : {}));
  }
  const fields = partial && { [rejectedField]: partial.rejected, errorMessage: partial.message };
  return Buffer.from(response.encode(response.fromObject(fields ? { partialSuccess: fields } : {})).finish());
}

/** The body of any other answer: a `google.rpc.Status`. */
export function encodeFailure(contentType: string, message: string): Buffer {
  if (contentType === JSON_TYPE) return Buffer.from(JSON.stringify({ message }));
  const type = statusType();
  return Buffer.from(type.encode(type.fromObject({ message })).finish());
}
