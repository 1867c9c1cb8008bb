import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface ChildOptions {
  /** The file beside this one that the child runs. */
  readonly file: string;
  /** A file beside this one that the child runs first, with `--import`. */
  readonly preload?: string;
  /** Added to this process's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Called with each line that the child writes. */
  readonly onLine: (line: string) => void;
  /** Called with each message but the first, which says that it is ready. */
  readonly onMessage?: (message: unknown) => void;
  /** Called when the child ends although nobody asked it to. */
  readonly onDeath: (status: number | string) => void;
}

export interface ChildProcesses {
  /** Resolves when the child says that it serves; rejects with its own words when it cannot. */
  start(options: ChildOptions): Promise<void>;
  /** Ends the child that runs this file, if there is one, and resolves when it is gone. */
  end(file: string): Promise<void>;
  /** Ends the children, the last one started first, and resolves when all are gone. */
  stop(): Promise<void>;
}

/** What one child may take to send its telemetry and end, before it is killed. */
const STOP_TIMEOUT_MS = 1_200;

export function childProcesses(): ChildProcesses {
  const running: { readonly file: string; readonly child: ChildProcess; asked: boolean }[] = [];
  let stopping = false;
  return {
    start(options) {
      if (stopping) return Promise.reject(new Error(`${options.file} is not started: the others are being stopped`));
      const child = spawnChild(options);
      const one = { file: options.file, child, asked: false };
      running.push(one);
      child.once("exit", (code, signal) => {
        running.splice(running.indexOf(one), 1);
        if (!stopping && !one.asked) options.onDeath(code ?? signal ?? "unknown");
      });
      return whenReady(child, options);
    },
    async end(file) {
      const one = running.find((other) => other.file === file);
      if (one === undefined) return;
      one.asked = true;
      await end(one.child);
    },
    async stop() {
      stopping = true;
      for (const { child } of [...running].reverse()) await end(child);
    },
  };
}

function spawnChild({ file, preload, env, onLine }: ChildOptions): ChildProcess {
  const first = preload === undefined ? [] : ["--import", besideThis(preload).href];
  const child = spawn(process.execPath, ["--conditions=telltale-source", ...first, fileURLToPath(besideThis(file))], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    // Out of the terminal's reach, so that Ctrl-C ends them in order and not all at once.
    detached: process.platform !== "win32",
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on("line", onLine);
  }
  return child;
}

function whenReady(child: ChildProcess, { file, onMessage }: ChildOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) =>
      reject(new Error(`${file} ended at start (${code ?? signal}); its output is above`)),
    );
    child.once("message", (message) => {
      const { type, message: words } = message as { readonly type: string; readonly message?: string };
      if (type !== "ready") return reject(new Error(words));
      if (onMessage !== undefined) child.on("message", onMessage);
      resolve();
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  child.kill("SIGTERM");
  await ended;
  clearTimeout(timer);
}

const besideThis = (file: string): URL => new URL(file, import.meta.url);
