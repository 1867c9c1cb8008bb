import * as api from "@opentelemetry/api";
import {
  createTracerProvider,
  ignoreSpan,
  isSampled,
  parentBasedSampler,
  ratioSampler,
  registerContextManager,
} from "@telltale/tracing";
import { ExportQueue } from "../../packages/telltale/src/export-queue.ts";
import { requestEncoder } from "../../packages/tracing/src/otlp/request-encoder.ts";
import { lost, slowExporter, worksOf } from "./workload.mjs";

/** As `bootstrap()` configures it. */
const batch = { maxQueueSize: 16_384, maxExportBatchSize: 512, scheduledDelayMs: 5_000, exportTimeoutMs: 30_000 };

export const works = worksOf({
  api,
  registerContextManager,
  provider: (ratio, spanProcessors) =>
    createTracerProvider({
      sampler: parentBasedSampler({ root: ratioSampler(ratio) }),
      spanProcessors: spanProcessors.map((processor) => ({ ...processor, onStart: ignoreSpan })),
    }),
  otlpEncoder: () => {
    const encode = requestEncoder("traces", "protobuf");
    return (spans) => {
      const steps = encode(spans);
      let step = steps.next();
      while (!step.done) step = steps.next();
      step.value.release();
    };
  },
  lossy: async (work) => {
    const exporter = slowExporter();
    const queue = new ExportQueue({ exporter, batch, what: "spans" });
    const processor = {
      onStart: ignoreSpan,
      onEnd: (span) => isSampled(span) && queue.add(span),
      forceFlush: () => queue.flush(),
      shutdown: () => queue.shutdown(),
    };
    const provider = createTracerProvider({ spanProcessors: [processor] });
    return () => lost(provider, exporter, work, api.ROOT_CONTEXT);
  },
});
