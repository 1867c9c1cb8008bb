import { Redis } from "ioredis";
import { Client } from "pg";

/** The rows and values that the applications look for. */
export async function seedStores(urls: { readonly DATABASE_URL: string; readonly REDIS_URL: string }): Promise<void> {
  const client = new Client({ connectionString: urls.DATABASE_URL });
  await client.connect();
  await client.query("CREATE TABLE orders (id integer PRIMARY KEY, side text, quantity integer)");
  await client.query("INSERT INTO orders SELECT n, 'buy', n * 10 FROM generate_series(1, 100) AS n");
  await client.end();
  const redis = new Redis(urls.REDIS_URL);
  await redis.set("price:7", "101.25");
  await redis.quit();
}
