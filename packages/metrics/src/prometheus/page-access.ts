/** Who may read the page: credentials, certificates and names of the host. */
import type { IncomingMessage } from "node:http";
import { hostCheck } from "../host-check.ts";

/** Plain data, so that a server in another thread can be told of it. */
export interface PageAccess {
  /** Only requests with `Authorization: Bearer` and this token get the page. */
  readonly bearerToken?: string;
  /** Only requests with this user and password get the page; beside `bearerToken`, either will do. */
  readonly basicAuth?: BasicAuth;
  /**
   * Names that the Host header may have, besides localhost, the endpoint's own `host` and IP addresses. An endpoint that
   * listens on a loopback address refuses all others, because a page in a browser could reach it by a name of its own (DNS
   * rebinding); any other endpoint refuses them when this is given.
   */
  readonly allowedHosts?: readonly string[];
}

export interface BasicAuth {
  readonly username: string;
  readonly password: string;
}

/** Why a request gets no page. */
export interface Refusal {
  readonly status: 401 | 403;
  readonly text: string;
  readonly challenges?: readonly string[];
}

/**
 * Checks each request, in a time that says nothing of how much of a secret was right. `host` is where the server listens,
 * undefined for a server that is not ours.
 * @throws Error with code TELLTALE_BAD_CREDENTIALS
 */
export function pageAccess(
  options: PageAccess & { readonly host: string | undefined },
): (request: Pick<IncomingMessage, "headers">) => Refusal | undefined {
  const accepted = acceptedCredentials(options);
  const isOurs = hostCheck(options);
  const challenges = [
    ...(options.bearerToken === undefined ? [] : ['Bearer realm="metrics"']),
    ...(options.basicAuth === undefined ? [] : ['Basic realm="metrics", charset="UTF-8"']),
  ];
  return ({ headers }) => {
    if (!isOurs(headers.host)) return FOREIGN_HOST;
    if (accepted === undefined || accepted(headers.authorization ?? "")) return undefined;
    return { status: 401, text: "The page is for those who have its credentials.", challenges };
  };
}

const FOREIGN_HOST: Refusal = {
  status: 403,
  text: "The Host header names another host. Ask by address, or allow the name with metrics.prometheus.allowedHosts.",
};

function acceptedCredentials({ bearerToken, basicAuth }: PageAccess): ((authorization: string) => boolean) | undefined {
  const digests: Buffer[] = [];
  if (bearerToken !== undefined) digests.push(digest("bearer", checkedToken(bearerToken)));
  if (basicAuth !== undefined) digests.push(digest("basic", userPassword(basicAuth)));
  if (digests.length === 0) return undefined;
  const { timingSafeEqual } = process.getBuiltinModule("node:crypto");
  return (authorization) => {
    const given = digestOf(authorization);
    // Digests are of one length, and each is compared whatever the others said.
    return digests.map((one) => timingSafeEqual(one, given)).includes(true);
  };
}

function digestOf(authorization: string): Buffer {
  const [, scheme = "", credentials = ""] = /^(\S+) +(.*?) *$/.exec(authorization) ?? [];
  const kind = scheme.toLowerCase();
  return digest(kind, kind === "basic" ? Buffer.from(credentials, "base64").toString("utf8") : credentials);
}

/** With the scheme, so that a token is no password. */
function digest(scheme: string, secret: string): Buffer {
  return process.getBuiltinModule("node:crypto").createHash("sha256").update(`${scheme} ${secret}`).digest();
}

function checkedToken(token: string): string {
  // What RFC 6750 lets a header carry, or what a client sends would never be equal.
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  const fault = token === "" ? "is empty" : "has a space, a line break or a letter outside ASCII";
  throw badCredentials(`bearerToken ${fault}; give visible ASCII characters, or leave the option out`);
}

function userPassword({ username, password }: BasicAuth): string {
  if (username === "" || username.includes(":")) {
    throw badCredentials(
      `basicAuth.username ${username === "" ? "is empty" : "has a colon"}; give a name without colon`,
    );
  }
  if (password === "") throw badCredentials("basicAuth.password is empty; give a password, or leave the option out");
  return `${username}:${password}`;
}

function badCredentials(fault: string): Error {
  return Object.assign(new Error(`The Prometheus endpoint's ${fault}`), { code: "TELLTALE_BAD_CREDENTIALS" });
}
