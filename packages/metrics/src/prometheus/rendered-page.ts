import { setImmediate } from "node:timers/promises";
import { borrow } from "./lent-bytes.ts";
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
/** Smaller ones are copied, because each that is not is a chunk of its own. */
const BORROWED_FROM = 16_384;
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
 * Puts the pieces together and lets the event loop run between them. They are overwritten at the next scrape, so large ones are
 * borrowed until the page is used no more, and small ones copied. The page is retained once, for the caller.
 */
export async function renderPage(pieces: Iterable<Uint8Array>, pool: ChunkPool): Promise<RenderedPage> {
  const gathered = gatherChunks(pool);
  let length = 0;
  let sinceMs = performance.now();
  for (const piece of pieces) {
    length += piece.length;
    const giveBack = piece.length < BORROWED_FROM ? undefined : borrow(piece);
    if (giveBack === undefined) gathered.copy(piece);
    else gathered.take(piece, giveBack);
    if (performance.now() - sinceMs < SLICE_MS) continue;
    await setImmediate();
    sinceMs = performance.now();
  }
  return shared({ chunks: gathered.end(), length, free: gathered.free });
}

interface GatheredChunks {
  copy(piece: Uint8Array): void;
  /** As it is, to be given back when the page is used no more. */
  take(piece: Uint8Array, giveBack: () => void): void;
  end(): readonly Uint8Array[];
  readonly free: () => void;
}

function gatherChunks(pool: ChunkPool): GatheredChunks {
  const chunks: Uint8Array[] = [];
  const pooled: Buffer[] = [];
  const borrowed: (() => void)[] = [];
  let chunk: Buffer | undefined;
  /** What is in the chunk, and how much of it is on the page already. */
  let filled = CHUNK_LENGTH;
  let listed = CHUNK_LENGTH;

  function list(): void {
    if (chunk !== undefined && filled > listed) chunks.push(chunk.subarray(listed, filled));
    listed = filled;
  }

  return {
    copy(piece) {
      for (let from = 0; from < piece.length; ) {
        if (chunk === undefined || filled === CHUNK_LENGTH) {
          list();
          chunk = pool.take();
          pooled.push(chunk);
          filled = 0;
          listed = 0;
        }
        const part = piece.subarray(from, from + CHUNK_LENGTH - filled);
        chunk.set(part, filled);
        filled += part.length;
        from += part.length;
      }
    },
    take(piece, giveBack) {
      list();
      borrowed.push(giveBack);
      for (let from = 0; from < piece.length; from += CHUNK_LENGTH)
        chunks.push(piece.subarray(from, from + CHUNK_LENGTH));
    },
    end() {
      list();
      return chunks;
    },
    free() {
      pool.give(pooled);
      for (const giveBack of borrowed) giveBack();
    },
  };
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
