const { fastify } = require("fastify");
const { connectStores, findOrder, listen } = require("./control.cjs");

listen(async () => {
  const stores = await connectStores();
  const app = fastify();
  app.get("/ping", async () => ({ pong: true }));
  app.get("/orders/:id", async (request) => findOrder(stores, request.params.id));
  await app.listen({ port: 0, host: "127.0.0.1" });
  return app.server.address();
});
