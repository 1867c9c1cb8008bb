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
export function tlsServer(tls: ServerTls, answer: Answer): Server {
  checkCertificate(tls);
  const mutual = tls.clientCa === undefined ? {} : { requestCert: true, rejectUnauthorized: true };
  const server = process.getBuiltinModule("node:https").createServer({ ...contextOf(tls), ...mutual }, answer);
  // The types tell them apart by how connections begin; what is used of it here is the same.
  return server as unknown as Server;
}

/** @throws Error with code TELLTALE_BAD_CERTIFICATE */
export function checkCertificate(tls: ServerTls): void {
  try {
    process.getBuiltinModule("node:tls").createSecureContext(contextOf(tls));
  } catch (error) {
    // OpenSSL names the fault ("key values mismatch") and quotes nothing.
    const message = `The Prometheus endpoint cannot use its certificate, key or clientCa: ${(error as Error).message}; give PEM texts that belong together`;
    throw Object.assign(new Error(message, { cause: error }), { code: "TELLTALE_BAD_CERTIFICATE" });
  }
}

function contextOf({ certificate, key, clientCa }: ServerTls) {
  return { cert: certificate, key, ...(clientCa !== undefined && { ca: clientCa }) };
}
