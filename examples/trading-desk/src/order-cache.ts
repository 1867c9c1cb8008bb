import { createClient } from "redis";
import type { Order } from "./order.ts";

export interface OrderCache {
  get(id: string): Promise<Order | undefined>;
  put(order: Order): Promise<void>;
  close(): Promise<void>;
}

const EXPIRY_SECONDS = 60;

/** Settled orders in Redis, so that reading one again does not ask the database. Without a URL nothing is kept. */
export async function openOrderCache(options: {
  readonly url: string | undefined;
  readonly onError: (error: Error) => void;
}): Promise<OrderCache> {
  if (options.url === undefined) return noCache;
  const client = createClient({ url: options.url });
  client.on("error", options.onError);
  await client.connect();
  return {
    async get(id) {
      const text = await client.get(keyOf(id));
      return text === null ? undefined : (JSON.parse(text) as Order);
    },
    async put(order) {
      await client.set(keyOf(order.id), JSON.stringify(order), { expiration: { type: "EX", value: EXPIRY_SECONDS } });
    },
    close: () => client.close(),
  };
}

const noCache: OrderCache = { get: async () => undefined, put: async () => {}, close: async () => {} };

const keyOf = (id: string): string => `order:${id}`;
