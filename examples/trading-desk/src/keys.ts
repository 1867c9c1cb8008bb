const CTRL_C = "\u0003";

/** Calls for a key that is pressed on a terminal, without Enter. Elsewhere there are no keys. */
export function onKeys(input: NodeJS.ReadStream, calls: Readonly<Record<string, () => void>>): Disposable {
  if (!input.isTTY) return { [Symbol.dispose]() {} };
  input.setRawMode(true).setEncoding("utf8").resume().unref();
  input.on("data", (key: string) => {
    // The terminal leaves that to us in this mode.
    if (key === CTRL_C) process.kill(process.pid, "SIGINT");
    else calls[key]?.();
  });
  return { [Symbol.dispose]: () => void input.setRawMode(false).pause() };
}
