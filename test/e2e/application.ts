import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type Child, startChild } from "./child.ts";

const root = join(import.meta.dirname, "../..");
const fixtures = join(import.meta.dirname, "fixtures");

export interface ApplicationOptions {
  /** A file of fixtures/, or an absolute path. */
  readonly file?: string;
  /** The text of the application, instead of a file. */
  readonly source?: string;
  /** What `source` is written in. @default "esm" */
  readonly language?: "esm" | "cjs";
  /** Runs it with `--import telltale/register`. @default false */
  readonly register?: boolean;
  /** Runs it with our packages as they are published, which have to be built before. @default TELLTALE_BUILT=1 */
  readonly built?: boolean;
  /** All that it finds in its environment beside PATH, HOME and TMPDIR. */
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly nodeArgs?: readonly string[];
  /** Resolve when it writes `listening on PORT`, or as soon as it has started. @default "listening" */
  readonly until?: "listening" | "started";
}

export interface Application extends Child, AsyncDisposable {
  /** 0 for an application that was not waited for. */
  readonly port: number;
  readonly url: string;
  request(path: string, init?: RequestInit): Promise<Response>;
}

/** Starts a real Node process, which is killed when the test ends if it has not ended before. */
export async function startApplication(options: ApplicationOptions): Promise<Application> {
  const {
    register = false,
    built = process.env["TELLTALE_BUILT"] === "1",
    until = "listening",
    nodeArgs = [],
    args = [],
  } = options;
  const folder = options.source === undefined ? undefined : writeSource(options.source, options.language ?? "esm");
  const file = folder?.file ?? join(fixtures, options.file ?? "");
  const child = await startChild(
    process.execPath,
    [
      ...(built ? [] : ["--conditions=telltale-source"]),
      ...(register ? ["--import", "telltale/register"] : []),
      ...nodeArgs,
      options.file?.startsWith("/") ? options.file : file,
      ...args,
    ],
    { cwd: folder?.path ?? fixtures, env: environment(options.env) },
  );
  const end = async (): Promise<void> => {
    await child.stop("SIGKILL");
    if (folder) rmSync(folder.path, { recursive: true, force: true });
  };
  try {
    onTestFinished(end);
  } catch {
    // Started by a hook for several tests: vitest allows no clean-up here, the hook's own afterAll stops it.
  }
  const port = until === "listening" ? Number((await child.waitForOutput(/listening on (\d+)/))[1]) : 0;
  const url = `http://127.0.0.1:${port}`;
  return {
    pid: child.pid,
    get stdout() {
      return child.stdout;
    },
    get stderr() {
      return child.stderr;
    },
    exited: child.exited,
    waitForOutput: child.waitForOutput,
    stop: child.stop,
    port,
    url,
    request: (path, init) => fetch(url + path, init),
    [Symbol.asyncDispose]: end,
  };
}

/** Inside the workspace, so that the application finds its packages, and where git ignores it. */
function writeSource(source: string, language: "esm" | "cjs"): { readonly path: string; readonly file: string } {
  const parent = join(root, ".cache/e2e");
  mkdirSync(parent, { recursive: true });
  const path = mkdtempSync(join(parent, "application-"));
  const file = join(path, language === "esm" ? "app.mjs" : "app.cjs");
  writeFileSync(file, source);
  return { path, file };
}

/**
 * Nothing of the outer environment may switch telemetry on or off. Only TELLTALE_TRACING_ENGINE is handed on, so that the
 * whole suite can be run on the stock SDK: TELLTALE_TRACING_ENGINE=sdk npx vitest run test/e2e.
 */
function environment(env: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, TELLTALE_TRACING_ENGINE } = process.env;
  // Whoever has a receiver is given the time to reach it at its end, however busy the machine is.
  const hasReceiver = Object.keys(env).some((name) => /^OTEL_EXPORTER_OTLP_.*ENDPOINT$/.test(name));
  return {
    PATH,
    HOME,
    ...(hasReceiver ? { TELLTALE_SHUTDOWN_TIMEOUT_MS: "20000" } : {}),
    ...(TMPDIR === undefined ? {} : { TMPDIR }),
    ...(TELLTALE_TRACING_ENGINE === undefined ? {} : { TELLTALE_TRACING_ENGINE }),
    ...env,
  };
}
