/** Makes the exchange go away, and come back. */
export interface ExchangeSwitch {
  readonly isUp: boolean;
  /** Ends the exchange; harmless when it is gone. */
  down(): Promise<void>;
  /** Starts it again; harmless when it is there. */
  up(): Promise<void>;
}

/** A switch over a process that starts and stops; it is up in the beginning. One change waits for the one before. */
export function exchangeSwitch(exchange: {
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
}): ExchangeSwitch {
  let isUp = true;
  let last: Promise<void> = Promise.resolve();
  const change = (wanted: boolean): Promise<void> => {
    last = last
      .catch(() => {})
      .then(async () => {
        if (isUp === wanted) return;
        await (wanted ? exchange.start() : exchange.stop());
        isUp = wanted;
      });
    return last;
  };
  return {
    get isUp() {
      return isUp;
    },
    down: () => change(false),
    up: () => change(true),
  };
}
