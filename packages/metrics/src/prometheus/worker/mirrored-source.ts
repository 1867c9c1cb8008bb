import type { PageSource } from "../page-source.ts";
import { deferred } from "./deferred.ts";
import type { MirrorMessage } from "./mirror-message.ts";
import { mirrorReader } from "./mirror-reader.ts";

/** The contents of pages in a thread that has no instruments of its own. */
export interface MirroredSource {
  readonly contents: PageSource;
  /** Takes a message in, and the numbers that it goes with. */
  told(message: MirrorMessage): void;
  /** There are other numbers and nothing else to tell. */
  sampled(): void;
  /** What was asked for has come, or cannot be had. */
  answered(): void;
  close(): void;
}

export interface MirroredSourceOptions {
  /** Asks the other thread for a sample. */
  readonly ask: () => void;
  /** Whether the other thread is preparing the sample that it was asked for, so that it is not blocked. */
  readonly begun: () => boolean;
  /** The other thread's revision as it is now. */
  readonly revision: () => number;
  /** How long a sample is waited for that is not begun before the last one is taken. @default 25 */
  readonly patienceMs?: number;
  /** And one that is: cluster workers may take a second, and callbacks of observable instruments take theirs. @default 1500 */
  readonly begunPatienceMs?: number;
  /** How often a sample is asked for while nobody scrapes. @default 5000 */
  readonly refreshMs?: number;
}

/** With no sample at all there is nothing else to serve, so it is waited for as long as a scrape lasts. */
const FIRST_PATIENCE_MS = 5_000;
/** When nobody has scraped for so long, nothing is asked for in advance. */
const IDLE_MS = 60_000;

/**
 * Asks for a sample at each scrape that needs one, and every five seconds in between so that there is a recent one when the other thread does not
 * answer. While it does not, the last one is served; only the first scrape of such a time waits for it.
 */
export function mirroredSource({
  ask,
  begun,
  revision,
  patienceMs = 25,
  begunPatienceMs = 1_500,
  refreshMs = 5_000,
}: MirroredSourceOptions): MirroredSource {
  const mirror = mirrorReader(revision);
  let asked: { readonly atMs: number; readonly answer: Promise<void>; readonly resolve: () => void } | undefined;
  let scrapedMs = performance.now();
  request();
  const timer = setInterval(() => {
    if (performance.now() - scrapedMs < IDLE_MS) request();
  }, refreshMs).unref();

  function request() {
    if (asked !== undefined) return asked;
    const answer = deferred();
    asked = { atMs: performance.now(), answer: answer.promise, resolve: answer.resolve };
    ask();
    return asked;
  }

  return {
    async contents() {
      scrapedMs = performance.now();
      if (!mirror.knowsAll()) {
        const { atMs, answer } = request();
        const patience = mirror.contents() === undefined ? FIRST_PATIENCE_MS : patienceMs;
        await within(answer, atMs + patience - performance.now());
        if (begun()) await within(answer, atMs + begunPatienceMs - performance.now());
      }
      const contents = mirror.contents();
      if (contents === undefined) throw new Error("the application's thread has not answered yet");
      return contents;
    },
    told: (message) => mirror.take(message),
    sampled: () => mirror.sample(),
    answered() {
      asked?.resolve();
      asked = undefined;
    },
    close: () => clearInterval(timer),
  };
}

function within(answer: Promise<void>, timeMs: number): Promise<void> {
  const late = deferred();
  const timer = setTimeout(late.resolve, Math.max(0, timeMs));
  return Promise.race([answer, late.promise]).finally(() => clearTimeout(timer));
}
