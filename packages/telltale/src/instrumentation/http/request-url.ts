/** The path and query of a request's target, as @opentelemetry/instrumentation-http has them after parsing a URL. */

/** The word of the semantic conventions. */
const REDACTED = "REDACTED";

/** As in @opentelemetry/instrumentation-http: the parameters of signed URLs. */
export const REDACTED_PARAMETERS: readonly string[] = [
  "sig",
  "Signature",
  "AWSAccessKeyId",
  "X-Goog-Signature",
  "X-Amz-Signature",
  "X-Amz-Credential",
  "X-Amz-Security-Token",
];

export interface RequestTarget {
  readonly path: string | undefined;
  /** Without its `?`; empty when there is none. */
  readonly query: string;
}

/** What `new URL()` would leave as it is, which is nearly every target; that takes a microsecond to say so. */
const PLAIN_TARGET = /^\/(?!\/)[\w\-~!$&'()*+,;=:@%/.]*$/;

export function requestTarget(url: string | undefined): RequestTarget {
  if (url === undefined) return { path: "/", query: "" };
  const question = url.indexOf("?");
  const path = question < 0 ? url : url.slice(0, question);
  if (PLAIN_TARGET.test(path) && !path.includes("/.")) {
    return { path, query: question < 0 ? "" : url.slice(question + 1) };
  }
  try {
    const { pathname, search } = new URL(url, "http://localhost");
    return { path: pathname, query: search.slice(1) };
  } catch {
    return { path: undefined, query: "" };
  }
}

/** The query with the values of these parameters put out of sight; what is not named stays as it was sent. */
export function redactedQuery(query: string, names: readonly string[]): string {
  const wanted = new Set(names);
  return query
    .split("&")
    .map((pair) => {
      const equals = pair.indexOf("=");
      const name = equals < 0 ? pair : pair.slice(0, equals);
      return wanted.has(decoded(name)) ? `${name}=${REDACTED}` : pair;
    })
    .join("&");
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll("+", " "));
  } catch {
    return name;
  }
}
