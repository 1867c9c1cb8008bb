import { createRequire } from "node:module";
import type { TracerProvider } from "@opentelemetry/api";
import type { Instrumentation } from "@opentelemetry/instrumentation";
import { InMemorySpanExporter, type Sampler, SimpleSpanProcessor } from "@opentelemetry/sdk-trace";
import { alwaysOffSampler, alwaysOnSampler, createTracerProvider, ruleSampler } from "@telltale/tracing";
import { expect, test } from "vitest";
import { adjustIORedis } from "./ioredis.ts";

const { IORedisInstrumentation } = createRequire(import.meta.url)("@opentelemetry/instrumentation-ioredis") as {
  readonly IORedisInstrumentation: new (
    config: object,
  ) => Instrumentation & {
    setTracerProvider(provider: TracerProvider): void;
    _traceSendCommand(original: (command: Command) => unknown): (command: Command) => unknown;
  };
};

interface Command {
  readonly name: string;
  readonly args: readonly string[];
  resolve(result: unknown): void;
  reject(error: Error): void;
}

test("nothing is written down of a command that is not sampled, and it is answered", () => {
  const { send, written, answers, spans } = patched(alwaysOffSampler());
  send("get", "key");
  expect([written, answers, spans()]).toEqual([[], ["value"], []]);
});

test("a sampler with rules sees what the span would say", () => {
  const rules = [{ attributes: { "db.query.text": "get secret" }, sampler: alwaysOffSampler() }];
  const { send, answers, spans } = patched(ruleSampler({ rules, otherwise: alwaysOnSampler() }));
  send("get", "secret");
  send("get", "key");
  expect(spans().map(({ attributes }) => attributes["db.query.text"])).toEqual(["get key"]);
  expect(answers).toEqual(["value", "value"]);
});

test("a command that has ended keeps nothing of its span", () => {
  const { command, answers, spans } = patched(alwaysOnSampler());
  const answered = command("get", "key");
  const own = { resolve: answered.resolve, reject: answered.reject };
  answered.send();
  expect(answered.resolve).not.toBe(own.resolve);
  answered.resolve("value");
  expect(answered).toMatchObject(own);
  const failed = command("get", "key");
  const { resolve, reject } = failed;
  failed.send();
  failed.reject(new Error("WRONGTYPE"));
  expect(failed).toMatchObject({ resolve, reject });
  expect(answers).toEqual(["value"]);
  expect(spans()).toHaveLength(2);
});

/** A client that answers what has been sent, around which the instrumentation is. */
function patched(sampler: Sampler) {
  const exporter = new InMemorySpanExporter();
  const written: string[] = [];
  const dbStatementSerializer = (name: string, args: readonly string[]): string => {
    const text = [name, ...args].join(" ");
    written.push(text);
    return text;
  };
  const ioredis = new IORedisInstrumentation({ dbStatementSerializer, requireParentSpan: false, enabled: false });
  ioredis.setTracerProvider(createTracerProvider({ sampler, spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
  adjustIORedis(ioredis);
  const observed = ioredis._traceSendCommand(() => undefined);
  const answers: unknown[] = [];
  const client = { options: { host: "cache.example", port: 6379 } };
  const command = (name: string, ...args: readonly string[]): Command & { send(): void } => ({
    name,
    args,
    resolve: (result) => answers.push(result),
    reject: () => undefined,
    send() {
      observed.call(client, this);
    },
  });
  const send = (name: string, ...args: readonly string[]): void => {
    const sent = command(name, ...args);
    sent.send();
    sent.resolve("value");
  };
  return { command, send, written, answers, spans: () => exporter.getFinishedSpans() };
}
