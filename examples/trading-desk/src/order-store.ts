import pg from "pg";
import type { Order, OrderRequest } from "./order.ts";

export interface Position {
  readonly symbol: string;
  readonly quantity: number;
  /** Dollars paid less dollars received. */
  readonly cost: number;
}

/** What became of an order at the exchange. */
export type Outcome =
  | { readonly status: "filled"; readonly price: number }
  | { readonly status: "rejected" | "failed"; readonly reason: string };

export interface OrderStore {
  insert(order: OrderRequest & { readonly id: string }): Promise<Order>;
  /** Writes the outcome and, for a fill, the position, in one transaction. */
  settle(id: string, outcome: Outcome): Promise<Order>;
  find(id: string): Promise<Order | undefined>;
  positions(): Promise<readonly Position[]>;
  /** Rejects when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Orders and positions in PostgreSQL. The tables are made when they are not there. */
export async function openOrderStore(options: {
  readonly connectionString: string;
  readonly poolSize: number;
}): Promise<OrderStore> {
  const pool = new pg.Pool({ connectionString: options.connectionString, max: options.poolSize });
  // Without a listener, a connection that breaks while idle would end the process.
  pool.on("error", () => {});
  await pool.query(schema);
  return {
    async ping() {
      await pool.query("SELECT 1");
    },
    async insert({ id, symbol, side, quantity, limitPrice, trader }) {
      const { rows } = await pool.query<Order>(
        `INSERT INTO orders (id, symbol, side, quantity, limit_price, trader) VALUES ($1, $2, $3, $4, $5, $6)
         RETURNING ${columns}`,
        [id, symbol, side, quantity, limitPrice, trader],
      );
      return only(rows);
    },
    settle: (id, outcome) => settle(pool, { id, outcome }),
    async find(id) {
      const { rows } = await pool.query<Order>(`SELECT ${columns} FROM orders WHERE id = $1`, [id]);
      return rows[0];
    },
    async positions() {
      const { rows } = await pool.query<Position>(
        "SELECT symbol, quantity::float8 AS quantity, cost::float8 AS cost FROM positions ORDER BY symbol",
      );
      return rows;
    },
    close: () => pool.end(),
  };
}

const schema = `
  CREATE TABLE IF NOT EXISTS orders (
    id text PRIMARY KEY,
    symbol text NOT NULL,
    side text NOT NULL,
    quantity integer NOT NULL,
    limit_price numeric NOT NULL,
    trader text NOT NULL,
    status text NOT NULL DEFAULT 'new',
    price numeric,
    reason text,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE TABLE IF NOT EXISTS positions (symbol text PRIMARY KEY, quantity bigint NOT NULL, cost numeric NOT NULL)`;

const columns = `id, symbol, side, quantity, limit_price::float8 AS "limitPrice", trader, status,
  price::float8 AS price, reason, created_at AS "createdAt"`;

async function settle(
  pool: pg.Pool,
  { id, outcome }: { readonly id: string; readonly outcome: Outcome },
): Promise<Order> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const order = await writeOutcome(client, { id, outcome });
    await client.query("COMMIT");
    return order;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}

async function writeOutcome(
  client: pg.PoolClient,
  { id, outcome }: { readonly id: string; readonly outcome: Outcome },
): Promise<Order> {
  const price = outcome.status === "filled" ? outcome.price : null;
  const reason = outcome.status === "filled" ? null : outcome.reason;
  const { rows } = await client.query<Order>(
    `UPDATE orders SET status = $2, price = $3, reason = $4 WHERE id = $1 RETURNING ${columns}`,
    [id, outcome.status, price, reason],
  );
  const order = only(rows);
  if (price !== null) {
    const quantity = order.side === "buy" ? order.quantity : -order.quantity;
    // The cost is computed by the database, in decimals: money is not a binary fraction.
    await client.query(
      `INSERT INTO positions (symbol, quantity, cost) VALUES ($1, $2::bigint, $2::bigint * $3::numeric)
       ON CONFLICT (symbol) DO UPDATE
       SET quantity = positions.quantity + excluded.quantity, cost = positions.cost + excluded.cost`,
      [order.symbol, quantity, price],
    );
  }
  return order;
}

function only<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined) throw new Error("the database returned no row where one was written");
  return row;
}
