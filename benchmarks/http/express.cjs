const express = require("express");
const { connectStores, findOrder, listen } = require("./control.cjs");

listen(async () => {
  const stores = await connectStores();
  const app = express();
  app.get("/ping", (_request, response) => {
    response.json({ pong: true });
  });
  app.get("/orders/:id", async (request, response) => {
    response.json(await findOrder(stores, request.params.id));
  });
  return new Promise((resolve) => {
    const server = app.listen(0, "127.0.0.1", () => resolve(server.address()));
  });
});
