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
  keep(name: string, text: string): void;
  close(): void;
}

/**
 * Opens the file, if there is one. What cannot be written later is told once, until it can be again: alerts are told without it.
 * @throws Error when the file cannot be used
 */
export function keepState(path: string | undefined, onProblem: (problem: AlertingProblem) => void): KeptState {
  if (path === undefined) {
    return { isFile: false, state: undefined, save() {}, text: () => undefined, keep() {}, close() {} };
  }
  const file = openStateFile(path);
  let isFailing = false;
  const attempt = (write: () => void): void => {
    try {
      write();
      isFailing = false;
    } catch (error) {
      const text = `alerting: ${path} cannot be written, so a restart may repeat: ${(error as Error).message}`;
      if (!isFailing) onProblem({ level: "error", text });
      isFailing = true;
    }
  };
  return {
    isFile: true,
    state: file.state,
    save: (state) => attempt(() => file.save(state)),
    text: (name) => file.kept(name),
    keep: (name, text) => attempt(() => file.keep(name, text)),
    close: () => file.close(),
  };
}
