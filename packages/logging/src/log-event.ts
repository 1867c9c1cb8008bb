/**
 * A line's fields with an event's name, which is a record's event name in OpenTelemetry and `event.action` in the Elastic Common
 * Schema: `log.info(event("order.placed", { orderId: 7 }), "placed")`.
 */
export function event(
  name: string,
  fields: Readonly<Record<string, unknown>> = {},
): { readonly event_name: string; readonly [field: string]: unknown } {
  return { event_name: name, ...fields };
}
