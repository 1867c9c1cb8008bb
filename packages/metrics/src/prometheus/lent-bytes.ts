/**
 * Bytes that are written over at each scrape. A page may borrow them instead of copying them; who then writes gets others with
 * the same content, and the page keeps those it has.
 */
export interface LentBytes {
  readonly bytes: Buffer;
  /** Makes sure that nobody has borrowed the bytes, which are others afterwards if need be. True when they are. */
  own(): boolean;
  /** Goes on with other bytes. */
  replace(bytes: Buffer): void;
  /** The first of the bytes, for `borrow`. */
  part(length: number): Uint8Array;
}

interface Memory {
  readonly bytes: Buffer;
  loans: number;
}

const lenders = new WeakMap<Uint8Array, () => () => void>();

/** Keeps bytes of a block as they are until what it returns is called. Undefined: they are nobody's to lend. */
export function borrow(bytes: Uint8Array): (() => void) | undefined {
  return lenders.get(bytes)?.();
}

export function lentBytes(first: Buffer): LentBytes {
  let memory: Memory = { bytes: first, loans: 0 };
  /** What was borrowed when it had to be written, and came back. */
  let spare: Buffer | undefined;

  function lend(lent: Memory): () => void {
    lent.loans++;
    return () => {
      if (--lent.loans === 0 && lent !== memory) spare = lent.bytes;
    };
  }

  return {
    get bytes() {
      return memory.bytes;
    },
    own() {
      if (memory.loans === 0) return false;
      const { bytes } = memory;
      const other = spare !== undefined && spare.length >= bytes.length ? spare : Buffer.allocUnsafeSlow(bytes.length);
      spare = undefined;
      bytes.copy(other);
      memory = { bytes: other, loans: 0 };
      return true;
    },
    replace(bytes) {
      memory = { bytes, loans: 0 };
    },
    part(length) {
      const part = memory.bytes.subarray(0, length);
      const lent = memory;
      lenders.set(part, () => lend(lent));
      return part;
    },
  };
}
