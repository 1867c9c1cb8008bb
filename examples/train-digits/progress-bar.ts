const WIDTH = 24;

/** How far it is, on one line of a terminal; where there is none, one line at the end of each epoch. */
export function showProgress({
  done,
  total,
  text,
  isLineEnd,
}: {
  readonly done: number;
  readonly total: number;
  readonly text: string;
  readonly isLineEnd: boolean;
}): void {
  const filled = Math.round((WIDTH * done) / total);
  const line = `${"█".repeat(filled)}${"░".repeat(WIDTH - filled)} ${String(Math.floor((100 * done) / total)).padStart(3)} %  ${text}`;
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[2K${line}${isLineEnd ? "\n" : ""}`);
  else if (isLineEnd) console.log(line);
}
