/** How long the event loop is held in one turn by all that is encoded here, in milliseconds. */
const SLICE_MS = 1;

interface Work {
  /** Takes one step, and says whether it was the last. */
  step(): boolean;
}

const waiting: Work[] = [];
let turnEndsMs: number | undefined;

/**
 * Runs the steps, and lets the event loop run between them when a turn has been used up: each turn has one share of time
 * for all callers together, and who came first is served first. What fits into the share runs at once.
 */
export function inSlices<T>(steps: Generator<void, T>): Promise<T> {
  return new Promise((resolve, reject) => {
    waiting.push({
      step() {
        try {
          const { done, value } = steps.next();
          if (done) resolve(value as T);
          return done === true;
        } catch (error) {
          reject(error);
          return true;
        }
      },
    });
    if (waiting.length === 1) work();
  });
}

function work(): void {
  if (turnEndsMs === undefined) {
    turnEndsMs = performance.now() + SLICE_MS;
    setImmediate(nextTurn);
  }
  while (waiting.length > 0 && performance.now() < turnEndsMs) {
    if (waiting[0]!.step()) waiting.shift();
  }
}

function nextTurn(): void {
  turnEndsMs = undefined;
  if (waiting.length > 0) work();
}
