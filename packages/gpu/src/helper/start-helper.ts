import { type ChildProcess, fork } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { GpuError } from "../gpu-provider.ts";
import type { FromHelper, HelperOptions, ProviderSample, ToHelper, TriedProvider } from "./dialogue.ts";

/** The other process or thread, in which the providers run. It keeps no process alive. */
export interface Helper {
  /** @throws GpuError when the helper has ended or does not answer in time */
  probe(options: HelperOptions, deadlineMs: number): Promise<readonly TriedProvider[]>;
  /** @throws GpuError when the helper has ended or does not answer in time */
  sample(deadlineMs: number): Promise<readonly ProviderSample[]>;
  /** Whether it can still be asked. */
  readonly isAlive: boolean;
  /** Whether it is gone, now or `withinMs`: what hangs in the kernel goes on after it was ended by force. */
  hasEnded(withinMs: number): Promise<boolean>;
  /** Lets it close what is open, and ends it: a process at once when the deadline is over, a thread when its call returns. */
  close(deadlineMs: number): Promise<void>;
}

interface Asked {
  readonly resolve: (message: FromHelper) => void;
  readonly reject: (error: Error) => void;
}

/** @throws GpuError when neither can be started, as under `node --permission` */
export function startHelper(isolation: "process" | "worker"): Helper {
  const asked = new Map<number, Asked>();
  let nextId = 0;
  let isAlive = true;
  let tellEnded = (_: true): void => {};
  const ended = new Promise<true>((resolve) => {
    tellEnded = resolve;
  });
  const line = isolation === "process" ? processLine() : threadLine();
  line.onMessage((message) => {
    asked.get(message.id)?.resolve(message);
    asked.delete(message.id);
  });
  line.onEnd((reason) => {
    isAlive = false;
    tellEnded(true);
    for (const { reject } of asked.values()) reject(failed(`the GPU ${isolation} ended: ${reason}`));
    asked.clear();
  });

  async function ask(question: ToHelper, deadlineMs: number): Promise<FromHelper> {
    if (!isAlive) throw failed(`the GPU ${isolation} has ended`);
    let deadline: NodeJS.Timeout | undefined;
    try {
      return await new Promise<FromHelper>((resolve, reject) => {
        asked.set(question.id, { resolve, reject });
        deadline = setTimeout(() => reject(late(deadlineMs)), deadlineMs).unref();
        line.send(question);
      });
    } finally {
      clearTimeout(deadline);
      asked.delete(question.id);
    }
  }

  return {
    async probe(options, deadlineMs) {
      const answer = await ask({ id: nextId++, type: "probe", options }, deadlineMs);
      return answer.type === "probed" ? answer.tried : [];
    },
    async sample(deadlineMs) {
      const answer = await ask({ id: nextId++, type: "sample" }, deadlineMs);
      return answer.type === "sampled" ? answer.samples : [];
    },
    get isAlive() {
      return isAlive;
    },
    async hasEnded(withinMs) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<false>((resolve) => {
        timer = setTimeout(resolve, withinMs, false).unref();
      });
      const outcome = await Promise.race([ended, late]);
      clearTimeout(timer);
      return outcome;
    },
    async close(deadlineMs) {
      if (isAlive && deadlineMs > 0) await ask({ id: nextId++, type: "close" }, deadlineMs).catch(() => {});
      isAlive = false;
      line.end();
    },
  };
}

interface Line {
  send(message: ToHelper): void;
  onMessage(listener: (message: FromHelper) => void): void;
  onEnd(listener: (reason: string) => void): void;
  end(): void;
}

/** Beside this file, with its extension; the bundle puts everything into one folder. */
function helperUrl(): URL {
  const isSource = extname(fileURLToPath(import.meta.url)) === ".ts";
  return new URL(isSource ? "./gpu-worker.ts" : "./gpu-worker.js", import.meta.url);
}

function processLine(): Line {
  let child: ChildProcess;
  try {
    // Without the application's flags and NODE_OPTIONS: `--import telltale/register` would start telemetry there.
    child = fork(fileURLToPath(helperUrl()), [], { execArgv: [], env: {}, stdio: "ignore" });
  } catch (error) {
    throw startFault(error, "--allow-child-process", "process");
  }
  child.unref();
  child.channel?.unref();
  // A helper that hangs in a driver would outlive this process by as long as that call takes.
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  return {
    send: (message) => void child.send(message, () => {}),
    onMessage: (listener) => {
      child.on("message", (message) => listener(message as FromHelper));
      child.channel?.unref();
    },
    onEnd: (listener) => {
      child.on("error", (error) => listener(error.message));
      child.once("exit", (code, signal) => {
        process.off("exit", kill);
        listener(signal ?? `exit code ${code}`);
      });
    },
    end: kill,
  };
}

function threadLine(): Line {
  let worker: Worker;
  try {
    worker = new Worker(helperUrl(), { execArgv: [], env: {}, name: "telltale-gpu" });
  } catch (error) {
    throw startFault(error, "--allow-worker", "worker");
  }
  worker.unref();
  return {
    send: (message) => worker.postMessage(message),
    onMessage: (listener) => {
      worker.on("message", listener);
      worker.unref();
    },
    onEnd: (listener) => {
      worker.once("error", (error) => listener(error.message));
      worker.once("exit", (code) => listener(`exit code ${code}`));
    },
    end: () => void worker.terminate(),
  };
}

function startFault(error: unknown, flag: string, isolation: string): GpuError {
  const { code, message } = error as NodeJS.ErrnoException;
  const hint =
    code === "ERR_ACCESS_DENIED" ? `start node with ${flag}, or choose another isolation` : "see the message";
  return new GpuError(
    { code: "NO_PERMISSION", message: `the GPU ${isolation} cannot be started: ${message}`, hint },
    error,
  );
}

function failed(message: string): GpuError {
  return new GpuError({ code: "FAILED", message, hint: "it is started again at the next probing" });
}

function late(deadlineMs: number): GpuError {
  const hint = "the driver hangs: see dmesg, then reset the device or reboot";
  return new GpuError({ code: "TIMEOUT", message: `no GPU reading within ${deadlineMs} ms`, hint });
}
