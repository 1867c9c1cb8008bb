import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** `nearest` of @telltale/metrics, which is loaded when there is a fault. */
export function nearest(
  text: string,
  candidates: Iterable<string>,
  options: { readonly atMost?: number } = {},
): string | undefined {
  const names = require("@telltale/metrics/near-name") as typeof import("@telltale/metrics/near-name");
  return names.nearest(text, candidates, options);
}

/** `a, b or c`, and the one that was probably meant. */
export function oneOf(values: readonly string[], got: unknown): string {
  const near = typeof got === "string" ? (nearest(got, values) ?? longerOrShorter(got, values)) : undefined;
  return listed(values) + (near === undefined ? "" : ` (did you mean "${near}"?)`);
}

/** `a, b or c` */
export function listed(values: readonly string[]): string {
  return values.length < 2 ? values.join("") : `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
}

/** "warning" for "warn", "base2" for "base2_exponential_bucket_histogram". */
function longerOrShorter(got: string, values: readonly string[]): string | undefined {
  const text = got.toLowerCase();
  if (text.length < 3) return undefined;
  return values.find((value) => value.startsWith(text) || (value.length > 2 && text.startsWith(value)));
}
