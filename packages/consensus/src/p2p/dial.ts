import type { Direction } from "./network-series.ts";

export interface DialOptions {
  /** `inbound` for one that is accepted. @default "outbound" */
  readonly direction?: Direction;
  /** Such as `tcp` or `quic`. @default "tcp" */
  readonly transport?: string;
}

/** What the network does with a dial that is over. */
export interface DialHost {
  readonly now: () => number;
  readonly dialed: (dial: Dial, ms: number, error?: { readonly type: string }) => void;
  readonly repeated: () => void;
}

/** An attempt to connect, from when it was made. */
export class Dial {
  readonly direction: Direction;
  readonly transport: string;
  private readonly host: DialHost;
  private readonly startMs: number;
  private over = false;

  /** Made by `network.dial()`. */
  constructor(host: DialHost, { direction = "outbound", transport = "tcp" }: DialOptions) {
    this.host = host;
    this.direction = direction;
    this.transport = transport;
    this.startMs = host.now();
  }

  /** There is a connection that can be used; its time is that of the handshake. */
  succeeded(): void {
    this.end();
  }

  failed(error?: unknown): void {
    this.end({ type: errorType(error) });
  }

  private end(error?: { readonly type: string }): void {
    if (this.over) {
      this.host.repeated();
      return;
    }
    this.over = true;
    this.host.dialed(this, this.host.now() - this.startMs, error);
  }
}

/** OpenTelemetry's `error.type`: the code of an error, else its name; never its text, which is a new one each time. */
function errorType(error: unknown): string {
  if (typeof error === "string" && /^\w{1,40}$/.test(error)) return error;
  if (typeof error !== "object" || error === null) return "_OTHER";
  const { code, name } = error as { readonly code?: unknown; readonly name?: unknown };
  return [code, name].find((one): one is string => typeof one === "string" && one !== "") ?? "_OTHER";
}
