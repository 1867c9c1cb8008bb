/**
 * The application's @opentelemetry/api is 51 small files, and opening them takes a third of what telltale adds to a start. So
 * when its `index.mjs` is loaded, Node gets the text of all of them at once. It is still the application's one copy: the
 * same version, under its own URL, for everybody who imports it.
 */
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";

/** Runs `load`. What that imports, but @opentelemetry/api, is loaded as ever. */
export function withApiInOneFile(load: () => void): void {
  const hooks = registerHooks({
    load: (url, context, nextLoad) => {
      const source = url.endsWith(API) ? sameVersionAs(url) : undefined;
      return source === undefined ? nextLoad(url, context) : { format: "module", source, shortCircuit: true };
    },
  });
  try {
    load();
  } finally {
    hooks.deregister();
  }
}

const API = "/node_modules/@opentelemetry/api/dist/index.mjs";

/** scripts/bundle.ts makes the file, of one version; it is not there for any other, nor beside the sources. */
function sameVersionAs(url: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(new URL("../package.json", url), "utf8"));
    return readFileSync(new URL(`./opentelemetry-api-${version}.js`, import.meta.url), "utf8");
  } catch {
    return undefined;
  }
}
