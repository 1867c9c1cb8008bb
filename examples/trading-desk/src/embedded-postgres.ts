// PostgreSQL compiled to WebAssembly, in memory, behind a socket that speaks the real wire protocol: `pg` and its
// instrumentation cannot tell it from a server. A process of its own, so that its CPU is not the desk's.
import { PGlite } from "@electric-sql/pglite";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";
import { announceReady, failToStart, stopWhenAsked } from "./supervised.ts";

const port = Number(process.env["EMBEDDED_POSTGRES_PORT"]);

const database = await PGlite.create();
// All connections share one session, and two at once read each other's rows: the desk's pool holds exactly one.
const server = new PGLiteSocketServer({ db: database, host: "127.0.0.1", port, maxConnections: 1 });
try {
  await server.start();
  announceReady();
} catch (error) {
  await failToStart(`The embedded database cannot listen on port ${port}: ${String(error)}`);
}
// What it holds is gone with the process: closing it in order would only take time.
stopWhenAsked(async () => {});
