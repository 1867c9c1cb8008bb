import type { IncomingMessage, ServerResponse } from "node:http";
import type { Health, HealthStatus } from "./health.ts";
import type { CheckStatus } from "./health-check.ts";

export interface HealthHandlerOptions {
  /** Whether answers say why a check is not well; else they say `reason withheld`, as Kubernetes does. @default true */
  readonly reasons?: boolean;
  /** Put before the paths: `/ops` makes `/ops/livez`. @default "" */
  readonly prefix?: string;
}

/** Answers a request for `/livez`, `/readyz` or `/healthz`, and says whether it did. */
export type HealthHandler = (request: IncomingMessage, response: ServerResponse) => boolean;

const PATHS = { "/livez": "livez", "/readyz": "readyz", "/healthz": "healthz" } as const;
type Endpoint = (typeof PATHS)[keyof typeof PATHS];

/**
 * The endpoints in Kubernetes' manner: `ok` with status 200, or status 503 with what failed; `?verbose` lists all checks,
 * `?exclude=name` leaves one out, `/readyz/name` asks for one. Who accepts `application/health+json` or
 * `application/json`, or asks for `?format=json`, gets that.
 * @see https://kubernetes.io/docs/reference/using-api/health-checks/
 * @see https://datatracker.ietf.org/doc/html/draft-inadarei-api-health-check-06
 */
export function healthHandler(
  health: Health,
  { reasons = true, prefix = "" }: HealthHandlerOptions = {},
): HealthHandler {
  return (request, response) => {
    const written = `http://localhost${request.url ?? "/"}`;
    if (!URL.canParse(written)) return false;
    const url = new URL(written);
    if (!url.pathname.startsWith(`${prefix}/`)) return false;
    const [, path = "", named] = /^(\/[^/]*)(?:\/([^/]+))?\/?$/.exec(url.pathname.slice(prefix.length)) ?? [];
    // The only letter of a name that is sometimes sent in code.
    const only = named?.replaceAll(/%3a/gi, ":");
    const endpoint = Object.hasOwn(PATHS, path) ? PATHS[path as keyof typeof PATHS] : undefined;
    if (endpoint === undefined) return false;
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD");
      send(response, { code: 405, type: "text/plain; charset=utf-8", body: "only GET and HEAD\n" });
      return true;
    }
    const status = health.status();
    const excluded = new Set(url.searchParams.getAll("exclude"));
    const asked = checksOf(endpoint, status).filter(({ name }) =>
      only === undefined ? !excluded.has(name) : name === only,
    );
    if (only !== undefined && asked.length === 0) {
      send(response, { code: 404, type: "text/plain; charset=utf-8", body: `there is no check "${only}" here\n` });
      return true;
    }
    const answer = { endpoint, status, checks: asked, isOne: only !== undefined, reasons };
    const isVerbose = url.searchParams.has("verbose");
    const code = passes(answer) ? 200 : 503;
    if (wantsJson(request, url)) send(response, { code, type: "application/health+json", body: jsonOf(answer) });
    else send(response, { code, type: "text/plain; charset=utf-8", body: textOf(answer, isVerbose) });
    return true;
  };
}

interface Answer {
  readonly endpoint: Endpoint;
  readonly status: HealthStatus;
  readonly checks: readonly CheckStatus[];
  readonly isOne: boolean;
  readonly reasons: boolean;
}

function checksOf(endpoint: Endpoint, { checks }: HealthStatus): readonly CheckStatus[] {
  return endpoint === "livez" ? checks.filter(({ liveness }) => liveness) : checks;
}

function passes(answer: Answer): boolean {
  return phasePasses(answer) && answer.checks.every((check) => checkPasses(check, answer));
}

/** A process that ends is alive, but wants no more work. */
function phasePasses({ endpoint, status, isOne }: Answer): boolean {
  return endpoint !== "readyz" || isOne || status.phase === "running";
}

function checkPasses(check: CheckStatus, { endpoint, isOne }: Answer): boolean {
  if (check.state === "pending") return endpoint !== "readyz" || !check.critical;
  return check.state !== "unhealthy" || !(check.critical || isOne || endpoint === "livez");
}

function textOf(answer: Answer, isVerbose: boolean): string {
  const { endpoint, status, checks, reasons } = answer;
  const hasPassed = passes(answer);
  if (hasPassed && !isVerbose) return "ok";
  const phase = phasePasses(answer)
    ? "[+]process ok"
    : `[-]process failed: ${status.phase === "stopping" ? "it is ending" : "it is starting"}`;
  const lines = checks.map((check) => {
    const why = reasons
      ? (check.reason ?? (check.state === "pending" ? "no answer yet" : check.state))
      : "reason withheld";
    if (!checkPasses(check, answer)) return `[-]${check.name} failed: ${why}`;
    return check.state === "healthy" ? `[+]${check.name} ok` : `[+]${check.name} ${check.state}: ${why}`;
  });
  return `${[phase, ...lines, `${endpoint} check ${hasPassed ? "passed" : "failed"}`].join("\n")}\n`;
}

function jsonOf(answer: Answer): string {
  const { checks, reasons, status } = answer;
  const isWarning = checks.some(({ state }) => state === "degraded" || state === "unhealthy");
  return JSON.stringify({
    status: !passes(answer) ? "fail" : isWarning ? "warn" : "pass",
    phase: status.phase,
    checks: Object.fromEntries(
      checks.map((check) => [
        check.name,
        [
          {
            status: { healthy: "pass", degraded: "warn", unhealthy: "fail", pending: "warn" }[check.state],
            ...(check.latencyMs !== undefined && {
              observedValue: Math.round(check.latencyMs * 1_000) / 1_000,
              observedUnit: "ms",
            }),
            ...(check.checkedAtMs !== undefined && { time: new Date(check.checkedAtMs).toISOString() }),
            ...(reasons && check.reason !== undefined && { output: check.reason }),
          },
        ],
      ]),
    ),
  });
}

function wantsJson(request: IncomingMessage, url: URL): boolean {
  return url.searchParams.get("format") === "json" || /application\/(health\+)?json/.test(request.headers.accept ?? "");
}

function send(
  response: ServerResponse,
  { code, type, body }: { readonly code: number; readonly type: string; readonly body: string },
): void {
  const headers = { "content-type": type, "cache-control": "no-store", "content-length": Buffer.byteLength(body) };
  response.writeHead(code, headers).end(response.req.method === "HEAD" ? undefined : body);
}
