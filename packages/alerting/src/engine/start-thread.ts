import { MessageChannel, type MessagePort, receiveMessageOnPort, type Worker } from "node:worker_threads";
import { declaredRules } from "../coded-alert/declared-rules.ts";
import { errorOf, type FromAlerting, type ThreadData, type ThreadSettings } from "./dialogue.ts";

/** A thread that alerts, or is about to. */
export interface AlertingWorker {
  readonly worker: Worker;
  readonly port: MessagePort;
  /**
   * Blocks until the thread has started or has said why not, and hears what it said meanwhile. False when the time is up.
   * @throws Error with its reason
   */
  waitUntilStarted(timeoutMs: number, hear: (message: FromAlerting) => void): boolean;
  /** Hears at once what the thread has said, which else comes later than its end. */
  hearRest(hear: (message: FromAlerting) => void): void;
}

/** @throws Error when there can be no other thread */
export function startWorker(settings: ThreadSettings, compileCache: string | undefined): AlertingWorker {
  const { Worker: Thread } = process.getBuiltinModule("node:worker_threads");
  const { port1: port, port2 } = new MessageChannel();
  const started = new Int32Array(new SharedArrayBuffer(4));
  const data: ThreadData = { settings, coded: declaredRules(), compileCache, port: port2, started };
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  // The thread must not run the application's preloads (--import, NODE_OPTIONS): they would observe the observer.
  const worker = new Thread(new URL(`./alerting-worker.${extension}`, import.meta.url), {
    name: "telltale-alerting",
    workerData: data,
    transferList: [port2],
    env: {},
    execArgv: [
      ...process.execArgv.filter((argument) => /^(--conditions|-C)=/.test(argument)),
      // Of node:sqlite, on Node.js 22.
      "--disable-warning=ExperimentalWarning",
    ],
  });
  const hearRest = (hear: (message: FromAlerting) => void): void => {
    for (;;) {
      const received = receiveMessageOnPort(port) as { readonly message: FromAlerting } | undefined;
      if (received === undefined) return;
      hear(received.message);
    }
  };
  return {
    worker,
    port,
    waitUntilStarted(timeoutMs, hear) {
      const isInTime = Atomics.wait(started, 0, 0, timeoutMs) !== "timed-out";
      hearRest((message) => {
        if (message.type === "refused") throw errorOf(message.error);
        hear(message);
      });
      return isInTime;
    },
    hearRest,
  };
}
