export interface Terminal {
  /** Prints above the live line. */
  print(text: string): void;
  /** Replaces the live line. Where output is not a terminal it is printed, at most every ten seconds. */
  showLive(line: string): void;
  /** Leaves the live line where it is and goes to the next. */
  end(): void;
}

const CLEAR_LINE = "\r\x1b[2K";
const PRINT_INTERVAL_MS = 10_000;

/** A terminal with one line at the bottom that changes in place. */
export function terminal(output: NodeJS.WriteStream): Terminal {
  let live = "";
  let printedAt = performance.now();
  const draw = (): void => {
    if (live === "") return;
    // A line that wraps could not be cleared.
    const width = (output.columns || 80) - 1;
    output.write(CLEAR_LINE + (live.length > width ? `${live.slice(0, width - 1)}…` : live));
  };
  return {
    print(text) {
      if (output.isTTY) output.write(CLEAR_LINE);
      output.write(`${text}\n`);
      if (output.isTTY) draw();
    },
    showLive(line) {
      if (output.isTTY) {
        live = line;
        draw();
      } else if (performance.now() - printedAt >= PRINT_INTERVAL_MS) {
        printedAt = performance.now();
        output.write(`${line}\n`);
      }
    },
    end() {
      if (output.isTTY && live !== "") output.write("\n");
      live = "";
    },
  };
}
