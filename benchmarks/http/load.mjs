/**
 * Asks one path over a number of kept connections, each with one request at a time, for as long as it is told: a process
 * of its own, on sockets, so that little of the machine goes to the client. Answers must be 200 and of known length.
 */
import { connect } from "node:net";

const { port, path, connections, durationMs, awake } = JSON.parse(process.argv[2]);
const request = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n`;
const deadline = performance.now() + durationMs;
const started = performance.now();
let answered = 0;
let open = 0;

for (let index = 0; index < connections; index++) run();
if (awake) stayAwake();

/**
 * A client that sleeps is woken by the server's writes: 6 µs a request for a server that leaves its clients no time to sleep, 15
 * for one that is a little slower (measured in a virtual machine with two cores). No network card asks for that.
 */
function stayAwake() {
  if (open > 0) setImmediate(stayAwake);
}

function run() {
  open++;
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  let received = "";
  socket.setEncoding("latin1");
  socket.on("connect", () => socket.write(request));
  socket.on("data", (text) => {
    received = received === "" ? text : received + text;
    const end = lengthOf(received);
    if (end === 0 || received.length < end) return;
    if (received.length > end) fail(`more than one answer: ${received}`);
    received = "";
    answered++;
    if (performance.now() < deadline) socket.write(request);
    else socket.end();
  });
  socket.on("error", (error) => fail(error.message));
  socket.on("close", () => {
    if (--open > 0) return;
    if (performance.now() < deadline) fail("the server closed the connections");
    process.stdout.write(JSON.stringify({ answered, seconds: (performance.now() - started) / 1_000 }));
  });
}

/** The length of the answer that is beginning in `text`, 0 while its head is not whole. */
function lengthOf(text) {
  const head = text.indexOf("\r\n\r\n");
  if (head < 0) return 0;
  if (!text.startsWith("HTTP/1.1 200 ")) fail(text);
  const length = /\r\ncontent-length: (\d+)/i.exec(text);
  if (length === null || length.index > head) fail(`no content-length: ${text}`);
  return head + 4 + Number(length[1]);
}

function fail(why) {
  process.stderr.write(`load: ${why}\n`);
  process.exit(1);
}
