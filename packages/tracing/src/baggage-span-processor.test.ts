import { propagation, ROOT_CONTEXT } from "@opentelemetry/api";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { expect, test } from "vitest";
import { baggageSpanProcessor } from "./baggage-span-processor.ts";

const exporter = new InMemorySpanExporter();
const provider = new TracerProvider({
  spanProcessors: [
    baggageSpanProcessor({ attributes: ["desk.id", "strategy"] }),
    new SimpleSpanProcessor({ exporter }),
  ],
});

test("only entries on the list become attributes", () => {
  const baggage = propagation.createBaggage({ "desk.id": { value: "d1" }, password: { value: "secret" } });
  provider.getTracer("test").startSpan("order", {}, propagation.setBaggage(ROOT_CONTEXT, baggage)).end();
  expect(exporter.getFinishedSpans().at(-1)!.attributes).toEqual({ "desk.id": "d1" });
});

test("a span without baggage is left alone", () => {
  provider.getTracer("test").startSpan("order", {}, ROOT_CONTEXT).end();
  expect(exporter.getFinishedSpans().at(-1)!.attributes).toEqual({});
});
