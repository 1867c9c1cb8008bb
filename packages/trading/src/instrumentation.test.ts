import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { expect, test } from "vitest";
import { TradingInstrumentation } from "./instrumentation.ts";
import { trading } from "./own-trading.ts";

test("an instrumentation gives the application's trading its options and its tracer provider", () => {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const instrumentation = new TradingInstrumentation({ strategy: "by-name", logs: "none" });
  instrumentation.setTracerProvider(provider);
  expect(trading().strategy).toBe("by-name");
  expect(trading()).toBe(trading());
  const order = trading().orders({ venue: "named" }).create({ symbol: "A/B", side: "buy", qty: 1 });
  order.sent();
  order.filled({ price: 1, qty: 1 });
  expect(exporter.getFinishedSpans().map(({ name }) => name)).toContain("order A/B");
});

test("a wrong option is refused when it is constructed", () => {
  expect(() => new TradingInstrumentation({ maxOpenOrders: -1 })).toThrow("trading.maxOpenOrders");
});
