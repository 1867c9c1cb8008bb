/** Where in an application a layer of Express is reached: the paths of the routers above it and its own. */
export interface Mount {
  /** The paths joined; empty at the top, and where all of them match everything. */
  readonly path: string;
  /** `http.route` of a request that is answered there. */
  readonly route: string | undefined;
}

export const TOP: Mount = { path: "", route: undefined };

/** As @opentelemetry/instrumentation-express joins them. */
export function mountBelow(parent: Mount, path: string): Mount {
  if (parent === TOP && path === "*") return { path: "*", route: "*" };
  const joined = (parent.path + (matchesAll(path) ? "" : path)).replaceAll(/\/{2,}/g, "/");
  return { path: joined, route: routeOf(joined) };
}

/** Whether a layer with this path is reached by all that reaches its router. */
export function matchesAll(path: string): boolean {
  return path === "/" || path === "/*" || /^\/\{[*][^}]*\}$/.test(path);
}

function routeOf(path: string): string {
  // Written as a regular expression, or as several paths.
  const isPattern = path.includes("/") && /[,\\*[]/.test(path);
  return isPattern || path.startsWith("/") ? path : `/${path}`;
}
