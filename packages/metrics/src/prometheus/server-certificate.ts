import type { Server } from "node:http";

/** PEM texts, not files. Plain data, so that a server in another thread can be told of it. */
export interface ServerTls {
  /** The server's certificate, with those between it and its authority. */
  readonly certificate: string;
  readonly key: string;
  /** The authority of clients' certificates: whoever has none of its certificates is refused (mutual TLS). */
  readonly clientCa?: string;
}

type Answer = Parameters<typeof import("node:http").createServer>[1] & {};

/**
 * A server that speaks HTTPS, and asks for clients' certificates where it is told who signs them.
 * @throws Error with code TELLTALE_BAD_CERTIFICATE
 */
export function tlsServer({ certificate, key, clientCa }: ServerTls, answer: Answer): Server {
  const mutual = clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true };
  try {
    const server = process.getBuiltinModule("node:https").createServer({ cert: certificate, key, ...mutual }, answer);
    // The types tell them apart by how connections begin; what is used of it here is the same.
    return server as unknown as Server;
  } catch (error) {
    // OpenSSL names the fault ("key values mismatch") and quotes nothing.
    const message = `The Prometheus endpoint cannot use its certificate, key or clientCa: ${(error as Error).message}; give PEM texts that belong together`;
    throw Object.assign(new Error(message, { cause: error }), { code: "TELLTALE_BAD_CERTIFICATE" });
  }
}
