import type { LogLevel } from "./log-level.ts";

/** Where lines go. A sink takes whatever it is given without waiting: what cannot be kept is dropped and counted. */
export interface LogSink {
  /** For messages and counts: "elasticsearch http://localhost:9200". */
  readonly name?: string;
  /** The least severe level that it takes; what loggers leave out does not reach it. @default all */
  readonly level?: LogLevel;
  /** Takes one line of JSON with its newline. */
  write(line: string): void;
  /** Settles when all that was written has been delivered, or has failed. */
  flush?(): Promise<void>;
  /** Writes out all that it can before it returns: the process is about to end. */
  flushSync?(): void;
  /** Flushes and lets go of files and sockets; what is written afterwards is ignored. */
  close?(): Promise<void>;
  /** Lines that have not been delivered. */
  pending?(): number;
  /** Lines delivered so far. */
  sent?(): number;
  /** Since when lines cannot be delivered, Unix time in milliseconds; undefined while they are. */
  failingSinceMs?(): number | undefined;
  /** Why not, in the backend's or the system's words. */
  failure?(): string | undefined;
  /** Whether what is pending could not be delivered when it was last tried. */
  isFailing?(): boolean;
  /** The lines that have not been delivered, taken out; nothing is delivered afterwards. */
  takeUndelivered?(): string[];
  /** Lines lost so far, because the queue was full or the backend refused them. */
  dropped?(): number;
  /** Whether it prints where lines have been printed from the start, and so has those of before `createLogging()`. */
  readonly isStandardOutput?: boolean;
}
