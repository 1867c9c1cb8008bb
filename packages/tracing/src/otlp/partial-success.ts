import type { HttpAnswer } from "../http/http-sender.ts";

/** What a receiver says of a request that it has not taken whole. */
export interface PartialSuccess {
  readonly rejected: number;
  readonly message: string;
}

/** From the answer to an export of any signal: their responses differ in names only. `undefined`: nothing to tell. */
export function partialSuccessOf({ contentType, body }: HttpAnswer): PartialSuccess | undefined {
  if (body.length === 0) return undefined;
  try {
    const found = contentType.startsWith("application/json") ? fromJson(body) : fromProtobuf(body);
    return found.rejected > 0 || found.message !== "" ? found : undefined;
  } catch {
    // Not every receiver answers in OTLP; the items were taken all the same.
    return undefined;
  }
}

function fromJson(body: Buffer): PartialSuccess {
  const { partialSuccess = {} } = JSON.parse(body.toString()) as { partialSuccess?: Record<string, unknown> };
  const { rejectedSpans, rejectedLogRecords, rejectedDataPoints, errorMessage = "" } = partialSuccess;
  return {
    rejected: Number(rejectedSpans ?? rejectedLogRecords ?? rejectedDataPoints ?? 0) || 0,
    message: String(errorMessage),
  };
}

/** Field 1 of the response, and in it 1, the number, and 2, the message. */
function fromProtobuf(body: Buffer): PartialSuccess {
  let found = { rejected: 0, message: "" };
  for (const response of fieldsOf(body)) {
    if (response.number !== 1 || typeof response.value === "number") continue;
    for (const { number, value } of fieldsOf(response.value)) {
      if (number === 1 && typeof value === "number") found = { ...found, rejected: value };
      if (number === 2 && typeof value !== "number") found = { ...found, message: value.toString() };
    }
  }
  return found;
}

interface Field {
  readonly number: number;
  /** Of a varint the number, else the bytes. */
  readonly value: number | Buffer;
}

function* fieldsOf(message: Buffer): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = message[at++];
      if (byte === undefined) throw new RangeError("cut");
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  const bytes = (length: number): Buffer => {
    if (at + length > message.length) throw new RangeError("cut");
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    switch (tag % 8) {
      case 0:
        yield { number, value: varint() };
        break;
      case 1:
        yield { number, value: bytes(8) };
        break;
      case 2:
        yield { number, value: bytes(varint()) };
        break;
      case 5:
        yield { number, value: bytes(4) };
        break;
      default:
        throw new RangeError("groups are not in OTLP");
    }
  }
}
