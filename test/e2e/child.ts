/** Child processes of tests: their output is kept, and none of them outlives the test process. */
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Child {
  readonly pid: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly exited: Promise<Exit>;
  /**
   * Resolves with the first match in standard output or standard error.
   * @throws Error with the whole output when the child ends first, or `timeoutMs` pass.
   */
  waitForOutput(pattern: RegExp, options?: { readonly timeoutMs?: number }): Promise<RegExpExecArray>;
  /** Sends the signal, SIGKILL if the child has not ended `timeoutMs` later, and resolves once it has ended. */
  stop(signal?: NodeJS.Signals, options?: { readonly timeoutMs?: number }): Promise<Exit>;
}

/** How long a child may take to say that it is ready, or to end, in milliseconds: two busy cores serve all tests. */
const PATIENCE_MS = 90_000;

const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

export async function startChild(program: string, args: readonly string[], options: SpawnOptions): Promise<Child> {
  const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  let stdout = "";
  let stderr = "";
  child.stdout!.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const exited = once(child, "close").then(([code, signal]): Exit => {
    running.delete(child);
    return { code, signal, stdout, stderr };
  });
  await once(child, "spawn");

  const failure = (why: string): Error => {
    const output = `--- standard output\n${stdout}--- standard error\n${stderr}`;
    return new Error(`${[program, ...args].join(" ")}: ${why}\n${output}`);
  };

  return {
    pid: child.pid!,
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
    exited,
    waitForOutput(pattern, { timeoutMs = PATIENCE_MS } = {}) {
      return new Promise((resolve, reject) => {
        const end = (): void => {
          clearTimeout(timer);
          child.stdout!.off("data", check);
          child.stderr!.off("data", check);
        };
        const check = (): void => {
          const match = pattern.exec(stdout) ?? pattern.exec(stderr);
          if (match === null) return;
          end();
          resolve(match);
        };
        const timer = setTimeout(() => {
          end();
          reject(failure(`no output like ${pattern} within ${timeoutMs} ms`));
        }, timeoutMs);
        child.stdout!.on("data", check);
        child.stderr!.on("data", check);
        check();
        exited.then(({ code, signal }) => {
          end();
          reject(failure(`ended (${signal ?? code}) without output like ${pattern}`));
        }, reject);
      });
    },
    async stop(signal = "SIGTERM", { timeoutMs = PATIENCE_MS } = {}) {
      child.kill(signal);
      const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
      const exit = await exited;
      clearTimeout(timer);
      return exit;
    },
  };
}
