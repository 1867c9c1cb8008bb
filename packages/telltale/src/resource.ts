import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, extname, join, resolve } from "node:path";
import type { Attributes } from "@opentelemetry/api";
import type { Resource, ResourceDetector } from "@opentelemetry/resources";
import type { Configuration, ResourceDetectorName } from "./configuration.ts";
import { version } from "./version.ts";

const require = createRequire(import.meta.url);

/**
 * What describes this process in all of its telemetry. Precedence: `service`, `resource.attributes`, the nearest
 * package.json above the program, detectors.
 */
export function createResource(configuration: Configuration, program: string | undefined): Resource {
  const { defaultResource, detectResources, resourceFromAttributes } =
    require("@opentelemetry/resources") as typeof import("@opentelemetry/resources");
  const { service, resource } = configuration;
  const described = nearestPackage(program);
  const detected = detectResources({ detectors: resource.detectors.flatMap(detector) });
  return defaultResource()
    .merge(detected)
    .merge(resourceFromAttributes(redactArguments(knownAttributes(detected)["process.command_args"])))
    .merge(resourceFromAttributes(described))
    .merge(resourceFromAttributes(resource.attributes))
    .merge(
      resourceFromAttributes({
        ...(service.name !== undefined && { "service.name": service.name }),
        ...(service.version !== undefined && { "service.version": service.version }),
        ...(service.namespace !== undefined && { "service.namespace": service.namespace }),
        ...(service.environment !== undefined && { "deployment.environment.name": service.environment }),
        "telemetry.distro.name": "telltale",
        "telemetry.distro.version": version,
      }),
    );
}

/** The attributes that are known by now; reading `resource.attributes` while a detector is at work is an error. */
export function knownAttributes(resource: Resource): Attributes {
  const known: Attributes = {};
  for (const [key, value] of resource.getRawAttributes().toReversed()) {
    if (value != null && !(value instanceof Promise)) known[key] = value as Attributes[string];
  }
  return known;
}

/** Name and version of the package that the program belongs to; without one, the program's own file name. */
function nearestPackage(program: string | undefined): Attributes {
  if (program === undefined) return { "service.name": "unknown_service:node" };
  for (let folder = dirname(resolve(program)); ; folder = dirname(folder)) {
    try {
      const { name, version: packageVersion } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      if (typeof name === "string" && name !== "") {
        return {
          "service.name": name,
          ...(typeof packageVersion === "string" && packageVersion !== "" && { "service.version": packageVersion }),
        };
      }
    } catch {
      // No readable package.json here: look further up.
    }
    if (folder === dirname(folder)) return { "service.name": basename(program, extname(program)) };
  }
}

function detector(name: ResourceDetectorName): ResourceDetector[] {
  const resources = require("@opentelemetry/resources") as typeof import("@opentelemetry/resources");
  switch (name) {
    case "env":
      return []; // OTEL_RESOURCE_ATTRIBUTES is read with the rest of the configuration.
    case "host":
      return [resources.hostDetector];
    case "os":
      return [resources.osDetector];
    case "process":
      return [resources.processDetector];
    case "serviceinstance":
      return [resources.serviceInstanceIdDetector];
    case "container":
      return [require("@opentelemetry/resource-detector-container").containerDetector];
  }
}

const SECRET = /pass(word|wd|phrase)?|secret|token|api[-_]?key|credential|private[-_]?key/i;

/** Command lines carry secrets, and resources go to every backend: `--token=abc` becomes `--token=[REDACTED]`. */
function redactArguments(given: unknown): Attributes {
  if (!Array.isArray(given)) return {};
  let hideNext = false;
  const redacted = given.map((argument) => {
    const text = String(argument);
    const hide = hideNext;
    const isFlag = text.startsWith("-");
    const equals = text.indexOf("=");
    const secretFlag = isFlag && SECRET.test(equals < 0 ? text : text.slice(0, equals));
    hideNext = secretFlag && equals < 0;
    if (secretFlag && equals >= 0) return `${text.slice(0, equals)}=[REDACTED]`;
    if (hide && !isFlag) return "[REDACTED]";
    return text.replace(/(\/\/[^/:@\s]*:)[^/@\s]+@/g, "$1[REDACTED]@");
  });
  return { "process.command_args": redacted };
}
