import { setImmediate } from "node:timers/promises";

/** A page as it goes out, to however many ask for it at the same time. */
export interface RenderedPage {
  readonly chunks: readonly Uint8Array[];
  readonly length: number;
  /** The page by gzip, once for all who want it; made by libuv's threads. */
  gzipped(): Promise<Uint8Array>;
}

/** How long the event loop is held at a stretch. */
const SLICE_MS = 2;
/** Pieces are gathered into chunks of this size. */
const CHUNK_LENGTH = 65_536;

/** Copies the pieces, which are overwritten at the next scrape, and lets the event loop run between them. */
export async function renderPage(pieces: Iterable<Uint8Array>): Promise<RenderedPage> {
  const chunks: Uint8Array[] = [];
  let chunk = Buffer.allocUnsafe(CHUNK_LENGTH);
  let filled = 0;
  let length = 0;
  let sinceMs = performance.now();
  for (const piece of pieces) {
    length += piece.length;
    if (filled + piece.length > CHUNK_LENGTH) {
      chunks.push(chunk.subarray(0, filled));
      chunk = Buffer.allocUnsafe(Math.max(CHUNK_LENGTH, piece.length));
      filled = 0;
    }
    chunk.set(piece, filled);
    filled += piece.length;
    if (performance.now() - sinceMs < SLICE_MS) continue;
    await setImmediate();
    sinceMs = performance.now();
  }
  chunks.push(chunk.subarray(0, filled));
  let gzipped: Promise<Uint8Array> | undefined;
  return {
    chunks,
    length,
    gzipped() {
      gzipped ??= gzip(chunks);
      return gzipped;
    },
  };
}

function gzip(chunks: readonly Uint8Array[]): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    process.getBuiltinModule("node:zlib").gzip(Buffer.concat(chunks), { level: 1 }, (error, result) => {
      if (error === null) resolve(result);
      else reject(error);
    });
  });
}
