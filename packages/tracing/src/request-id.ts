/** A correlation id that goes with a request through all services, beside the trace: `x-request-id`. */
import { type Context, context, createContextKey, type TextMapPropagator } from "@opentelemetry/api";

const REQUEST_ID = createContextKey("telltale request id");
const HEADER = "x-request-id";

/** What proxies and other services make: UUIDs, ULIDs, hexadecimal and base64. Anything else is replaced. */
const ACCEPTED = /^[\w.:+/=@-]{1,128}$/;

/** The id of the request that is being answered; `undefined` outside one, and without the propagator `request-id`. */
export function requestId(from: Context = context.active()): string | undefined {
  return from.getValue(REQUEST_ID) as string | undefined;
}

/**
 * Takes the id of an incoming request from `x-request-id`, makes one where there is none that can be used, and sends it
 * along with outgoing requests.
 */
export function requestIdPropagator(): TextMapPropagator {
  return {
    extract(given, carrier, getter) {
      const header = getter.get(carrier, HEADER);
      const id = Array.isArray(header) ? header[0] : header;
      return given.setValue(REQUEST_ID, id !== undefined && ACCEPTED.test(id) ? id : crypto.randomUUID());
    },
    inject(given, carrier, setter) {
      const id = requestId(given);
      if (id !== undefined) setter.set(carrier, HEADER, id);
    },
    fields: () => [HEADER],
  };
}
