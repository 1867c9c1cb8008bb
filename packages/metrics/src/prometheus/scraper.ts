import { labelText } from "./labels.ts";
import { translatedNames, utf8Names } from "./naming.ts";
import type { PageForm } from "./negotiate.ts";
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
  /**
   * `names` are the families to write; none means all. The page is to be released after use. Undefined when too many with
   * different names are asked for at once: a queue of them would be answered when nobody waits any more.
   */
  page(form: PageForm, names: readonly string[]): Promise<RenderedPage> | undefined;
}

/** How many pages with different `name[]` are made at a time, and how many are kept. */
const MAX_PAGES = 8;

export function scraper(source: PageSource, options: ScraperOptions): Scraper {
  const told = new Set<string>();
  const writers = new Map<string, PageWriter>();
  const pages = new Map<string, Promise<RenderedPage>>();
  const pool = chunkPool();
  // Blocks of text are overwritten by the next page, so pages of one writer are made one after another.
  let last: Promise<unknown> = Promise.resolve();
  let filtered = 0;
  return {
    page(form, given) {
      const names = [...new Set(given)].sort();
      const key = [form.format, form.escaping, ...names].join(" ");
      const page = pages.get(key) ?? start(key, form, names);
      return page?.then((made) => {
        made.retain();
        return made;
      });
    },
  };

  function start(key: string, form: PageForm, names: readonly string[]): Promise<RenderedPage> | undefined {
    // The page of all metrics has its turn however many ask for parts of it.
    const counts = names.length === 0 ? 0 : 1;
    if (counts > 0 && filtered >= MAX_PAGES) return undefined;
    filtered += counts;
    const page = last
      .then(() => make(form, names))
      .finally(() => {
        filtered -= counts;
      });
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
      if (kept && options.keepPageMs > 0) setTimeout(letGo, options.keepPageMs).unref();
      else queueMicrotask(letGo);
    }, forget);
    return page;
  }

  async function make({ format, escaping }: PageForm, names: readonly string[]): Promise<RenderedPage> {
    const contents = await source();
    const constants = Object.entries(contents.resource).filter(([key]) => options.resourceLabels.includes(key));
    const constantAttributes = Object.fromEntries(constants);
    const naming = escaping === "allow-utf-8" ? utf8Names : translatedNames;
    const constantLabels = labelText(constantAttributes, naming);
    // A resource may still be changing while its detectors run; then the kept text is of no use.
    const key = `${format} ${escaping} ${constantLabels}`;
    const writer =
      writers.get(key) ??
      (format === "protobuf"
        ? protobufPageWriter({ ...options, constants: constantAttributes, told, naming })
        : pageWriter({ ...options, format, constantLabels, told, naming }));
    if (!writers.has(key) && writers.size >= MAX_PAGES) writers.clear();
    writers.set(key, writer);
    const only = names.length === 0 ? undefined : new Set(names);
    return renderPage(writer.pieces({ ...contents, only }), pool);
  }
}
