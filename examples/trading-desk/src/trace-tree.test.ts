import { expect, test } from "vitest";
import type { ViewedSpan } from "./trace-store.ts";
import { formatTrace } from "./trace-tree.ts";

const span: ViewedSpan = {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "1",
  parentSpanId: "",
  service: "trading-desk",
  name: "POST /orders",
  kind: 2,
  startMs: 1_000,
  durationMs: 28,
  failed: false,
  attributes: {},
};

test("children stand under their parents in the order they began, with bars that show when they ran", () => {
  const spans = [
    {
      ...span,
      spanId: "3",
      parentSpanId: "2",
      service: "exchange",
      name: "POST /executions",
      startMs: 1_014,
      durationMs: 7,
    },
    span,
    { ...span, spanId: "4", parentSpanId: "1", name: "pg.query", startMs: 1_021, durationMs: 7, failed: true },
    { ...span, spanId: "2", parentSpanId: "1", name: "POST", startMs: 1_000, durationMs: 21 },
  ];
  expect(formatTrace(spans, [{ service: "exchange", level: "warn", message: "slow" }])).toBe(
    [
      "trace 0af7651916cd43dd8448eb211c80319c  4 spans, 2 services, 28.0 ms",
      "trading-desk  POST /orders                          28.0 ms  ██████████████████",
      "trading-desk  ├─ POST                               21.0 ms  ██████████████",
      "exchange      │  └─ POST /executions                 7.0 ms           █████",
      "trading-desk  └─ pg.query                            7.0 ms               █████  ✗",
      "exchange      log warn: slow",
    ].join("\n"),
  );
});

test("a database span shows its statement, in one line and cut", () => {
  const attributes = { "db.statement": "SELECT a,\n  b FROM orders WHERE id = $1 AND symbol = $2" };
  expect(formatTrace([{ ...span, name: "pg.query:SELECT", attributes }])).toContain(
    "SELECT a, b FROM orders WHERE id = …",
  );
});

test("a span whose parent has not arrived is drawn as a root", () => {
  expect(formatTrace([{ ...span, parentSpanId: "unknown" }])).toContain("trading-desk  POST /orders");
});

test("a trace of no duration is drawn all the same", () => {
  expect(formatTrace([{ ...span, durationMs: 0 }])).toMatch(/0\.0 ms {2}▏$/);
});
