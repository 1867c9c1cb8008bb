import type { PageServerOptions } from "../page-server.ts";
import type { ScraperOptions } from "../scraper.ts";
import type { AskLine } from "./ask-line.ts";
import type { MirrorMessage } from "./mirror-message.ts";

export type WorkerOptions = PageServerOptions & ScraperOptions;

/** What the serving thread is started with. */
export interface WorkerData {
  readonly options: WorkerOptions;
  /** On it the numbers are asked for; the answer comes on it too, when there is nothing to tell but numbers. */
  readonly line: AskLine;
  /** Of the thread that records. */
  readonly revision: Int32Array<SharedArrayBuffer>;
}

/** From the thread that records to the one that serves. */
export type ToWorker =
  | { readonly type: "sample"; readonly message: MirrorMessage }
  /** There is no sample this time. */
  | { readonly type: "failed" }
  /** Tell when the scrapes in progress are answered. */
  | { readonly type: "answer" }
  | { readonly type: "close" };

/** From the thread that serves. */
export type FromWorker =
  | { readonly type: "listening"; readonly port: number }
  | { readonly type: "refused"; readonly message: string; readonly code: string }
  | { readonly type: "told"; readonly level: "error" | "warn" | "info" | "debug"; readonly text: string }
  | { readonly type: "answered" }
  | { readonly type: "closed" };
