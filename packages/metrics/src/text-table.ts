/** Longer texts are for a Map, which remembers their hashes. */
export const MAX_TABLE_TEXT = 64;

/** So that nobody outside can choose texts that all fall into one slot. */
const SEED = Math.floor(Math.random() * 2 ** 30) * 2 + 1;

/** As a Map of short texts, in little more than half the memory: 26 bytes an entry for 47. Nothing is ever taken out. */
export class TextTable<V> {
  /** Each text, and behind it what belongs to it. */
  #entries: (string | V | undefined)[] = new Array(16).fill(undefined);
  #size = 0;

  get(text: string): V | undefined {
    const entries = this.#entries;
    return entries[slotIn(entries, text) + 1] as V | undefined;
  }

  set(text: string, value: V): void {
    // At most three quarters full.
    if (this.#size * 8 >= this.#entries.length * 3) this.#grow();
    const slot = slotIn(this.#entries, text);
    if (this.#entries[slot] === undefined) this.#size++;
    this.#entries[slot] = text;
    this.#entries[slot + 1] = value;
  }

  #grow(): void {
    const before = this.#entries;
    const after: (string | V | undefined)[] = new Array(before.length * 2).fill(undefined);
    for (let i = 0; i < before.length; i += 2) {
      const text = before[i];
      if (text === undefined) continue;
      const slot = slotIn(after, text as string);
      after[slot] = text;
      after[slot + 1] = before[i + 1];
    }
    this.#entries = after;
  }
}

/** Where the text stands, or would. */
function slotIn(entries: readonly unknown[], text: string): number {
  let hash = text.length;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), SEED);
  const mask = entries.length - 1;
  // The upper bits are the better mixed ones. Even places hold texts.
  let slot = ((hash ^ (hash >>> 15)) << 1) & mask;
  while (entries[slot] !== undefined && entries[slot] !== text) slot = (slot + 2) & mask;
  return slot;
}
