/** What OpenTelemetry's own context manager is tested for, asked of ours and of that one alike. */
import { EventEmitter, once } from "node:events";
import { PassThrough } from "node:stream";
import { type Context, type ContextManager, context, createContextKey, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { afterEach, describe, expect, test } from "vitest";
import { activeContext, createContextManager, registerContextManager } from "./context-manager.ts";
import { contextWithSpan } from "./span-frame.ts";

const key = createContextKey("test");
const one = ROOT_CONTEXT.setValue(key, 1);
const two = ROOT_CONTEXT.setValue(key, 2);

const managers: Readonly<Record<string, () => ContextManager>> = {
  telltale: createContextManager,
  sdk: () => new AsyncLocalStorageContextManager().enable(),
};

describe.each(Object.entries(managers))("context manager %s", (name, create) => {
  const manager = create();

  test("the root context is active at first", () => {
    expect(manager.active()).toBe(ROOT_CONTEXT);
  });

  test("a context is active inside of with, and the one before is again afterwards", () => {
    const inside = manager.with(one, () => {
      const first = manager.active();
      const second = manager.with(two, () => manager.active());
      return [first, second, manager.active()];
    });
    expect(inside).toEqual([one, two, one]);
    expect(manager.active()).toBe(ROOT_CONTEXT);
  });

  test("with passes this, arguments, results and errors on", () => {
    function add(this: { base: number }, left: number, right: number): number {
      return this.base + left + right;
    }
    expect(manager.with(one, add, { base: 1 }, 2, 3)).toBe(6);
    expect(() =>
      manager.with(one, () => {
        throw new Error("thrown");
      }),
    ).toThrow("thrown");
    expect(manager.active()).toBe(ROOT_CONTEXT);
  });

  test("a context stays active across awaits, timers and other tasks in between", async () => {
    const seen: unknown[] = [];
    const work = async (mine: Context): Promise<void> => {
      await Promise.resolve();
      seen.push(manager.active() === mine);
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(manager.active() === mine);
    };
    await Promise.all([manager.with(one, () => work(one)), manager.with(two, () => work(two))]);
    expect(seen).toEqual([true, true, true, true]);
    expect(manager.active()).toBe(ROOT_CONTEXT);
  });

  test("a bound function has its context, this, arguments and length", () => {
    const bound = manager.bind(one, function (this: unknown, left: number, right: number) {
      return [manager.active(), this, left + right];
    });
    const self = { bound };
    expect(self.bound(1, 2)).toEqual([one, self, 3]);
    expect(bound.length).toBe(2);
    expect(manager.bind(one, 5)).toBe(5);
  });

  test("attach makes a context active until its token is disposed of", () => {
    const token = manager.attach!(one);
    expect(manager.active()).toBe(one);
    token.dispose();
    token.dispose();
    expect(manager.active()).toBe(ROOT_CONTEXT);
  });

  describe("a bound event emitter", () => {
    test("is the same object, whose listeners have the context however they were added", () => {
      const emitter = new EventEmitter();
      expect(manager.bind(one, emitter)).toBe(emitter);
      const seen: string[] = [];
      const listener = (label: string) => () => seen.push(`${label} ${manager.active() === one}`);
      emitter.on("e", listener("on"));
      emitter.addListener("e", listener("addListener"));
      emitter.once("e", listener("once"));
      emitter.prependListener("e", listener("prependListener"));
      emitter.prependOnceListener("e", listener("prependOnceListener"));
      manager.with(two, () => emitter.emit("e"));
      emitter.emit("e");
      const expected = ["prependOnceListener", "prependListener", "on", "addListener", "once"];
      const again = ["prependListener", "on", "addListener"];
      expect(seen).toEqual([...expected, ...again].map((label) => `${label} true`));
    });

    test("lets go of listeners by removeListener, off and removeAllListeners", () => {
      const emitter = manager.bind(one, new EventEmitter());
      const calls: string[] = [];
      const [a, b, c] = ["a", "b", "c"].map((label) => () => calls.push(label));
      emitter.on("e", a!).on("e", b!).once("e", c!);
      expect(emitter.listenerCount("e")).toBe(3);
      emitter.removeListener("e", a!).off("e", c!).emit("e");
      expect(calls).toEqual(["b"]);
      emitter.removeAllListeners("e");
      expect(emitter.emit("e")).toBe(false);
      emitter.on("e", a!).removeAllListeners();
      expect(emitter.listenerCount("e")).toBe(0);
    });

    test("passes this and arguments to listeners, and tells whether there were any", () => {
      const emitter = manager.bind(one, new EventEmitter());
      let seen: unknown[] = [];
      emitter.on("e", function (this: unknown, ...given: unknown[]) {
        seen = [this, ...given];
      });
      expect(emitter.emit("e", 1, 2, 3)).toBe(true);
      expect(seen).toEqual([emitter, 1, 2, 3]);
      expect(emitter.emit("nobody listens")).toBe(false);
    });

    test("keeps the first context that it is bound to", () => {
      const emitter = manager.bind(two, manager.bind(one, new EventEmitter()));
      let seen: Context | undefined;
      emitter.on("e", () => {
        seen = manager.active();
      });
      emitter.emit("e");
      expect(seen).toBe(one);
    });

    test("an error without a listener is thrown, and what a listener throws too", () => {
      const emitter = manager.bind(one, new EventEmitter());
      expect(() => emitter.emit("error", new Error("unhandled"))).toThrow("unhandled");
      emitter.on("e", () => {
        throw new Error("by listener");
      });
      expect(() => emitter.emit("e")).toThrow("by listener");
      expect(manager.active()).toBe(ROOT_CONTEXT);
    });

    test("may be a stream", async () => {
      const stream = manager.bind(one, new PassThrough());
      const seen: unknown[] = [];
      stream.on("data", (chunk) => seen.push(String(chunk), manager.active() === one));
      stream.end("x");
      await once(stream, "end");
      expect(seen).toEqual(["x", true]);
    });
  });

  if (name === "telltale") {
    test("listeners from before the binding have the context too, and are not replaced by others", () => {
      const emitter = new EventEmitter();
      let seen: Context | undefined;
      const listener = (): void => {
        seen = manager.active();
      };
      emitter.on("e", listener);
      manager.bind(one, emitter).emit("e");
      expect(seen).toBe(one);
      expect(emitter.listeners("e")).toEqual([listener]);
    });
  }
});

describe("the registered context manager", () => {
  afterEach(() => context.disable());

  test("is asked without the API, until the API has let go of it", () => {
    expect(registerContextManager()).toBe(true);
    context.with(one, () => expect([activeContext(), context.active()]).toEqual([one, one]));
    context.disable();
    const other = new AsyncLocalStorageContextManager().enable();
    context.setGlobalContextManager(other);
    context.with(two, () => expect(activeContext()).toBe(two));
  });

  test("gives way to one that is there already", () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    expect(registerContextManager()).toBe(false);
    context.with(one, () => expect(activeContext()).toBe(one));
  });
});

describe("a context with a span of ours", () => {
  const span = (digit: string) =>
    trace.wrapSpanContext({ traceId: digit.repeat(32), spanId: digit.repeat(16), traceFlags: 1 });
  const [first, second] = [span("1"), span("2")];

  test("is read and changed through the API like any other", () => {
    const outer = contextWithSpan(one, first);
    expect(trace.getSpan(outer)).toBe(first);
    expect(outer.getValue(key)).toBe(1);
    const inner = contextWithSpan(outer, second);
    expect([trace.getSpan(inner), trace.getSpan(outer)]).toEqual([second, first]);
    expect(trace.getSpan(trace.setSpan(outer, second))).toBe(second);
    const changed = inner.setValue(key, 3);
    expect([changed.getValue(key), inner.getValue(key), trace.getSpan(changed)]).toEqual([3, 1, second]);
    expect([changed.deleteValue(key).getValue(key), trace.getSpan(changed.deleteValue(key))]).toEqual([
      undefined,
      second,
    ]);
    const without = trace.deleteSpan(contextWithSpan(trace.setSpan(one, first), second));
    expect([trace.getSpan(without), without.getValue(key)]).toEqual([undefined, 1]);
  });
});
