import { counter } from "@telltale/metrics";
import { catalogue } from "./catalogue.ts";
import { runtimeScope } from "./observed-group.ts";

/** Counts the errors of one component. */
export interface ComponentErrors {
  /** Counts an error by its type, an own `code` or the name of its class, and returns it. */
  count<E>(error: E): E;
  /** Runs `fn`, counts what it throws or rejects with, and passes it on. */
  watch<T>(fn: () => T): T;
}

/** The errors of a component such as `order-book`, in `telltale.component.errors`. */
export function componentErrors(component: string): ComponentErrors {
  const errors = counter({ ...catalogue.componentErrors, scope: runtimeScope });
  const count = <E>(error: E): E => {
    errors.add(1, { "telltale.component": component, "error.type": typeOf(error) });
    return error;
  };
  return {
    count,
    watch: <T>(fn: () => T): T => {
      try {
        const result = fn();
        if (result instanceof Promise) {
          return result.catch((error: unknown) => {
            throw count(error);
          }) as T;
        }
        return result;
      } catch (error) {
        throw count(error);
      }
    },
  };
}

/** A code as programs have it; others are texts, of which there would be too many. */
const CODE = /^[\w.:-]{1,60}$/;

/** Few values, as an attribute of a metric needs: never the message. What was thrown may be anything, and nothing is thrown here. */
function typeOf(error: unknown): string {
  try {
    return typeNameOf(error);
  } catch {
    return "unknown";
  }
}

function typeNameOf(error: unknown): string {
  const { code, name } = Object(error) as { code?: unknown; name?: unknown };
  if (typeof code === "string" && CODE.test(code)) return code;
  if (!(error instanceof Error)) return typeof error;
  // A class that extends Error has its name only in its constructor.
  return typeof name === "string" && name !== "Error" ? name : error.constructor.name;
}
