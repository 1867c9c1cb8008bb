const express = require("express");
require("pg");
require("ioredis");

const app = express();
app.get("/ping", (_request, response) => response.send("pong"));
const server = app.listen(0, "127.0.0.1", () => console.log(`listening on ${server.address().port}`));
// Ends as Node wants it, so that compile caches are written.
process.once("SIGHUP", () => process.exit());
