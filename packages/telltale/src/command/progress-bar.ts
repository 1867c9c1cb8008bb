export interface ProgressBar {
  /** How much is done, from 0 to 1. */
  show(share: number): void;
  /** Takes the bar away. */
  end(): void;
}

const WIDTH = 30;
const CLEAR_LINE = "\r\x1b[2K";

/** A bar on a terminal that grows in place; elsewhere it is not to be seen. */
export function progressBar(output: NodeJS.WriteStream, label: string): ProgressBar {
  if (!output.isTTY) return { show() {}, end() {} };
  return {
    show(share) {
      const done = Math.round(WIDTH * share);
      output.write(`${CLEAR_LINE}${"█".repeat(done)}${"░".repeat(WIDTH - done)} ${label}`);
    },
    end: () => void output.write(CLEAR_LINE),
  };
}
