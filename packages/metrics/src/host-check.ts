/**
 * A page in a browser could reach a server on this machine by a name of its own (DNS rebinding): its Host header tells. An
 * entry of its own, `@telltale/metrics/host-check`, for servers in a thread that needs nothing else from here.
 */

/** Where a server listens, and by which names it may be asked. */
export interface HostCheckOptions {
  /** Undefined for a server that is not ours. */
  readonly host: string | undefined;
  /** Names besides localhost, `host` and IP addresses, which are always accepted. */
  readonly allowedHosts?: readonly string[] | undefined;
}

/** Whether the name that a request's Host header has is one of ours; always, where the server is for others anyway. */
export function hostCheck({ host, allowedHosts }: HostCheckOptions): (header: string | undefined) => boolean {
  if (allowedHosts === undefined && (host === undefined || !isLoopback(host))) return () => true;
  const names = new Set([...(allowedHosts ?? []), ...(host === undefined ? [] : [host]), "localhost"].map(plainName));
  return (header) => {
    // Browsers always send it; who speaks HTTP/1.0 is none.
    if (header === undefined) return true;
    const name = plainName(header.replace(/:\d*$/, ""));
    return names.has(name) || isAddress(name);
  };
}

function isLoopback(host: string): boolean {
  const name = plainName(host);
  return name === "localhost" || name === "::1" || (name.startsWith("127.") && isAddress(name));
}

/** A rebinding attack needs a name. */
function isAddress(name: string): boolean {
  return process.getBuiltinModule("node:net").isIP(name) !== 0;
}

function plainName(host: string): string {
  return host.toLowerCase().replace(/^\[|\]$|\.$/g, "");
}
