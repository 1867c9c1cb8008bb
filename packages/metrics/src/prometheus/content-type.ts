import type { AskedForm, PageForm } from "./negotiate.ts";

/** `Content-Type` of a page; it tells of names only who asked for them. */
export function contentType({ format, escaping }: PageForm, asked: AskedForm): string {
  const told = asked.escaping === undefined ? "" : `; escaping=${escaping}`;
  switch (format) {
    case "text":
      // What 1.0.0 has over 0.0.4 is the names in quotes.
      return `text/plain; version=${escaping === "allow-utf-8" ? "1.0.0" : "0.0.4"}; charset=utf-8${told}`;
    case "openmetrics":
      return `application/openmetrics-text; version=1.0.0; charset=utf-8${told}`;
    case "protobuf":
      return `application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited${told}`;
  }
}
