import { labelText } from "./labels.ts";
import type { PageFormat } from "./negotiate.ts";
import { type PageWriter, pageWriter } from "./page.ts";
import type { PageSource } from "./page-source.ts";
import { protobufPageWriter } from "./protobuf-page.ts";
import { chunkPool, type RenderedPage, renderPage } from "./rendered-page.ts";

export interface ScraperOptions {
  readonly scopeLabels: boolean;
  readonly resourceLabels: readonly string[];
  readonly created: boolean;
  /** How long a page is given to whoever asks next. */
  readonly keepPageMs: number;
}

/** Makes pages. Whoever asks while one is being made, or shortly after, gets the same one. */
export interface Scraper {
  /** `names` are the families to write; none means all. The page is to be released after use. */
  page(format: PageFormat, names: readonly string[]): Promise<RenderedPage>;
}

/** How many pages with different `name[]` are kept. */
const MAX_PAGES = 8;

export function scraper(source: PageSource, options: ScraperOptions): Scraper {
  const told = new Set<string>();
  const writers = new Map<string, PageWriter>();
  const pages = new Map<string, Promise<RenderedPage>>();
  const pool = chunkPool();
  // Blocks of text are overwritten by the next page, so pages of one writer are made one after another.
  let last: Promise<unknown> = Promise.resolve();
  return {
    page(format, names) {
      const key = `${format} ${[...names].sort().join(" ")}`;
      const page = pages.get(key) ?? start(key, format, names);
      return page.then((made) => {
        made.retain();
        return made;
      });
    },
  };

  function start(key: string, format: PageFormat, names: readonly string[]): Promise<RenderedPage> {
    const page = last.then(() => make(format, names));
    last = page.catch(() => {});
    const kept = pages.size < MAX_PAGES;
    if (kept) pages.set(key, page);
    const forget = (): void => {
      if (kept) pages.delete(key);
    };
    page.then((made) => {
      const letGo = (): void => {
        forget();
        made.release();
      };
      // Whoever waits for the page already has retained it by then: their turn in the queue of promises is this one.
      if (options.keepPageMs > 0) setTimeout(letGo, options.keepPageMs).unref();
      else queueMicrotask(letGo);
    }, forget);
    return page;
  }

  async function make(format: PageFormat, names: readonly string[]): Promise<RenderedPage> {
    const contents = await source();
    const constants = Object.entries(contents.resource).filter(([key]) => options.resourceLabels.includes(key));
    const constantAttributes = Object.fromEntries(constants);
    const constantLabels = labelText(constantAttributes);
    // A resource may still be changing while its detectors run; then the kept text is of no use.
    const key = `${format} ${constantLabels}`;
    const writer =
      writers.get(key) ??
      (format === "protobuf"
        ? protobufPageWriter({ ...options, constants: constantAttributes, told })
        : pageWriter({ ...options, format, constantLabels, told }));
    if (!writers.has(key) && writers.size >= MAX_PAGES) writers.clear();
    writers.set(key, writer);
    const only = names.length === 0 ? undefined : new Set(names);
    return renderPage(writer.pieces({ ...contents, only }), pool);
  }
}
