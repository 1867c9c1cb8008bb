import { setImmediate } from "node:timers/promises";
import type { Coding } from "./negotiate.ts";

/** A page as it goes out, to however many ask for it at the same time. */
export interface RenderedPage {
  readonly chunks: readonly Uint8Array[];
  readonly length: number;
  /** The page compressed, once for all who want it so; made by libuv's threads. */
  compressed(coding: Coding): Promise<Uint8Array>;
  /** Says that one more goes to use the page, or uses it no more; with the last its memory goes back to the pool. */
  retain(): void;
  release(): void;
}

/** Memory for pages. Taking it anew for every page costs more than writing the page. */
export interface ChunkPool {
  take(): Buffer;
  give(chunks: readonly Buffer[]): void;
}

/** How long the event loop is held at a stretch. */
const SLICE_MS = 2;
/** Pieces are gathered into chunks of this size. */
const CHUNK_LENGTH = 65_536;
/** 16 MiB: the page of 10,000 histograms. */
const MAX_POOLED = 256;

export function chunkPool(): ChunkPool {
  const free: Buffer[] = [];
  return {
    take: () => free.pop() ?? Buffer.allocUnsafeSlow(CHUNK_LENGTH),
    give(chunks) {
      for (const chunk of chunks) if (free.length < MAX_POOLED) free.push(chunk);
    },
  };
}

/**
 * Copies the pieces, which are overwritten at the next scrape, and lets the event loop run between them. The page is
 * retained once, for the caller.
 */
export async function renderPage(pieces: Iterable<Uint8Array>, pool: ChunkPool): Promise<RenderedPage> {
  const taken: Buffer[] = [];
  let chunk: Buffer | undefined;
  let filled = CHUNK_LENGTH;
  let length = 0;
  let sinceMs = performance.now();
  for (const piece of pieces) {
    length += piece.length;
    for (let from = 0; from < piece.length; ) {
      if (chunk === undefined || filled === CHUNK_LENGTH) {
        chunk = pool.take();
        taken.push(chunk);
        filled = 0;
      }
      const part = piece.subarray(from, from + CHUNK_LENGTH - filled);
      chunk.set(part, filled);
      filled += part.length;
      from += part.length;
    }
    if (performance.now() - sinceMs < SLICE_MS) continue;
    await setImmediate();
    sinceMs = performance.now();
  }
  const chunks = taken.map((one) => (one === chunk ? one.subarray(0, filled) : one));
  return shared({ chunks, length, free: () => pool.give(taken) });
}

function shared({
  chunks,
  length,
  free,
}: {
  readonly chunks: readonly Uint8Array[];
  readonly length: number;
  readonly free: () => void;
}): RenderedPage {
  let users = 1;
  const packed = new Map<Coding, Promise<Uint8Array>>();
  return {
    chunks,
    length,
    compressed(coding) {
      const made = packed.get(coding) ?? compress(chunks, coding);
      packed.set(coding, made);
      return made;
    },
    retain() {
      users++;
    },
    release() {
      if (--users === 0) free();
    },
  };
}

function compress(chunks: readonly Uint8Array[], coding: Coding): Promise<Uint8Array> {
  const zlib = process.getBuiltinModule("node:zlib");
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, result: Uint8Array): void => {
      if (error === null) resolve(result);
      else reject(error);
    };
    const page = Buffer.concat(chunks);
    if (coding === "gzip") zlib.gzip(page, { level: 1 }, done);
    else zlib.zstdCompress(page, done);
  });
}
