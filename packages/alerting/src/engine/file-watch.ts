import type { Clock } from "../clock.ts";

export interface FileWatchOptions {
  readonly clock: Clock;
  readonly pollMs: number;
  /** What they looked like before they were read: a change while they were is none that is missed. */
  readonly known: string;
  /** What the files look like: another text when one of them changed. */
  readonly look: () => string;
  /** Called once after each change, when the files have stayed as they are from one look to the next. */
  readonly onChange: () => void;
}

/**
 * Looks at files now and then, which works on every file system, for links and for files that are not there yet. A file that is
 * being written when it looks is left alone until the next look.
 */
export function watchFiles({ clock, pollMs, look, onChange, ...given }: FileWatchOptions): Disposable {
  let { known } = given;
  let last = known;
  let timer = clock.at(clock.now() + pollMs, poll);

  function poll(): void {
    const now = look();
    timer = clock.at(clock.now() + pollMs, poll);
    const isSettled = now === last;
    last = now;
    if (!isSettled || now === known) return;
    known = now;
    onChange();
  }

  return { [Symbol.dispose]: () => timer[Symbol.dispose]() };
}
