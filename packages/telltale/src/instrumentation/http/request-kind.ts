const KNOWN_METHODS: ReadonlySet<string> = new Set(
  "GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH QUERY".split(" "),
);

/** `http.request.method`: one of those that are known, so that it can be an attribute of metrics. */
export function knownMethod(method: string | undefined): string {
  if (method === undefined) return "GET";
  if (KNOWN_METHODS.has(method)) return method;
  const upper = method.toUpperCase();
  return KNOWN_METHODS.has(upper) ? upper : "_OTHER";
}

/** `user_agent.synthetic.type` */
export function syntheticType(userAgent: string | undefined): "test" | "bot" | undefined {
  if (!userAgent) return undefined;
  if (/alwayson/i.test(userAgent)) return "test";
  return /googlebot|bingbot/i.test(userAgent) ? "bot" : undefined;
}
