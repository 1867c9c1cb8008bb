/** A stand-in for an OpenTelemetry collector and for Datadog's agent: it takes whatever is sent, and looks into nothing. */
import { createServer } from "node:http";

const agentInfo = JSON.stringify({ endpoints: ["/v0.4/traces", "/v0.5/traces"], client_drop_p0s: false });
const agentRates = JSON.stringify({ rate_by_service: { "service:,env:": 1 } });

const server = createServer((request, response) => {
  request.resume();
  request.on("end", () => {
    if (request.url.startsWith("/v1/")) response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
    else
      response
        .writeHead(200, { "content-type": "application/json" })
        .end(request.url === "/info" ? agentInfo : agentRates);
  });
});
server.listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));
process.on("disconnect", () => process.exit());
