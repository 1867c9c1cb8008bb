/** The field whose value is a record's event name in OpenTelemetry, and `event.action` in the Elastic Common Schema. */
export const EVENT_NAME = "event_name";

/** A line's fields with an event's name: `log.info(event("order.placed", { orderId: 7 }), "placed")`. */
export function event(
  name: string,
  fields: Readonly<Record<string, unknown>> = {},
): { readonly event_name: string; readonly [field: string]: unknown } {
  return { [EVENT_NAME]: name, ...fields };
}
