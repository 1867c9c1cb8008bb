/** How desk, exchange, traders and database talk with `start.ts`, which runs each as a child process. */

/** Tells the parent that this process serves. Run by hand, a process has nobody to tell. */
export function announceReady(): void {
  process.send?.({ type: "ready" });
}

/** Tells the parent why this process cannot start, in words for the person who typed `npm start`, and ends it. */
export function failToStart(message: string): Promise<never> {
  return new Promise(() => {
    const end = (): void => process.exit(1);
    if (process.send !== undefined) {
      process.send({ type: "failed", message }, end);
      return;
    }
    console.error(message);
    end();
  });
}

/** Runs `stop` once when asked to end, by a signal or because the parent is gone, then ends the process. */
export function stopWhenAsked(stop: () => Promise<void>): void {
  let stopping = false;
  const onStop = (): void => {
    if (stopping) return;
    stopping = true;
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", onStop);
  process.on("SIGINT", onStop);
  process.on("disconnect", onStop);
}

/** What a port that cannot be listened on means to the person who typed `npm start`. */
export function explainListenError(
  error: NodeJS.ErrnoException,
  { port, variable }: { readonly port: number; readonly variable: string },
): string {
  if (error.code !== "EADDRINUSE") return `Cannot listen on port ${port} (${variable}): ${error.message}`;
  return portInUse({ port, variable });
}

export function portInUse({ port, variable }: { readonly port: number; readonly variable: string }): string {
  return `Port ${port} is in use by another program. End that program, or choose another port: ${variable}=${port + 1000} npm start`;
}
