import { ROOT_CONTEXT, SpanStatusCode } from "@opentelemetry/api";
import { createTracerProvider } from "@telltale/tracing";
import { expect, test } from "vitest";
import { readSampling } from "./configuration/resolve-sampling.ts";
import { noSampling, startSampling } from "./sampling.ts";

function started(options: object) {
  const names: string[] = [];
  const sampling = startSampling(readSampling(options), "shop");
  const exporting = ["a", "b"].map((to) => ({
    onStart() {},
    onEnd: (span: { readonly name: string }) => void names.push(`${span.name} to ${to}`),
    forceFlush: async () => {},
    shutdown: async () => {},
  }));
  const provider = createTracerProvider({
    sampler: sampling.sampler,
    spanProcessors: [sampling.beforeExport(exporting)],
  });
  const tracer = provider.getTracer("t");
  const root = (name: string, path?: string) =>
    tracer.startSpan(name, path === undefined ? {} : { attributes: { "url.path": path } }, ROOT_CONTEXT);
  return { sampling, names, root };
}

test("rules come before the rest, and all that was decided is told", () => {
  const { sampling, names, root } = started({
    type: "always_on",
    rules: [
      { name: "health checks", route: "/health", type: "always_off" },
      { attributes: { tenant: "acme" }, ratio: 0.5 },
    ],
  });
  root("GET", "/health").end();
  root("GET", "/orders").end();
  expect(names).toEqual(["GET to a", "GET to b"]);
  expect(sampling.status()).toEqual({
    parentBased: true,
    rules: [
      { rule: "health checks", sampler: "AlwaysOffSampler", kept: 0, dropped: 1 },
      { rule: "tenant=acme", sampler: "TraceIdRatioBased{0.5}", kept: 0, dropped: 0 },
      { rule: "otherwise", sampler: "AlwaysOnSampler", kept: 1, dropped: 0 },
    ],
    kept: 1,
    dropped: 1,
    tail: undefined,
  });
});

test("sampling can be replaced, by what failed too, and goes to every exporter whole", () => {
  const { sampling, names, root } = started({ type: "always_on" });
  sampling.set({ type: "always_off", tail: { slowerThanMs: 60_000 } });
  root("fine").end();
  root("failed").setStatus({ code: SpanStatusCode.ERROR }).end();
  expect(names).toEqual(["failed to a", "failed to b"]);
  expect(sampling.status()).toMatchObject({ dropped: 2, tail: { keptForErrors: 1, dropped: 1, waiting: 0 } });
  sampling.set({ type: "always_off" });
  root("failed").setStatus({ code: SpanStatusCode.ERROR }).end();
  expect([names.length, sampling.status().tail]).toEqual([2, undefined]);
});

test("options that cannot be used are refused by name, and change nothing", () => {
  const { sampling, names, root } = started({ type: "always_on" });
  for (const set of [sampling.set, noSampling.set]) {
    expect(() => set({ ratio: 2 })).toThrow("tracing.sampling.ratio");
    expect(() => set({ type: "rate_limiting" })).toThrow("give tracesPerSecond");
    expect(() => set({ rules: [{ route: "/a" }] })).toThrow("tracing.sampling.rules[0]");
    expect(() => set({ rules: [{ route: "/a", type: "always_on", ratio: 0.5 }] })).toThrow("rules[0].ratio");
    expect(() => set({ rule: [] } as never)).toThrow('did you mean "rules"');
    expect(() => set({ type: "jaeger_remote", endpoint: "jaeger:5778" })).toThrow("http://localhost:5778/sampling");
  }
  root("a").end();
  expect(names).toEqual(["a to a", "a to b"]);
});
