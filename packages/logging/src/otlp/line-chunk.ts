/** Lines as bytes, in one piece: a line that waits as pino made it is a tree of texts, which costs whoever collects garbage. */
export class LineChunk {
  #bytes: Buffer;
  #length = 0;
  #lines = 0;

  constructor(sizeBytes: number) {
    this.#bytes = Buffer.allocUnsafeSlow(sizeBytes);
  }

  get lines(): number {
    return this.#lines;
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  // Hot: benchmarks/logging.ts.
  add(line: string): void {
    // UTF-16 of one unit has three bytes in UTF-8 at most.
    const needed = this.#length + line.length * 3;
    if (needed > this.#bytes.length) this.#grow(needed);
    this.#length += this.#bytes.write(line, this.#length, "utf8");
    this.#lines++;
  }

  clear(): void {
    this.#length = 0;
    this.#lines = 0;
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
