import { type WithSpanOptions, withSpan } from "./with-span.ts";

export interface TracedOptions extends WithSpanOptions {
  /** Name of the span. @default "Class.method" of a method, the function's own name otherwise */
  readonly name?: string;
}

// `never[]`: parameters of any type can be called with nothing that is known here.
type AnyFunction = (...args: never[]) => unknown;

/**
 * A method, as the standard decorator `@traced` or `@traced({ name, attributes })`, or a function, as `traced(fn)` or
 * `traced("name", fn)`, that runs in a span of its own. `this`, arguments, results and errors are untouched.
 */
export function traced<F extends AnyFunction>(fn: F, context?: ClassMethodDecoratorContext): F;
export function traced<F extends AnyFunction>(name: string, fn: F): F;
export function traced(
  options: TracedOptions,
): <F extends AnyFunction>(fn: F, context?: ClassMethodDecoratorContext) => F;
export function traced(first: AnyFunction | string | TracedOptions, second?: unknown): unknown {
  if (typeof first === "function") return inSpan(first, {}, second);
  if (typeof first === "string") return inSpan(second, { name: first });
  // TypeScript's old decorators are called with a prototype and a name.
  if (typeof second === "string" || typeof second === "symbol") throw notTraceable(second);
  return (fn: unknown, context?: unknown) => inSpan(fn, first, context);
}

function inSpan(fn: unknown, { name, ...options }: TracedOptions, context?: unknown): AnyFunction {
  const method = methodName(context);
  if (typeof fn !== "function") throw notTraceable(context);
  const run = fn as (...args: unknown[]) => unknown;
  function wrapped(this: unknown, ...args: unknown[]): unknown {
    const spanName = name ?? (method === undefined ? run.name || "anonymous" : `${className(this)}${method}`);
    return withSpan(spanName, options, () => run.apply(this, args));
  }
  Object.defineProperty(wrapped, "name", { value: run.name, configurable: true });
  Object.defineProperty(wrapped, "length", { value: run.length, configurable: true });
  return wrapped;
}

function methodName(context: unknown): string | undefined {
  if (context === undefined) return undefined;
  const { kind, name } = context as Partial<ClassMethodDecoratorContext>;
  if (kind !== "method" || name === undefined) throw notTraceable(context);
  return String(name);
}

/** `Class.` of an instance or, for a static method, of the class itself; nothing when there is no class. */
function className(self: unknown): string {
  if (typeof self === "function") return self.name === "" ? "" : `${self.name}.`;
  const name = (self as { constructor?: { name?: string } } | null | undefined)?.constructor?.name;
  return name === undefined || name === "" ? "" : `${name}.`;
}

function notTraceable(context: unknown): TypeError {
  const message =
    typeof context === "string" || typeof context === "symbol"
      ? `@traced is a standard decorator and "${String(context)}" was decorated in TypeScript's old way; remove experimentalDecorators from tsconfig.json`
      : `@traced decorates methods and functions; got a ${(context as { kind?: string } | undefined)?.kind ?? "value of another kind"}`;
  return Object.assign(new TypeError(message), { code: "TELLTALE_NOT_TRACEABLE" });
}
