import type { DispatcherState } from "../routing/dispatcher.ts";
import { openStateFile } from "../state-file/state-file.ts";
import type { AlertingProblem } from "./alerting-problem.ts";

/** What outlives a restart, where there is a file for it. */
export interface KeptState {
  readonly isFile: boolean;
  /** What was saved before. */
  readonly state: DispatcherState | undefined;
  save(state: DispatcherState): void;
  text(name: string): string | undefined;
  /** False when it could not be written. */
  keep(name: string, text: string): boolean;
  /** What was added to the text since it was kept. */
  added(name: string): readonly string[];
  /** False when it could not be written. */
  add(name: string, text: string): boolean;
  close(): void;
}

/**
 * Opens the file, if there is one. What cannot be written later is told once, until it can be again: alerts are told without it.
 * @throws Error when the file cannot be used
 */
export function keepState(path: string | undefined, onProblem: (problem: AlertingProblem) => void): KeptState {
  if (path === undefined) {
    const nothing = {
      save() {},
      text: () => undefined,
      keep: () => true,
      added: () => [],
      add: () => true,
      close() {},
    };
    return { isFile: false, state: undefined, ...nothing };
  }
  const file = openStateFile(path);
  let isFailing = false;
  const attempt = (write: () => void): boolean => {
    try {
      write();
      isFailing = false;
      return true;
    } catch (error) {
      const text = `alerting: ${path} cannot be written, so a restart may repeat: ${(error as Error).message}`;
      if (!isFailing) onProblem({ level: "error", text });
      isFailing = true;
      return false;
    }
  };
  return {
    isFile: true,
    state: file.state,
    save: (state) => void attempt(() => file.save(state)),
    text: (name) => file.kept(name),
    keep: (name, text) => attempt(() => file.keep(name, text)),
    added: (name) => file.added(name),
    add: (name, text) => attempt(() => file.add(name, text)),
    close: () => file.close(),
  };
}
