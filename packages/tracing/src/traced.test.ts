import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { context, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterEach, beforeEach, expect, test } from "vitest";
import { traced } from "./traced.ts";

const exporter = new InMemorySpanExporter();

beforeEach(() => {
  exporter.reset();
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
});
afterEach(() => {
  trace.disable();
  context.disable();
});

const names = (): string[] => exporter.getFinishedSpans().map((span) => span.name);

const methodContext = (name: string): ClassMethodDecoratorContext =>
  ({ kind: "method", name, static: false, private: false }) as unknown as ClassMethodDecoratorContext;

class Desk {
  readonly venue = "north";
  place(quantity: number): string {
    return `${quantity} at ${this.venue}`;
  }
}

test("a decorated method keeps this, arguments and result, in a span named Class.method", () => {
  const place = traced(Desk.prototype.place, methodContext("place"));
  expect(place.call(new Desk(), 3)).toBe("3 at north");
  expect(place.name).toBe("place");
  expect(place).toHaveLength(1);
  expect(names()).toEqual(["Desk.place"]);
});

test("options name the span and give it attributes", () => {
  const decorate = traced({ name: "place order", attributes: { side: "buy" } });
  decorate(Desk.prototype.place, methodContext("place")).call(new Desk(), 1);
  expect(names()).toEqual(["place order"]);
  expect(exporter.getFinishedSpans()[0]!.attributes).toEqual({ side: "buy" });
});

test("functions are wrapped with their own name or a given one", async () => {
  const settle = traced(async function settle(amount: number) {
    await Promise.resolve();
    return amount * 2;
  });
  expect(await settle(21)).toBe(42);
  expect(traced("clear", (text: string) => text.length)("four")).toBe(4);
  expect(names()).toEqual(["settle", "clear"]);
});

test("what a traced function throws is recorded and thrown", () => {
  const fail = traced("fail", () => {
    throw new RangeError("too much");
  });
  expect(fail).toThrow(RangeError);
  expect(exporter.getFinishedSpans()[0]!.status).toEqual({ code: SpanStatusCode.ERROR, message: "too much" });
});

test("what is not a method is refused, and the old kind of decorators by name", () => {
  const getter = { kind: "getter", name: "total" } as unknown as ClassMethodDecoratorContext;
  expect(() => traced(() => 1, getter)).toThrow(/methods and functions; got a getter/);
  const bare = traced as unknown as (...args: unknown[]) => unknown;
  expect(() => bare(Desk.prototype, "place", {})).toThrow(/experimentalDecorators/);
  const legacy = traced({ name: "x" }) as unknown as (...args: unknown[]) => unknown;
  expect(() => legacy(Desk.prototype, "place", {})).toThrow(/experimentalDecorators/);
  expect(() => traced("x", undefined as never)).toThrow(expect.objectContaining({ code: "TELLTALE_NOT_TRACEABLE" }));
});

const DESK_SOURCE = `
import { trace } from "@opentelemetry/api";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { traced } from "@telltale/tracing";

class Desk {
  #orders: number[] = [];

  @traced
  place(quantity: number): number {
    return this.#keep(quantity);
  }

  @traced({ name: "settle all", attributes: { kind: "batch" } })
  async settle(): Promise<string> {
    return this.#orders.join();
  }

  @traced
  static open(): Desk {
    return new Desk();
  }

  @traced
  #keep(quantity: number): number {
    return this.#orders.push(quantity);
  }
}

const exporter = new InMemorySpanExporter();
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
const desk = Desk.open();
const count: number = desk.place(7);
const settled: string = await desk.settle();
console.log(JSON.stringify({ count, settled, spans: exporter.getFinishedSpans().map((span) => span.name) }));
`;

test("decorator syntax, compiled by TypeScript, traces methods of instances and classes, private ones too", () => {
  const root = fileURLToPath(new URL("../../../", import.meta.url));
  // Below node_modules so that package names resolve from there.
  const directory = mkdtempSync(join(root, "node_modules", ".traced-"));
  try {
    writeFileSync(join(directory, "desk.ts"), DESK_SOURCE);
    writeFileSync(join(directory, "package.json"), JSON.stringify({ type: "module" }));
    writeFileSync(join(directory, "tsconfig.json"), JSON.stringify(TSCONFIG));
    const compiled = spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", directory]);
    expect(String(compiled.stdout)).toBe("");
    expect(compiled.status).toBe(0);
    const desk = join(directory, "out", directory.slice(root.length), "desk.js");
    const ran = spawnSync(process.execPath, ["--conditions=telltale-source", desk]);
    expect(String(ran.stderr)).toBe("");
    expect(JSON.parse(String(ran.stdout))).toEqual({
      count: 1,
      settled: "7",
      spans: ["Desk.open", "Desk.#keep", "Desk.place", "settle all"],
    });
  } finally {
    rmSync(directory, { recursive: true });
  }
});

const TSCONFIG = {
  compilerOptions: {
    target: "es2022",
    module: "nodenext",
    strict: true,
    skipLibCheck: true,
    types: ["node"],
    typeRoots: ["../@types"],
    customConditions: ["telltale-source"],
    rewriteRelativeImportExtensions: true,
    rootDir: "../..",
    outDir: "out",
  },
  files: ["desk.ts"],
};
