import { type Attributes, context, ROOT_CONTEXT, SpanKind } from "@opentelemetry/api";
import { AlwaysOnSampler } from "@opentelemetry/sdk-trace";
import { expect, test } from "vitest";
import { createTracerProvider } from "../engine/tracer-provider.ts";
import { alwaysOffSampler, alwaysOnSampler } from "./constant-sampler.ts";
import { ruleSampler, type SamplingRule } from "./rule-sampler.ts";

const on = alwaysOnSampler();
const off = alwaysOffSampler();

function isKept(rule: Omit<SamplingRule, "sampler">, name: string, attributes: Attributes = {}): boolean {
  const sampler = ruleSampler({ rules: [{ ...rule, sampler: on }], otherwise: off });
  const bySpecification = sampler.shouldSample(context.active(), "1".repeat(32), name, SpanKind.SERVER, attributes, []);
  const span = createTracerProvider({ sampler }).getTracer("t").startSpan(name, { attributes }, ROOT_CONTEXT);
  expect(span.isRecording()).toBe(bySpecification.decision === 2);
  return span.isRecording();
}

test("a route matches the request's path, whose segments may be parameters", () => {
  const path = (text: string): Attributes => ({ "url.path": text });
  expect(isKept({ route: "/health" }, "GET", path("/health"))).toBe(true);
  expect(isKept({ route: "/health" }, "GET", path("/health/live"))).toBe(false);
  expect(isKept({ route: "/users/:id" }, "GET", path("/users/5"))).toBe(true);
  expect(isKept({ route: "/users/:id" }, "GET", path("/users/5/orders"))).toBe(false);
  expect(isKept({ route: "/users/*/orders" }, "GET", path("/users/5/orders"))).toBe(true);
  expect(isKept({ route: "/api/**" }, "GET", path("/api/a/b"))).toBe(true);
  expect(isKept({ route: "/a.b" }, "GET", path("/aXb"))).toBe(false);
  expect(isKept({ route: "/old" }, "GET", { "http.target": "/old?x=1" })).toBe(true);
  expect(isKept({ route: "/r/:id" }, "GET", { "http.route": "/r/:id", "url.path": "/other" })).toBe(true);
  expect(isKept({ route: "/health" }, "GET")).toBe(false);
});

test("a name and attributes match as a whole, with stars, and all of them have to", () => {
  expect(isKept({ span: "GET *" }, "GET /users")).toBe(true);
  expect(isKept({ span: "GET *" }, "POST /users")).toBe(false);
  expect(isKept({ attributes: { tenant: "acme-*", vip: true } }, "a", { tenant: "acme-1", vip: true })).toBe(true);
  expect(isKept({ attributes: { tenant: "acme-*", vip: true } }, "a", { tenant: "acme-1", vip: false })).toBe(false);
  expect(isKept({ attributes: { tenant: "*" } }, "a")).toBe(false);
  expect(isKept({ span: "a", attributes: { b: 1 } }, "a", { b: 2 })).toBe(false);
});

test("a function may decide, and one that throws says no", () => {
  expect(isKept({ matches: ({ attributes }) => attributes?.["x"] === 1 }, "a", { x: 1 })).toBe(true);
  const broken = (): never => {
    throw new Error("broken");
  };
  expect(isKept({ matches: broken }, "a")).toBe(false);
});

test("the first rule that matches decides, and each counts what it decided", () => {
  const sampler = ruleSampler({
    rules: [
      { route: "/health", sampler: off },
      { name: "orders", span: "GET *", sampler: on },
    ],
    otherwise: off,
  });
  const tracer = createTracerProvider({ sampler }).getTracer("t");
  tracer.startSpan("GET /health", { attributes: { "url.path": "/health" } }, ROOT_CONTEXT);
  for (let times = 0; times < 2; times++) tracer.startSpan("GET /orders", {}, ROOT_CONTEXT);
  tracer.startSpan("cron", {}, ROOT_CONTEXT);
  expect(sampler.status()).toEqual([
    { rule: "route /health", sampler: "AlwaysOffSampler", kept: 0, dropped: 1 },
    { rule: "orders", sampler: "AlwaysOnSampler", kept: 2, dropped: 0 },
    { rule: "otherwise", sampler: "AlwaysOffSampler", kept: 0, dropped: 1 },
  ]);
});

test("rules may have samplers of any make", () => {
  const sampler = ruleSampler({ rules: [{ span: "a", sampler: new AlwaysOnSampler() }], otherwise: off });
  const tracer = createTracerProvider({ sampler }).getTracer("t");
  expect(tracer.startSpan("a", {}, ROOT_CONTEXT).isRecording()).toBe(true);
  expect(tracer.startSpan("b", {}, ROOT_CONTEXT).isRecording()).toBe(false);
});
