import { lost, slowExporter, worksOf } from "./workload.mjs";

export function sdkWorks({ api, sdk, hooks, transformer }) {
  return worksOf({
    api,
    registerContextManager: () =>
      api.context.setGlobalContextManager(new hooks.AsyncLocalStorageContextManager().enable()),
    provider: (ratio, spanProcessors) =>
      new sdk.TracerProvider({
        sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(ratio) }),
        spanProcessors,
      }),
    otlpEncoder: () => (spans) => transformer.ProtobufTraceSerializer.serializeRequest(spans),
    lossy: async (work) => {
      const exporter = slowExporter();
      const provider = new sdk.TracerProvider({ spanProcessors: [new sdk.BatchSpanProcessor({ exporter })] });
      return () => lost(provider, exporter, work, api.ROOT_CONTEXT);
    },
  });
}
