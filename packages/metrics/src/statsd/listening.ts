/** A server socket that hands over what comes in. It keeps no process alive. */
export interface Listening {
  /** Settles when it listens; rejects when it could not and that was not known at once. */
  readonly ready: Promise<void>;
  /** 0 where there are no ports. */
  readonly port: number;
  close(): Promise<void>;
}

/** Says where, why, and what to change. */
export function listenError(where: string, error: NodeJS.ErrnoException): Error {
  const taken = error.code === "EADDRINUSE";
  const why = taken ? "it is in use by another process" : (error.code ?? error.message);
  const message = `The StatsD listener cannot listen on ${where}: ${why}; set metrics.statsdListener to a free port, address or socketPath`;
  const code = taken ? "TELLTALE_PORT_IN_USE" : "TELLTALE_CANNOT_LISTEN";
  return Object.assign(new Error(message, { cause: error }), { code });
}
