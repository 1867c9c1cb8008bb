/** The thread that answers scrapes: it listens, asks for the numbers, writes the pages and zips them. */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { DiagLogLevel, diag } from "@opentelemetry/api";
import { currentRevision } from "../../revision.ts";
import { pageServer } from "../page-server.ts";
import { scraper } from "../scraper.ts";
import { ask, hasBegun, onAnswer } from "./ask-line.ts";
import type { FromWorker, ToWorker, WorkerData } from "./dialogue.ts";
import { mirroredSource } from "./mirrored-source.ts";

const { options, line, revision } = workerData as WorkerData;
const port = parentPort as MessagePort;
const tell = (message: FromWorker): void => port.postMessage(message);

// Diagnostics go where the application's go.
const teller =
  (level: "error" | "warn" | "info" | "debug") =>
  (...words: unknown[]): void =>
    tell({ type: "told", level, text: words.map(String).join(" ") });
const logger = { error: teller("error"), warn: teller("warn"), info: teller("info"), debug: teller("debug") };
diag.setLogger({ ...logger, verbose: () => {} }, { logLevel: DiagLogLevel.DEBUG, suppressOverrideMessage: true });

const source = mirroredSource({
  ask: () => ask(line),
  begun: () => hasBegun(line),
  revision: () => currentRevision(revision),
});
const pages = scraper(source.contents, options);
const server = listening();

onAnswer(line, () => {
  source.sampled();
  source.answered();
});
port.on("message", (message: ToWorker) => {
  switch (message.type) {
    case "sample":
      source.told(message.message);
      source.answered();
      break;
    case "failed":
      source.answered();
      break;
    case "answer":
      void Promise.resolve(server?.answered()).then(() => tell({ type: "answered" }));
      break;
    case "close":
      void Promise.resolve(server?.shutdown()).then(() => tell({ type: "closed" }));
      break;
  }
});

function listening(): ReturnType<typeof pageServer> | undefined {
  try {
    const started = pageServer(options, () => pages);
    started.ready.then(() => tell({ type: "listening", port: started.port }), refused);
    return started;
  } catch (error) {
    refused(error);
    return undefined;
  }
}

function refused(error: unknown): void {
  const { message, code = "" } = error as Error & { readonly code?: string };
  tell({ type: "refused", message, code });
}
