/**
 * How the thread that serves asks for the numbers and is told that they are there: by counters in shared memory, because a
 * message there and one back cost the thread that records twice as much as both.
 */
export type AskLine = Int32Array<SharedArrayBuffer>;

export function askLine(): AskLine {
  return new Int32Array(new SharedArrayBuffer(12));
}

const ASKED = 0;
const ANSWERED = 1;
const BEGUN = 2;

export function ask(line: AskLine): void {
  ring(line, ASKED);
}

export function answer(line: AskLine): void {
  ring(line, ANSWERED);
}

/** Tells that the answer to the last question is being prepared. */
export function begin(line: AskLine): void {
  Atomics.store(line, BEGUN, Atomics.load(line, ASKED));
}

export function hasBegun(line: AskLine): boolean {
  return Atomics.load(line, BEGUN) === Atomics.load(line, ASKED);
}

/** Runs `then` at each call of `ask`; several while it runs are one. Returns what ends it. Keeps no process alive. */
export function onAsk(line: AskLine, then: () => Promise<void> | void): () => void {
  return onRing(line, ASKED, then);
}

export function onAnswer(line: AskLine, then: () => Promise<void> | void): () => void {
  return onRing(line, ANSWERED, then);
}

function ring(line: AskLine, bell: number): void {
  Atomics.add(line, bell, 1);
  Atomics.notify(line, bell);
}

function onRing(line: AskLine, bell: number, then: () => Promise<void> | void): () => void {
  let stopped = false;
  void (async () => {
    for (let seen = 0; ; ) {
      const wait = asynchronous.waitAsync(line, bell, seen);
      if (wait.async) await wait.value;
      if (stopped) return;
      seen = Atomics.load(line, bell);
      await then();
    }
  })();
  return () => {
    stopped = true;
    Atomics.notify(line, bell);
  };
}

/** Of ES2024, which every Node.js that this package runs on has. */
const asynchronous = Atomics as typeof Atomics & {
  waitAsync(
    line: AskLine,
    index: number,
    value: number,
  ): { readonly async: false } | { readonly async: true; readonly value: Promise<unknown> };
};
