/**
 * Counts what changes besides the numbers that are recorded: series that come and go, instruments, what was refused. In memory
 * that threads share, so that another one need not ask whether something did.
 */
export const revision: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(4));

export function revise(): void {
  Atomics.add(revision, 0, 1);
}

export function currentRevision(of: Int32Array<SharedArrayBuffer> = revision): number {
  return Atomics.load(of, 0);
}
