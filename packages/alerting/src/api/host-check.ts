/** A page in a browser could reach a server on this machine by a name of its own (DNS rebinding): its Host header tells. */

/** Whether the name that a request's Host header has is one of ours; always, where the server is for others anyway. */
export function hostCheck(
  host: string,
  allowedHosts: readonly string[] | undefined,
): (header: string | undefined) => boolean {
  if (allowedHosts === undefined && !isLoopback(host)) return () => true;
  const names = new Set([...(allowedHosts ?? []), host, "localhost"].map(plainName));
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
