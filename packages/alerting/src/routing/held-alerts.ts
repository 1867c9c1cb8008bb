import { labelsOf } from "@telltale/promql";
import { compareBytes } from "../go-template/value.ts";

/** An alert as a rule group or a client of an Alertmanager sends it. */
export interface IncomingAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** @default the end, or now */
  readonly startsAtMs?: number;
  /** Without it the alert ends when nobody has sent it for the resolve timeout. */
  readonly endsAtMs?: number;
  readonly generatorUrl?: string;
}

/** An alert as the dispatcher holds it. Times are milliseconds since 1970. */
export interface HeldAlert {
  /** The same for the same labels. */
  readonly key: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly updatedAtMs: number;
  readonly generatorUrl: string;
  /** The end is a guess: nobody said it. */
  readonly timeout: boolean;
}

/** How long a resolved alert is remembered. Alertmanager: `--alerts.gc-interval`. */
const RESOLVED_KEPT_MS = 30 * 60_000;

/** The alerts by their labels. */
export class HeldAlerts {
  readonly #byKey = new Map<string, HeldAlert>();
  readonly #resolveTimeoutMs: number;

  constructor(resolveTimeoutMs: number, known: readonly HeldAlert[] = []) {
    this.#resolveTimeoutMs = resolveTimeoutMs;
    for (const alert of known) this.#byKey.set(alert.key, alert);
  }

  /** Takes an alert in, together with what is known of it. */
  put(incoming: IncomingAlert, nowMs: number): HeldAlert {
    const alert = this.#held(incoming, nowMs);
    const old = this.#byKey.get(alert.key);
    const merged = old !== undefined && overlaps(alert, old) ? merge(old, alert, nowMs) : alert;
    this.#byKey.set(merged.key, merged);
    return merged;
  }

  all(): Iterable<HeldAlert> {
    return this.#byKey.values();
  }

  clear(): void {
    this.#byKey.clear();
  }

  /** Forgets what is over for long, unless it is wanted still. */
  prune(nowMs: number, isWanted: (key: string) => boolean): void {
    for (const [key, { endsAtMs }] of this.#byKey) {
      if (endsAtMs + RESOLVED_KEPT_MS < nowMs && !isWanted(key)) this.#byKey.delete(key);
    }
  }

  #held(
    { labels, annotations = {}, startsAtMs, endsAtMs, generatorUrl = "" }: IncomingAlert,
    nowMs: number,
  ): HeldAlert {
    const given = Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ""));
    return {
      key: labelsOf(given).key,
      labels: given,
      annotations,
      startsAtMs: startsAtMs ?? endsAtMs ?? nowMs,
      endsAtMs: endsAtMs ?? nowMs + this.#resolveTimeoutMs,
      updatedAtMs: nowMs,
      generatorUrl,
      timeout: endsAtMs === undefined,
    };
  }
}

export function isResolved({ endsAtMs }: HeldAlert, nowMs: number): boolean {
  return endsAtMs <= nowMs;
}

/** Alertmanager's order: by job, then by instance, then by all labels. */
export function compareHeld(a: HeldAlert, b: HeldAlert): number {
  for (const name of ["job", "instance"]) {
    const [left, right] = [a.labels[name], b.labels[name]];
    if (left === right) continue;
    if (left === undefined) return 1;
    if (right === undefined) return -1;
    return compareBytes(left, right);
  }
  return compareLabels(a.labels, b.labels);
}

/** Alertmanager's short name for labels: FNV-1a of 64 bits, in hexadecimal digits. */
export function fingerprint(labels: Readonly<Record<string, string>>): string {
  let mixed = 0xcbf29ce484222325n;
  const add = (byte: number) => {
    mixed = BigInt.asUintN(64, (mixed ^ BigInt(byte)) * 0x100000001b3n);
  };
  for (const name of Object.keys(labels).sort(compareBytes)) {
    for (const part of [name, labels[name]!]) {
      for (const byte of Buffer.from(part)) add(byte);
      add(0xff);
    }
  }
  return mixed.toString(16).padStart(16, "0");
}

/** The fewer labels the earlier, then by names and values. Prometheus: LabelSet.Before. */
function compareLabels(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): number {
  const [left, right] = [a, b].map((labels) =>
    Object.entries(labels).sort(([one], [other]) => compareBytes(one, other)),
  );
  if (left!.length !== right!.length) return left!.length - right!.length;
  for (const [i, [name, value]] of left!.entries()) {
    const [otherName, otherValue] = right![i]!;
    const order = compareBytes(name, otherName) || compareBytes(value, otherValue);
    if (order !== 0) return order;
  }
  return 0;
}

function overlaps(alert: HeldAlert, old: HeldAlert): boolean {
  return (
    (alert.endsAtMs > old.startsAtMs && alert.endsAtMs < old.endsAtMs) ||
    (alert.startsAtMs > old.startsAtMs && alert.startsAtMs < old.endsAtMs)
  );
}

/** The newer one, with the earlier start. Alertmanager: Alert.Merge. */
function merge(old: HeldAlert, alert: HeldAlert, nowMs: number): HeldAlert {
  const startsAtMs = Math.min(old.startsAtMs, alert.startsAtMs);
  const bothResolved = isResolved(alert, nowMs) && isResolved(old, nowMs);
  const isOldEnd = isResolved(alert, nowMs) ? bothResolved : !old.timeout;
  const endsAtMs = isOldEnd && old.endsAtMs > alert.endsAtMs ? old.endsAtMs : alert.endsAtMs;
  return { ...alert, startsAtMs, endsAtMs };
}
