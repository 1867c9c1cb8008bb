/** The processes of bench:http, each on the core that is meant for it where the machine lets one choose. */
import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpus } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Candidate } from "./candidates.ts";

export interface Usage {
  readonly cpuUs: number;
  readonly rssBytes: number;
}

export interface ServerProcess {
  readonly port: number;
  usage(): Promise<Usage>;
  /** Stopped as by a debugger, so that nothing it still has to do disturbs the next one's turn. */
  pause(): void;
  resume(): void;
  stop(): void;
}

export interface Load {
  readonly answered: number;
  readonly seconds: number;
}

/** The server's core, and everybody else's. */
const [SERVER_CORE, OTHER_CORE] = [0, 1];
const canPin = cpus().length > 1 && spawnSync("taskset", ["--version"]).status === 0;

/** Starts the application; resolves once it listens. */
export async function startServer(
  candidate: Candidate,
  options: { readonly application: string; readonly env: Readonly<Record<string, string>> },
): Promise<ServerProcess> {
  const { application, env } = options;
  const args = ["--no-warnings", ...candidate.preload, application];
  const child = start(args, { core: SERVER_CORE, cwd: candidate.folder, env: { ...env, ...candidate.env } });
  const { port } = await answer<{ readonly port: number }>(child, candidate.name);
  return {
    port,
    usage: async () => {
      child.send("usage");
      return (await answer<{ readonly usage: Usage }>(child, candidate.name)).usage;
    },
    pause: () => child.kill("SIGSTOP"),
    resume: () => child.kill("SIGCONT"),
    stop: () => child.kill("SIGKILL"),
  };
}

/** A collector that takes everything, so that nobody pays for refused connections. */
export async function startCollector(): Promise<{ readonly env: Readonly<Record<string, string>>; stop(): void }> {
  const child = start([join(import.meta.dirname, "collector.mjs")], { core: OTHER_CORE, cwd: import.meta.dirname });
  const { port } = await answer<{ readonly port: number }>(child, "the collector");
  const url = `http://127.0.0.1:${port}`;
  return { env: telemetryEnv(url), stop: () => child.kill("SIGKILL") };
}

/** What every candidate is told: send traces and metrics there, all traces unless it says otherwise. */
export function telemetryEnv(url: string): Readonly<Record<string, string>> {
  return {
    OTEL_SERVICE_NAME: "bench",
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
    OTEL_TRACES_EXPORTER: "otlp",
    OTEL_METRICS_EXPORTER: "otlp",
    OTEL_LOGS_EXPORTER: "none",
    OTEL_METRIC_EXPORT_INTERVAL: "5000",
    OTEL_METRIC_EXPORT_TIMEOUT: "4000",
    DD_TRACE_AGENT_URL: url,
    DD_SERVICE: "bench",
    DD_INSTRUMENTATION_TELEMETRY_ENABLED: "false",
    DD_REMOTE_CONFIGURATION_ENABLED: "false",
    DD_TRACE_STARTUP_LOGS: "false",
  };
}

/** Asks for `durationMs`, from a process of its own. */
export async function load(options: {
  readonly port: number;
  readonly path: string;
  readonly connections: number;
  readonly durationMs: number;
  /** Whether the clients never sleep, so that no server pays for waking them; they leave nothing of their core to others. */
  readonly awake: boolean;
}): Promise<Load> {
  const args = [join(import.meta.dirname, "load.mjs"), JSON.stringify(options)];
  const [program, ...rest] = pinned(args, OTHER_CORE);
  const { stdout } = await promisify(execFile)(program!, rest);
  return JSON.parse(stdout);
}

/** Leaves the server's core: this process, and what it starts without saying where, such as PostgreSQL. */
export function leaveServerCore(): void {
  if (canPin) spawnSync("taskset", ["--all-tasks", "--cpu-list", "--pid", `${OTHER_CORE}`, `${process.pid}`]);
}

function start(
  args: readonly string[],
  options: { readonly core: number; readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): ChildProcess {
  const [program, ...rest] = pinned(args, options.core);
  const child = spawn(program!, rest, {
    cwd: options.cwd,
    env: { PATH: process.env["PATH"], NODE_ENV: "production", ...options.env },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  process.once("exit", () => child.kill("SIGKILL"));
  return child;
}

function pinned(args: readonly string[], core: number): string[] {
  return canPin ? ["taskset", "--cpu-list", `${core}`, process.execPath, ...args] : [process.execPath, ...args];
}

async function answer<T>(child: ChildProcess, name: string): Promise<T> {
  const failed = new AbortController();
  const exit = (code: number | null): void => failed.abort(new Error(`${name} ended with ${code}`));
  child.once("exit", exit);
  try {
    const [message] = await once(child, "message", { signal: failed.signal });
    return message as T;
  } catch (error) {
    throw failed.signal.aborted ? failed.signal.reason : error;
  } finally {
    child.off("exit", exit);
  }
}
