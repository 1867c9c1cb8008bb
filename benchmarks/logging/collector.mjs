/**
 * A backend in a process of its own: takes whatever is posted or connected and says that it is well. It answers bulk requests of
 * Elasticsearch item by item, as far as a client can tell, and counts bytes.
 */
import { createServer } from "node:http";
import { createServer as createTcpServer } from "node:net";

let received = 0;

const http = createServer((request, response) => {
  request.on("data", (chunk) => {
    received += chunk.length;
  });
  request.on("end", () => {
    if (request.url === "/received") response.end(String(received));
    else if (request.url.startsWith("/v1/"))
      response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
    else if (request.url.includes("_bulk")) response.writeHead(200).end('{"errors":false}');
    else response.writeHead(request.method === "GET" ? 404 : 204).end();
  });
}).listen(0, "127.0.0.1", () => {
  const tcp = createTcpServer((socket) => socket.resume().on("error", () => {})).listen(0, "127.0.0.1", () => {
    console.log(JSON.stringify({ http: http.address().port, tcp: tcp.address().port }));
  });
});
// Gone with the benchmark.
process.stdin.on("end", () => process.exit()).resume();
