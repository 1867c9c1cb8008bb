import type { Attributes } from "@opentelemetry/api";

/** Names of headers, in any case, that become attributes such as `http.request.header.content-type`. */
export interface HeaderCapture {
  readonly requestHeaders?: readonly string[];
  readonly responseHeaders?: readonly string[];
}

/** Adds the headers that are there, each as a list. */
export function captureHeaders(
  attributes: Attributes,
  kind: "request" | "response",
  names: readonly string[],
  headerOf: (name: string) => number | string | readonly string[] | undefined,
): void {
  for (const given of names) {
    const name = given.toLowerCase();
    const value = headerOf(name);
    if (value === undefined) continue;
    attributes[`http.${kind}.header.${name}`] = Array.isArray(value) ? [...value] : [String(value)];
  }
}
