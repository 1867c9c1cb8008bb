import { expect, test } from "vitest";
import { labelName, metricName, utf8LabelName, utf8MetricName } from "./name.ts";

test.each([
  ["http.server.request.duration", "s", "histogram", false, "http_server_request_duration_seconds"],
  ["orders.requests", "{request}", "counter", false, "orders_requests_total"],
  ["system.cpu.utilization", "1", "gauge", true, "system_cpu_utilization_ratio"],
  ["telltale.host.health", "1", "gauge", false, "telltale_host_health"],
  ["system.disk.io", "By", "counter", false, "system_disk_io_bytes_total"],
  ["process.memory.bytes", "By", "gauge", true, "process_memory_bytes"],
  ["hw.temperature", "Cel", "gauge", true, "hw_temperature_celsius"],
  ["speed", "m/s", "gauge", true, "speed_meters_per_second"],
  ["flow", "{request}/s", "gauge", true, "flow_per_second"],
  ["total.errors", "", "counter", false, "errors_total"],
  ["ratio.of.things", "1", "gauge", true, "of_things_ratio"],
  ["a..b__c-d/e", "", "gauge", true, "a_b_c_d_e"],
  ["9lives", "", "gauge", true, "_9lives"],
  ["queue", "foo bar", "gauge", true, "queue_foo_bar"],
  ["toString", "constructor", "gauge", true, "toString_constructor"],
] as const)("%s in %s is %s%s: %s", (name, unit, type, ratio, expected) => {
  expect(metricName({ name, unit, type, ratio })).toBe(expected);
});

test("a name without a letter or digit has no translation", () => {
  expect(metricName({ name: "...", unit: "", type: "gauge", ratio: true })).toBeUndefined();
});

test.each([
  ["http.route", "http_route"],
  ["9", "key_9"],
  ["_private", "key_private"],
  ["__name__", "key_name_"],
  ["a--b", "a_b"],
  ["日本", undefined],
  ["", undefined],
])("label %s is %s", (key, expected) => {
  expect(labelName(key)).toBe(expected);
});

test.each([
  ["http.server.request.duration", "s", "histogram", false, "http.server.request.duration_seconds"],
  ["orders.requests", "{request}", "counter", false, "orders.requests_total"],
  ["orders.total", "", "counter", false, "orders_total"],
  ["system.cpu.utilization", "1", "gauge", true, "system.cpu.utilization_ratio"],
  ["cpu.ratio", "1", "gauge", true, "cpu_ratio"],
  ["system.disk.io", "By", "counter", false, "system.disk.io_bytes_total"],
  ["process.memory.bytes", "By", "gauge", true, "process.memory.bytes"],
  ["speed", "m/s", "gauge", true, "speed_meters_per_second"],
  ["9 Leben \ud800", "", "gauge", true, "9 Leben \ufffd"],
] as const)("with UTF-8 %s in %s is %s%s: %s", (name, unit, type, ratio, expected) => {
  expect(utf8MetricName({ name, unit, type, ratio })).toBe(expected);
});

test.each([
  ["http.route", "http.route"],
  ["日本", "日本"],
  ["_private", "_private"],
  ["__name__", "key_name_"],
  ["\udc00", "\ufffd"],
  ["___", undefined],
  ["", undefined],
])("with UTF-8 label %s is %s", (key, expected) => {
  expect(utf8LabelName(key)).toBe(expected);
});
