/** The benchmark's side of an application: says where it listens, and what it has used when it is asked. */
const { once } = require("node:events");

exports.listen = async (start) => {
  const address = await start();
  process.on("message", (question) => {
    if (question !== "usage") return;
    const { user, system } = process.cpuUsage();
    process.send({ usage: { cpuUs: user + system, rssBytes: process.memoryUsage.rss() } });
  });
  process.on("disconnect", () => process.exit());
  process.send({ port: address.port });
};

/** PostgreSQL and Redis as a service has them: a pool and one connection. */
exports.connectStores = async () => {
  const { Pool } = require("pg");
  const { Redis } = require("ioredis");
  const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
  const redis = new Redis(process.env.REDIS_URL);
  if (redis.status !== "ready") await once(redis, "ready");
  return { pool, redis };
};

/** What the second route does: one value from Redis, one row from PostgreSQL. */
exports.findOrder = async ({ pool, redis }, id) => {
  const cached = await redis.get(`price:${id}`);
  const { rows } = await pool.query("SELECT id, side, quantity FROM orders WHERE id = $1", [id]);
  return { ...rows[0], cached };
};
