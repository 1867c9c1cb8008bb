import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

export type Compression = "none" | "gzip" | "zstd";

/** Below this, a body fits into one packet or nearly so, and compressing it costs more than it spares. */
const WORTH_IT_BYTES = 1_024;

/** The fastest: of a request of 512 spans, gzip's usual level makes 2 % less and takes twice as long; zstd gains nothing. */
const LEVEL = 1;

/** The body in that encoding, compressed off the main thread; small ones stay as they are, and are there at once. */
export function compress(body: Uint8Array, compression: Compression): CompressedBody | Promise<CompressedBody> {
  if (compression === "none" || body.length < WORTH_IT_BYTES) return { body, encoding: undefined };
  const zlib = require("node:zlib") as typeof import("node:zlib");
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, compressed: Uint8Array): void => {
      if (error === null) resolve({ body: compressed, encoding: compression });
      else reject(error);
    };
    if (compression === "gzip") zlib.gzip(body, { level: LEVEL }, done);
    else zlib.zstdCompress(body, { params: { [zlib.constants.ZSTD_c_compressionLevel]: LEVEL } }, done);
  });
}

export interface CompressedBody {
  readonly body: Uint8Array;
  /** For `Content-Encoding`. */
  readonly encoding: "gzip" | "zstd" | undefined;
}
