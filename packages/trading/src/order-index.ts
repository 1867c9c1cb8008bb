/**
 * Finds the orders of a venue by their ids, and forgets closed ones after a while. A Map that loses its oldest entry with each
 * order costs more than all the metrics of that order (benchmarks/trading.ts), so whole generations are dropped; and while
 * nobody looks for an order by its id, there are no Maps at all.
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
const AGING_AT_ONCE = 1_000;
const DISCARDED = -1;

export class OrderIndex<O extends IndexedOrder> {
  private young = new Generation<O>();
  private older = new Generation<O>();
  /** Those that were not to be dropped with their generation. */
  private lasting = new Generation<O>();
  private generation = 0;
  private active = 0;
  /** The oldest of those that are open, as far as they were looked up. */
  private aging: O[] = [];

  /** How many orders are not closed. */
  get activeCount(): number {
    return this.active;
  }

  // Hot: benchmarks/trading.ts.
  created(order: O): void {
    this.active++;
    this.young.add(order);
    // With many open orders later, so that passing over them costs each new one little; and closed ones are few beside them.
    if (this.young.size >= KEPT_CLOSED + this.active / 8) this.turn();
  }

  /** From now on it is forgotten some time. */
  closed(order: O): void {
    // One that was discarded before it was sent may be sent and closed all the same.
    if (order.closedIn === DISCARDED) return;
    this.active--;
    order.closedIn = this.generation;
  }

  /** As if it had never been. */
  discarded(order: O): void {
    this.active--;
    order.closedIn = DISCARDED;
  }

  /** It has other ids now. Reports on the former ones may still come. */
  renamed(order: O): void {
    // One that is not mapped yet is mapped by the ids that it has then.
    if (this.young.isMapped || this.older.isMapped || this.lasting.isMapped) this.young.map(order);
  }

  withClientId(id: string): O | undefined {
    const { young, older, lasting } = this;
    return present(young.ofClientId(id) ?? older.ofClientId(id) ?? lasting.ofClientId(id));
  }

  withVenueId(id: string): O | undefined {
    const { young, older, lasting } = this;
    return present(young.ofVenueId(id) ?? older.ofVenueId(id) ?? lasting.ofVenueId(id));
  }

  /** Many at once, so that the orders are not passed over for each. */
  oldestOpen(): O | undefined {
    for (let order = this.aging.pop(); order !== undefined; order = this.aging.pop()) if (isOpen(order)) return order;
    for (const { orders } of [this.lasting, this.older, this.young]) {
      for (const order of orders) {
        if (this.aging.length < AGING_AT_ONCE && isOpen(order)) this.aging.push(order);
      }
    }
    this.aging.reverse();
    return this.aging.pop();
  }

  /** Drops what was closed before this generation, and begins the next. */
  private turn(): void {
    const lasting = new Generation<O>();
    for (const { orders } of [this.lasting, this.older]) {
      for (const order of orders) {
        if (isOpen(order) || order.closedIn === this.generation) lasting.add(order);
      }
    }
    this.lasting = lasting;
    this.older = this.young;
    this.young = new Generation();
    this.generation++;
  }
}

function isOpen(order: IndexedOrder): boolean {
  return !order.isClosed && order.closedIn !== DISCARDED;
}

function present<O extends IndexedOrder>(order: O | undefined): O | undefined {
  return order?.closedIn === DISCARDED ? undefined : order;
}

/** Orders that were created one after another. */
class Generation<O extends IndexedOrder> {
  readonly orders: O[] = [];
  /** Made when an order of it is looked for. */
  private ids: { readonly client: Map<string, O>; readonly venue: Map<string, O> } | undefined;

  get size(): number {
    return this.orders.length;
  }

  get isMapped(): boolean {
    return this.ids !== undefined;
  }

  add(order: O): void {
    this.orders.push(order);
    if (this.ids !== undefined) this.map(order);
  }

  ofClientId(id: string): O | undefined {
    return this.mapped().client.get(id);
  }

  ofVenueId(id: string): O | undefined {
    return this.mapped().venue.get(id);
  }

  /** Lets it be found by all the ids that it has. */
  map(order: O): void {
    const { client, venue } = this.mapped();
    client.set(order.clientId, order);
    for (const id of order.formerClientIds) client.set(id, order);
    if (order.venueId !== undefined) venue.set(order.venueId, order);
  }

  private mapped() {
    if (this.ids !== undefined) return this.ids;
    this.ids = { client: new Map<string, O>(), venue: new Map<string, O>() };
    for (const order of this.orders) this.map(order);
    return this.ids;
  }
}
