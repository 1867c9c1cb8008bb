/**
 * Reads the JSON form of an OTLP message by the official definitions and reports what they do not allow.
 * Source of the form: OTLP specification, "JSON Protobuf Encoding" (ids in hex, enumerations as integers).
 */
import protobuf, { type Field, type Type } from "protobufjs";
import { idFields, type OtlpTree, type ReportProblem } from "./otlp-tree.ts";

export function readJson(type: Type, text: string, report: ReportProblem): OtlpTree {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    report("", `the body is not JSON: ${String(error)}`);
    return {};
  }
  return readMessage(type, value, "", report);
}

function readMessage(type: Type, value: unknown, path: string, report: ReportProblem): OtlpTree {
  const tree: Record<string, unknown> = {};
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    report(path, `${show(value)} where an object (${type.name}) is expected`);
    return tree;
  }
  for (const [name, inner] of Object.entries(value)) {
    const field = type.fields[name];
    const at = path === "" ? name : `${path}.${name}`;
    if (field === undefined) {
      report(at, `unknown field "${name}" in ${type.name}`);
      continue;
    }
    if (inner === null) continue;
    field.resolve();
    tree[name] = field.repeated ? readList(field, inner, at, report) : readValue(field, inner, at, report);
  }
  return tree;
}

function readList(field: Field, value: unknown, path: string, report: ReportProblem): readonly unknown[] {
  if (Array.isArray(value)) return value.map((inner, i) => readValue(field, inner, `${path}[${i}]`, report));
  report(path, `${show(value)} where a list is expected`);
  return [];
}

function readValue(field: Field, value: unknown, path: string, report: ReportProblem): unknown {
  if (field.resolvedType instanceof protobuf.Type) return readMessage(field.resolvedType, value, path, report);
  if (field.resolvedType instanceof protobuf.Enum) {
    if (typeof value === "number" && value in field.resolvedType.valuesById) return value;
    report(path, `${show(value)} where the number of a ${field.resolvedType.name} is expected`);
    return typeof value === "number" ? value : 0;
  }
  switch (field.type) {
    case "string":
      return expectType("string", "", value, path, report);
    case "bool":
      return expectType("boolean", false, value, path, report);
    case "bytes":
      return idFields.has(field.name) ? readId(value, path, report) : readBase64(value, path, report);
    case "double":
    case "float":
      return readDouble(value, path, report);
    case "int64":
    case "uint64":
    case "sint64":
    case "fixed64":
    case "sfixed64":
      return readInteger(value, path, report);
    default:
      return expectType("number", 0, value, path, report);
  }
}

function expectType(type: string, instead: unknown, value: unknown, path: string, report: ReportProblem): unknown {
  if (typeof value === type) return value;
  report(path, `${show(value)} where a ${type} is expected`);
  return instead;
}

function readId(value: unknown, path: string, report: ReportProblem): string {
  if (typeof value === "string" && /^([0-9a-f]{2})*$/i.test(value)) return value.toLowerCase();
  report(path, `${show(value)} where an id in hex is expected`);
  return "";
}

function readBase64(value: unknown, path: string, report: ReportProblem): Uint8Array {
  if (typeof value === "string" && /^[A-Za-z0-9+/_-]*={0,2}$/.test(value)) {
    return Uint8Array.from(Buffer.from(value, "base64"));
  }
  report(path, `${show(value)} where bytes in base64 are expected`);
  return new Uint8Array();
}

function readDouble(value: unknown, path: string, report: ReportProblem): number {
  if (typeof value === "number") return value;
  if (value === "NaN" || value === "Infinity" || value === "-Infinity") return Number(value);
  report(path, `${show(value)} where a number is expected`);
  return 0;
}

function readInteger(value: unknown, path: string, report: ReportProblem): bigint {
  if (typeof value === "string" && /^-?[0-9]+$/.test(value)) return BigInt(value);
  if (typeof value === "number" && Number.isInteger(value)) return BigInt(value);
  report(path, `${show(value)} where an integer of 64 bits is expected, as a decimal string or a number`);
  return 0n;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
