/**
 * OTLP of all signals: encoded in slices, over HTTP by a sender of our own, over gRPC by the part under OpenTelemetry's
 * exporter classes. Those classes also read `OTEL_EXPORTER_OTLP_*` themselves, so one backend's headers, which are often
 * secrets, would be sent to every other endpoint.
 */
import { type Context, context, diag } from "@opentelemetry/api";
import { asyncExporter, type Exporter } from "./async-exporter.ts";
import { httpSender } from "./http/http-sender.ts";
import type { OtlpExporterConfiguration, OtlpSignal } from "./otlp/configuration.ts";
import { type BytesExporter, grpcExporter } from "./otlp/grpc-exporter.ts";
import { type PartialSuccess, partialSuccessOf } from "./otlp/partial-success.ts";
import { type EncodedRequest, requestEncoder } from "./otlp/request-encoder.ts";
import { inSlices } from "./slices.ts";

/** The exporter of one signal over OTLP; `T` is a list of spans or log records, the metrics, or bytes. */
export type OtlpExporter<T> = Exporter<T>;

/**
 * The OTLP exporter of a signal. Over protobuf, items may also come as the bytes of an export request, which go out as they
 * are. The packages of its protocol are loaded when they are needed and not before.
 */
export function createOtlpExporter<T>(signal: OtlpSignal, configuration: OtlpExporterConfiguration): OtlpExporter<T> {
  const encode = requestEncoder(signal, configuration.protocol === "http/json" ? "json" : "protobuf");
  const exporter =
    configuration.protocol === "grpc" ? grpcExporter(signal, configuration) : overHttp(signal, configuration);
  const tellLeftOut = tellOnce();

  async function send(items: T): Promise<number> {
    const { request, taken } = await inSlices(beginning(items, context.active()));
    if (request.leftOut > 0) {
      tellLeftOut(`telltale: ${request.leftOut} ${signal} items could not be read and were left out of an export`);
    }
    const refused = await taken;
    // Bytes of an export that failed may still be with the connection.
    request.release();
    return request.leftOut + refused;
  }

  /** Beginning to send is a step of its own: the first time, what sends is loaded and compiled, which takes milliseconds. */
  function* beginning(items: T, within: Context): Generator<void, BegunExport> {
    const request = yield* encode(items);
    yield;
    return { request, taken: context.with(within, () => exporter.send(request.bytes)) };
  }

  return asyncExporter(send, () => exporter.close());
}

interface BegunExport {
  readonly request: EncodedRequest;
  /** How many items were not. */
  readonly taken: Promise<number>;
}

function overHttp(signal: OtlpSignal, configuration: OtlpExporterConfiguration): BytesExporter {
  const contentType = configuration.protocol === "http/json" ? "application/json" : "application/x-protobuf";
  const sender = httpSender({ ...configuration, contentType });
  const tell = tellPartialSuccess(signal, configuration.endpoint);
  return {
    async send(bytes) {
      const partial = partialSuccessOf(await sender.send(bytes));
      if (partial === undefined) return 0;
      tell(partial);
      return partial.rejected;
    },
    close: async () => sender.close(),
  };
}

/** At most once in that time, with everything since, in milliseconds. */
const TELL_EVERY_MS = 60_000;

function tellPartialSuccess(signal: OtlpSignal, endpoint: string): (partial: PartialSuccess) => void {
  const { host, pathname } = new URL(endpoint);
  let rejected = 0;
  let toldMs = Number.NEGATIVE_INFINITY;
  return (partial) => {
    rejected += partial.rejected;
    if (performance.now() - toldMs < TELL_EVERY_MS) return;
    toldMs = performance.now();
    const count = rejected > 0 ? `${rejected} items of ${signal} were refused` : `a warning about ${signal}`;
    diag.warn(
      `telltale: ${host}${pathname} took an export and says: ${count} (${partial.message || "no reason given"})`,
    );
    rejected = 0;
  };
}

function tellOnce(): (message: string) => void {
  let told = false;
  return (message) => {
    if (!told) diag.warn(message);
    told = true;
  };
}
