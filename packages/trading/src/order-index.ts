/**
 * Finds the orders of a venue by their ids, and forgets closed ones after a while. A Map that loses its oldest entry with each
 * order costs more than all the metrics of that order (benchmarks/trading.ts), so whole generations of entries are dropped.
 */

/** What the index has to know of an order. */
export interface IndexedOrder {
  readonly isClosed: boolean;
  readonly clientId: string;
  readonly formerClientIds: readonly string[];
  readonly venueId: string | undefined;
  /** The generation in which it was closed; the index writes it. */
  closedIn: number;
}

/** Closed orders are kept for late fills and duplicates, over at least so many newer ones; more would cost the collector much. */
const KEPT_CLOSED = 1_000;

export class OrderIndex<O extends IndexedOrder> {
  private readonly byClientId = new Generations<O>();
  private readonly byVenueId = new Generations<O>();
  private generation = 0;
  private active = 0;
  /** The oldest of those that are open, as far as they were looked up. */
  private aging: O[] = [];

  /** How many orders are not closed. */
  get activeCount(): number {
    return this.active;
  }

  created(order: O): void {
    this.active++;
    this.addClientId(order);
  }

  /** From now on it is forgotten some time. */
  closed(order: O): void {
    this.active--;
    order.closedIn = this.generation;
  }

  /** As if it had never been. */
  discarded(order: O): void {
    this.active--;
    for (const id of [order.clientId, ...order.formerClientIds]) this.byClientId.delete(id, order);
    if (order.venueId !== undefined) this.byVenueId.delete(order.venueId, order);
  }

  /** It has other ids now. Reports on a former client id may still come. */
  renamed(order: O, before: { readonly clientId: string; readonly venueId: string | undefined }): void {
    if (before.clientId !== order.clientId) this.addClientId(order);
    if (before.venueId !== undefined) this.byVenueId.delete(before.venueId, order);
    if (order.venueId !== undefined) this.byVenueId.young.set(order.venueId, order);
  }

  withClientId(id: string): O | undefined {
    return this.byClientId.get(id);
  }

  withVenueId(id: string): O | undefined {
    return this.byVenueId.get(id);
  }

  /** Many at once, because a Map is passed over from its beginning. */
  oldestOpen(): O | undefined {
    for (let order = this.aging.pop(); order !== undefined; order = this.aging.pop()) if (!order.isClosed) return order;
    for (const order of this.byClientId.oldestFirst()) {
      if (!order.isClosed) this.aging.push(order);
      if (this.aging.length >= AGING_AT_ONCE) break;
    }
    this.aging.reverse();
    return this.aging.pop();
  }

  private addClientId(order: O): void {
    const { young } = this.byClientId;
    young.set(order.clientId, order);
    // With many open orders later, so that passing over them costs each new one no more.
    if (young.size < KEPT_CLOSED || young.size < this.active) return;
    this.byClientId.turn(this.generation);
    this.byVenueId.turn(this.generation);
    this.generation++;
  }
}

const AGING_AT_ONCE = 1_000;

/** Entries by how long they have been there. */
class Generations<O extends IndexedOrder> {
  young = new Map<string, O>();
  private older = new Map<string, O>();
  /** Those that were not to be dropped with their generation. */
  private lasting = new Map<string, O>();

  get(id: string): O | undefined {
    return this.young.get(id) ?? this.older.get(id) ?? this.lasting.get(id);
  }

  delete(id: string, order: O): void {
    for (const map of [this.young, this.older, this.lasting]) if (map.get(id) === order) map.delete(id);
  }

  *oldestFirst(): Iterable<O> {
    yield* this.lasting.values();
    yield* this.older.values();
    yield* this.young.values();
  }

  /** Drops what was closed before this generation, and begins the next. */
  turn(generation: number): void {
    for (const [id, order] of this.lasting) if (!isKept(order, generation)) this.lasting.delete(id);
    for (const [id, order] of this.older) if (isKept(order, generation)) this.lasting.set(id, order);
    this.older = this.young;
    this.young = new Map();
  }
}

function isKept({ isClosed, closedIn }: IndexedOrder, generation: number): boolean {
  return !isClosed || closedIn >= generation;
}
