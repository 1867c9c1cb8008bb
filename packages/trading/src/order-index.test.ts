import { expect, test } from "vitest";
import { type IndexedOrder, OrderIndex } from "./order-index.ts";

class Indexed implements IndexedOrder {
  isClosed = false;
  formerClientIds: readonly string[] = [];
  venueId: string | undefined;
  closedIn = 0;
  clientId: string;

  constructor(clientId: string) {
    this.clientId = clientId;
  }
}

function indexOf(count: number) {
  const index = new OrderIndex<Indexed>();
  const create = (id: string): Indexed => {
    const order = new Indexed(id);
    index.created(order);
    return order;
  };
  const close = (order: Indexed): void => {
    order.isClosed = true;
    index.closed(order);
  };
  const orders = Array.from({ length: count }, (_, i) => create(`order-${i}`));
  return { index, create, close, orders };
}

test("an order that is open is found for ever, however many come after it", () => {
  const { index, create, close } = indexOf(0);
  const resting = create("resting");
  for (let i = 0; i < 5_000; i++) close(create(`passing-${i}`));
  expect(index.withClientId("resting")).toBe(resting);
  expect(index.activeCount).toBe(1);
  resting.venueId = "v1";
  index.renamed(resting);
  for (let i = 0; i < 5_000; i++) close(create(`later-${i}`));
  expect(index.withVenueId("v1")).toBe(resting);
});

test("a closed order is found while the next thousand come, and forgotten some time after", () => {
  const { index, create, close } = indexOf(0);
  for (let i = 0; i < 1_500; i++) close(create(`before-${i}`));
  const closing = create("closing");
  for (let i = 0; i < 2_500; i++) close(create(`between-${i}`));
  close(closing);
  for (let i = 0; i < 1_000; i++) close(create(`after-${i}`));
  expect(index.withClientId("closing")).toBe(closing);
  for (let i = 0; i < 5_000; i++) close(create(`much-later-${i}`));
  expect(index.withClientId("closing")).toBeUndefined();
});

test("with many open orders, the closed ones that are kept are few beside them", () => {
  const { index, create, close } = indexOf(8_000);
  const passing = Array.from({ length: 20_000 }, (_, i) => create(`passing-${i}`));
  for (const order of passing) close(order);
  for (let i = 0; i < 6_000; i++) close(create(`later-${i}`));
  const kept = passing.filter((order) => index.withClientId(order.clientId) === order);
  expect(kept).toEqual([]);
  expect(index.withClientId("order-0")?.clientId).toBe("order-0");
  expect(index.activeCount).toBe(8_000);
});

test("an order is found by the ids that it had, before and after it was looked for", () => {
  const { index, orders } = indexOf(3);
  const rename = (to: string): void => {
    const order = orders[1]!;
    order.formerClientIds = [...order.formerClientIds, order.clientId];
    order.clientId = to;
    index.renamed(order);
  };
  rename("second");
  expect(index.withClientId("second")).toBe(orders[1]);
  rename("third");
  for (const id of ["order-1", "second", "third"]) expect(index.withClientId(id)).toBe(orders[1]);
});

test("an id that is used again means the newer order", () => {
  const { index, create } = indexOf(2_500);
  const again = create("order-7");
  expect(index.withClientId("order-7")).toBe(again);
});

test("the oldest open order comes first, one that was discarded never", () => {
  const { index, close, orders } = indexOf(2_500);
  close(orders[0]!);
  index.discarded(orders[1]!);
  expect(index.oldestOpen()).toBe(orders[2]);
  expect(index.withClientId("order-1")).toBeUndefined();
  expect(index.activeCount).toBe(2_498);
  close(orders[1]!);
  expect(index.activeCount).toBe(2_498);
});
