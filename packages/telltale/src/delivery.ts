/** What has become of everything that goes to one place. */
export interface Delivery {
  readonly signal: "traces" | "metrics" | "logs";
  /** A URL without its credentials and query, a host and port, or a path. */
  readonly to: string;
  /** Spans, log records and lines that have arrived; of metrics, exports. */
  readonly sent: number;
  readonly pending: number;
  /** There was no room for them in the queue, an export with them failed, or the backend refused them. */
  readonly lost: number;
  /** When exports began to fail, Unix time in milliseconds; undefined when the last one was taken. */
  readonly failingSinceMs: number | undefined;
  /** Why they fail, in one line. */
  readonly reason: string | undefined;
}

/** Counts the outcomes of exports to one place. */
export class DeliveryTally {
  #sent = 0;
  #lost = 0;
  #failingSinceMs: number | undefined;
  #reason: string | undefined;

  succeeded(items: number, refused = 0): void {
    const lost = Math.min(refused, items);
    this.#sent += items - lost;
    this.#lost += lost;
    this.#failingSinceMs = undefined;
    this.#reason = undefined;
  }

  failed(items: number, error: unknown): void {
    this.#lost += items;
    this.#failingSinceMs ??= Date.now();
    this.#reason = reasonOf(error);
  }

  read(): Pick<Delivery, "sent" | "lost" | "failingSinceMs" | "reason"> {
    return {
      sent: this.#sent,
      lost: this.#lost,
      failingSinceMs: this.#failingSinceMs,
      reason: this.#reason,
    };
  }
}

/** An endpoint as it may be shown. */
export function shownEndpoint(endpoint: string): string {
  if (!URL.canParse(endpoint)) return endpoint;
  const { protocol, host, pathname } = new URL(endpoint);
  return host === "" ? endpoint : `${protocol}//${host}${pathname}`;
}

// Node's error for a refused connection to a name with two addresses has a code and no message.
function reasonOf(error: unknown): string {
  const { message, code } = Object(error) as { readonly message?: unknown; readonly code?: unknown };
  return String(message || code || "no reason given").replace(/\s+/g, " ");
}
