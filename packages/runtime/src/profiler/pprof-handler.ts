import type { IncomingMessage, ServerResponse } from "node:http";
import { captureCpuProfile, captureHeapProfile } from "./capture.ts";

/** As in Go's net/http/pprof: longer would hold a connection for too long. */
const MAX_SECONDS = 300;

/**
 * Answers `GET /debug/pprof/profile?seconds=30` and `/debug/pprof/heap?seconds=10`, and says whether it did. Who can ask it can
 * slow the process down and read the names of its functions: serve it where only operators come.
 */
export function pprofHandler(request: IncomingMessage, response: ServerResponse): boolean {
  const written = `http://localhost${request.url ?? "/"}`;
  if (!URL.canParse(written)) return false;
  const { pathname, searchParams } = new URL(written);
  const isCpu = pathname === "/debug/pprof/profile";
  if (!isCpu && pathname !== "/debug/pprof/heap") return false;
  const seconds = Number(searchParams.get("seconds") ?? (isCpu ? 30 : 10));
  if (request.method !== "GET") refuse(response.setHeader("allow", "GET"), 405, "only GET");
  else if (!(seconds > 0 && seconds <= MAX_SECONDS)) {
    refuse(response, 400, `seconds is ${searchParams.get("seconds")}; give a number above 0, at most ${MAX_SECONDS}`);
  } else void answer(response, { isCpu, seconds });
  return true;
}

async function answer(
  response: ServerResponse,
  { isCpu, seconds }: { readonly isCpu: boolean; readonly seconds: number },
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  try {
    const options = { seconds, signal: gone.signal };
    const bytes = await (isCpu ? captureCpuProfile(options) : captureHeapProfile(options));
    const disposition = `attachment; filename="${isCpu ? "profile" : "heap"}.pprof"`;
    const headers = { "content-type": "application/octet-stream", "content-disposition": disposition };
    response.writeHead(200, { ...headers, "content-length": bytes.length }).end(bytes);
  } catch (error) {
    const { code, message } = error as Error & { readonly code?: unknown };
    if (code === "TELLTALE_PROFILER_BUSY") refuse(response, 503, message);
    else refuse(response, 500, code === "TELLTALE_NO_PROFILER" ? message : "the profile could not be taken");
  }
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${text}\n`);
}
