/** The files that say what is watched and who is told: found, read and checked together, so that a broken one replaces nothing. */
import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type AlertingFile, parseAlertingFile } from "../alerting-file/alerting-file.ts";
import { checkTemplates } from "../delivery/check-templates.ts";
import { notificationTemplates } from "../notification-template/notification-template.ts";
import { type AlertmanagerConfig, parseAlertmanagerConfig } from "../routing/alertmanager-config.ts";
import { checkDeliverable } from "../routing/receiver-definition.ts";
import { findFiles } from "../rule-runner/find-files.ts";
import { parseRuleSources, type RuleSource } from "../rule-runner/rule-runner.ts";

export interface AlertingPaths {
  /** Where relative paths start. */
  readonly folder: string;
  /** Files of rules, or patterns of such. */
  readonly rules: readonly string[];
  /** An alertmanager.yml. */
  readonly receivers?: string;
  /** A telltale.alerting.yaml. */
  readonly extras?: string;
}

export interface AlertingFiles {
  readonly sources: readonly RuleSource[];
  /** How often the group of the longest interval is evaluated, of those that say. */
  readonly longestIntervalMs: number;
  readonly config: AlertmanagerConfig;
  /** The texts of the template files that the alertmanager.yml names. */
  readonly templates: readonly string[];
  /** Without a file it is one that says nothing. */
  readonly extras: AlertingFile;
  /** What may be well and was hardly meant. */
  readonly warnings: readonly string[];
}

/** Files that cannot be used; the message has a line for each fault of each file. */
export class AlertingFilesError extends Error {
  override readonly name = "AlertingFilesError";
  readonly code = "TELLTALE_BAD_ALERTING_FILES";
  /** One for each file or kind of files. */
  readonly errors: readonly Error[];

  constructor(errors: readonly Error[]) {
    super(errors.map(({ message }) => message).join("\n"));
    this.errors = errors;
  }
}

/** Nobody is told where no file says who. */
const nobody = "route: { receiver: nobody }\nreceivers: [{ name: nobody }]";

/** @throws AlertingFilesError with all faults of all files */
export function readAlertingFiles(paths: AlertingPaths): AlertingFiles {
  const errors: Error[] = [];
  const attempt = <T>(read: () => T, otherwise: T): T => {
    try {
      return read();
    } catch (error) {
      errors.push(error as Error);
      return otherwise;
    }
  };
  const warnings: string[] = [];
  const sources = attempt(() => ruleSources(paths, warnings), []);
  const groups = attempt(() => parseRuleSources(sources), []);
  const receivers = attempt(() => readReceivers(paths), undefined);
  const extras = attempt(() => readExtras(paths, receivers?.config), undefined);
  if (errors.length > 0 || receivers === undefined || extras === undefined) throw new AlertingFilesError(errors);
  const longestIntervalMs = Math.max(0, ...groups.map(({ definition }) => definition.intervalMs ?? 0));
  return { sources, longestIntervalMs, ...receivers, extras, warnings };
}

/** What the files look like from outside: another text when one of them changed, came or went. Never throws. */
export function fileMarks(paths: AlertingPaths): string {
  const { folder, rules, receivers, extras } = paths;
  const found = rules.flatMap((pattern) => filesOf(pattern, folder));
  if (receivers !== undefined) {
    const path = resolve(folder, receivers);
    found.push(path, ...templateFilesOf(path));
  }
  if (extras !== undefined) found.push(resolve(folder, extras));
  return found.map((path) => `${path} ${markOf(path)}`).join("\n");
}

function ruleSources({ folder, rules }: AlertingPaths, warnings: string[]): readonly RuleSource[] {
  for (const pattern of rules) {
    if (findFiles([pattern], folder).length > 0) continue;
    warnings.push(`alerting.rules has ${JSON.stringify(pattern)}, which matches no file in ${resolve(folder)} by now`);
  }
  return findFiles(rules, folder).map((path) => ({ path, text: textOf(path) }));
}

function readReceivers({ folder, receivers }: AlertingPaths): Pick<AlertingFiles, "config" | "templates"> {
  if (receivers === undefined) return { config: parseAlertmanagerConfig(nobody), templates: [] };
  const path = resolve(folder, receivers);
  const config = parseAlertmanagerConfig(textOf(path), { path });
  const templates = findFiles(config.templates, dirname(path)).map(textOf);
  try {
    checkDeliverable(config.receivers);
    checkTemplates(config, notificationTemplates(templates));
  } catch (error) {
    throw Object.assign(error as Error, { message: `${path}: ${(error as Error).message}` });
  }
  return { config, templates };
}

function readExtras(paths: AlertingPaths, config: AlertmanagerConfig | undefined): AlertingFile {
  const { folder, extras } = paths;
  if (extras === undefined) return parseAlertingFile("");
  const path = resolve(folder, extras);
  // Names of receivers cannot be checked against a file that is broken itself.
  const names = paths.receivers === undefined ? [] : config?.receivers.map(({ name }) => name);
  const receivers = names && { receivers: names };
  return parseAlertingFile(textOf(path), { path, ...receivers });
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const message = `${path} cannot be read (${(cause as NodeJS.ErrnoException).code}); give a file that is there and may be read`;
    throw Object.assign(new Error(message, { cause }), { code: "TELLTALE_ALERTING_FILE_UNREADABLE" });
  }
}

function filesOf(pattern: string, folder: string): readonly string[] {
  try {
    return findFiles([pattern], folder);
  } catch {
    return [];
  }
}

function templateFilesOf(path: string): readonly string[] {
  try {
    const text = readFileSync(path, "utf8");
    // Most name none, and this is done at the start and every few seconds.
    if (!text.includes("templates")) return [];
    const { templates } = parseAlertmanagerConfig(text, { path });
    return templates.flatMap((pattern) => filesOf(pattern, dirname(path)));
  } catch {
    return [];
  }
}

function markOf(path: string): string {
  // What is linked to is what counts: Kubernetes replaces a mounted file by another target of a link.
  const { mtimeMs, size, ino } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: 0, size: -1, ino: 0 };
  return `${mtimeMs} ${size} ${ino}`;
}
