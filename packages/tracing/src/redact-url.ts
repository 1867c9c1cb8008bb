/** The word that OpenTelemetry's semantic conventions put in place of credentials and sensitive query values. */
export const REDACTED = "REDACTED";

/**
 * The URL, or a part of one that has a query, with `REDACTED` for credentials and for the values of query parameters that
 * usually carry a secret. Everything else stays as it is written. Linear in the length of `url`; never throws.
 * @see https://opentelemetry.io/docs/specs/semconv/registry/attributes/url/
 */
export function redactUrl(url: string): string {
  const query = firstOf(url, "?#;", 0);
  return redactCredentials(url.slice(0, query)) + redactQuery(url.slice(query));
}

/** The same for a query alone, with or without its leading `?`. Fragments count: OAuth puts tokens in them. */
export function redactQuery(query: string): string {
  let redacted = "";
  for (let start = 0; start < query.length; ) {
    const end = firstOf(query, "?&#;", start);
    redacted += redactPair(query.slice(start, end)) + (query[end] ?? "");
    start = end + 1;
  }
  return redacted;
}

/** Without a query: https://user:password@host/path */
function redactCredentials(url: string): string {
  const scheme = url.indexOf("//");
  if (scheme < 0) return url;
  const start = scheme + 2;
  const authority = url.slice(start, firstOf(url, "/\\", start));
  const at = authority.lastIndexOf("@");
  if (at < 0) return url;
  const credentials = authority.slice(0, at).includes(":") ? `${REDACTED}:${REDACTED}` : REDACTED;
  return url.slice(0, start) + credentials + url.slice(start + at);
}

function redactPair(pair: string): string {
  const equals = pair.indexOf("=");
  if (equals < 0 || equals === pair.length - 1 || !isSensitive(pair.slice(0, equals))) return pair;
  return pair.slice(0, equals + 1) + REDACTED;
}

/** `access_token`, `X-Amz-Security-Token`, `apiKey`, `auth[password]`: by the letters alone. */
function isSensitive(name: string): boolean {
  const letters = decoded(name)
    .replace(/[^a-z]/gi, "")
    .toLowerCase();
  return SENSITIVE_NAMES.has(letters) || SENSITIVE_ENDINGS.some((ending) => letters.endsWith(ending));
}

function decoded(name: string): string {
  if (!name.includes("%")) return name;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/**
 * The conventions' four (AWSAccessKeyId, Signature, sig, X-Goog-Signature), OAuth's and SAML's parameters, sessions, and
 * `key`, which many API keys travel as. A harmless value redacted costs less than a secret stored with every trace.
 */
const SENSITIVE_NAMES: ReadonlySet<string> = new Set([
  "assertion",
  "auth",
  "authorization",
  "awsaccesskeyid",
  "code",
  "codeverifier",
  "cookie",
  "jwt",
  "key",
  "otp",
  "pass",
  "passphrase",
  "pwd",
  "samlrequest",
  "samlresponse",
  "session",
  "sessionid",
  "sid",
  "sig",
  "ticket",
]);

/** Alone or with something before: access_token, id_token, client_secret, X-Amz-Credential, sas_signature. */
const SENSITIVE_ENDINGS: readonly string[] = [
  "token",
  "secret",
  "password",
  "passwd",
  "signature",
  "credential",
  "credentials",
  "apikey",
  "accesskey",
  "privatekey",
  "secretkey",
  "subscriptionkey",
];

function firstOf(text: string, characters: string, start: number): number {
  let at = start;
  while (at < text.length && !characters.includes(text[at]!)) at++;
  return at;
}
