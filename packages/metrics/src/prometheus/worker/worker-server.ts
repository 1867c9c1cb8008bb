import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Worker } from "node:worker_threads";
import { diag } from "@opentelemetry/api";
import { currentRevision, revision } from "../../revision.ts";
import { listen } from "../listen.ts";
import { labelAttributes, labelled } from "../members/cloneable.ts";
import { type PageServer, pageServer } from "../page-server.ts";
import type { PageSource } from "../page-source.ts";
import type { Scraper } from "../scraper.ts";
import { answer, askLine, begin, onAsk } from "./ask-line.ts";
import { type Deferred, deferred } from "./deferred.ts";
import type { FromWorker, ToWorker, WorkerData, WorkerOptions } from "./dialogue.ts";
import type { MirrorMessage } from "./mirror-message.ts";
import { mirrorWriter } from "./mirror-writer.ts";

/**
 * Serves the page from a thread of its own. It reads the totals of counters, up-down counters and gauges where they are
 * kept; for the rest this thread writes numbers into shared memory when it is asked for them: at each scrape that shows
 * such, and every five seconds between scrapes. While it does not answer, the last ones are served. Should the worker end,
 * this thread serves the page itself.
 * @throws Error with code TELLTALE_PORT_IN_USE or TELLTALE_CANNOT_LISTEN
 */
export function workerServer(
  options: WorkerOptions,
  { source, scraper }: { readonly source: () => PageSource; readonly scraper: () => Scraper },
): PageServer {
  const settings = { ...options, port: freePort(options) };
  const line = askLine();
  const worker = startWorker({ options: settings, line, revision });
  const writer = mirrorWriter();
  const ready = deferred();
  const closed = deferred();
  const asked: Deferred[] = [];
  let { port } = settings;
  let closing: Promise<void> | undefined;
  let instead: PageServer | undefined;

  worker.on("message", (message: FromWorker) => {
    switch (message.type) {
      case "listening":
        port = message.port;
        ready.resolve();
        break;
      case "refused":
        ready.reject(Object.assign(new Error(message.message), { code: message.code }));
        break;
      case "told":
        diag[message.level](message.text);
        break;
      case "answered":
        asked.shift()?.resolve();
        break;
      case "closed":
        closed.resolve();
        break;
    }
  });
  worker.on("error", (error) => diag.error("telltale: the thread that serves the Prometheus page failed", error));
  const stopAnswering = onAsk(line, sample);
  worker.on("exit", () => {
    stopAnswering();
    for (const one of asked.splice(0)) one.resolve();
    closed.resolve();
    if (closing !== undefined) return;
    instead = pageServer({ ...settings, port }, scraper);
    instead.ready.then(ready.resolve, ready.reject);
  });

  // From here on it keeps no process alive. Before, it does: whoever waits for `ready` and has nothing else would end.
  const letGo = (): void => void worker.unref();
  ready.promise.then(letGo, letGo);

  async function sample(): Promise<void> {
    try {
      begin(line);
      const before = currentRevision();
      const message = await writer.write(await source()(), before);
      if (message === undefined) answer(line);
      else hand(worker, message);
    } catch (error) {
      diag.error("telltale: the numbers of the Prometheus page cannot be taken", error);
      worker.postMessage({ type: "failed" } satisfies ToWorker);
    }
  }

  return {
    ready: ready.promise,
    get port(): number {
      return instead?.port ?? port;
    },
    async answered() {
      if (instead !== undefined) return instead.answered();
      if (closing !== undefined) return closing;
      const answered = deferred();
      asked.push(answered);
      worker.postMessage({ type: "answer" } satisfies ToWorker);
      await answered.promise;
    },
    serveAlso: () => false,
    shutdown() {
      closing ??= shutdown();
      return closing;
    },
  };

  async function shutdown(): Promise<void> {
    if (instead !== undefined) return instead.shutdown();
    // The page that is being served still needs its numbers, so this thread stays until it is out.
    worker.ref();
    worker.postMessage({ type: "close" } satisfies ToWorker);
    await closed.promise;
    await worker.terminate();
  }
}

function startWorker(data: WorkerData): Worker {
  const { Worker: Thread } = process.getBuiltinModule("node:worker_threads");
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  // The thread must not run the application's preloads (--import, NODE_OPTIONS): they would observe the observer.
  return new Thread(new URL(`./page-worker.${extension}`, import.meta.url), {
    name: "telltale-prometheus",
    workerData: data,
    env: {},
    execArgv: process.execArgv.filter((argument) => /^(--conditions|-C)=/.test(argument)),
  });
}

/** Takes the port for a moment, so that a busy one throws here and now, and any free one is known by its number. */
function freePort(options: WorkerOptions): number {
  const probe = process.getBuiltinModule("node:net").createServer();
  void listen(probe as Server, options).catch(() => {});
  const port = (probe.address() as AddressInfo | null)?.port ?? options.port;
  probe.close();
  return port;
}

function hand(worker: Worker, message: MirrorMessage): void {
  try {
    worker.postMessage({ type: "sample", message } satisfies ToWorker);
  } catch {
    // An attribute of the SDK's own instruments may hold what cannot go to another thread, such as a function.
    worker.postMessage({ type: "sample", message: plain(message) } satisfies ToWorker);
  }
}

function plain(message: MirrorMessage): MirrorMessage {
  const resource = message.resource && { resource: labelAttributes(message.resource) };
  return { ...message, ...resource, scopes: message.scopes.map(labelled) };
}
