import type { PageServerOptions } from "../page-server.ts";
import type { ScraperOptions } from "../scraper.ts";
import type { MirrorMessage } from "./mirror-message.ts";

/** What the serving thread is started with. */
export type WorkerOptions = PageServerOptions & ScraperOptions;

/** From the thread that records to the one that serves. */
export type ToWorker =
  | { readonly type: "sample"; readonly message: MirrorMessage }
  /** There is no sample this time. */
  | { readonly type: "failed" }
  | { readonly type: "close" };

/** From the thread that serves. */
export type FromWorker =
  /** It wants the numbers as they are now; with memory of earlier ones, to be used again. */
  | { readonly type: "ask"; readonly spare: ArrayBuffer | undefined }
  | { readonly type: "listening"; readonly port: number }
  | { readonly type: "refused"; readonly message: string; readonly code: string }
  | { readonly type: "told"; readonly level: "error" | "warn" | "info" | "debug"; readonly text: string }
  | { readonly type: "closed" };
