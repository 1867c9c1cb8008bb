/**
 * A package's ESM build cannot be exchanged after loading, but what hangs on its exports (the prototypes of its classes) can
 * be patched in place. So the application is given a small module that loads the real one, shows it to telltale, and
 * exports the same things; this needs no load hook, which older Node versions get wrong.
 */

const REGISTRY = Symbol.for("telltale.es-modules");

type Listener = (namespace: object) => void;

/** The URL of a module that calls `onLoaded` with the namespace of `url`, before anything that imports it goes on. */
export function esModuleFacade(url: string, onLoaded: Listener): string {
  const shared = globalThis as { [REGISTRY]?: Map<string, Listener> };
  shared[REGISTRY] ??= new Map();
  shared[REGISTRY].set(url, onLoaded);
  const target = JSON.stringify(url);
  const source = `import * as module from ${target};
globalThis[Symbol.for("telltale.es-modules")]?.get(${target})?.(module);
export * from ${target};
export { default } from ${target};
`;
  return `data:text/javascript,${encodeURIComponent(source)}`;
}
