import { accessSync, constants, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Debian keeps PostgreSQL off the PATH, in a folder of its version. */
const postgresFolders = foldersIn("/usr/lib/postgresql").map((version) => join(version, "bin"));

/** The servers that the tests run for real, where Debian puts them, and the package that brings them. */
const programs = {
  postgres: { debianPackage: "postgresql", folders: postgresFolders, file: "postgres" },
  initdb: { debianPackage: "postgresql", folders: postgresFolders, file: "initdb" },
  mariadb: { debianPackage: "mariadb-server", folders: ["/usr/sbin"], file: "mariadbd" },
  redis: { debianPackage: "redis-server", folders: ["/usr/bin"], file: "redis-server" },
  prometheus: { debianPackage: "prometheus", folders: ["/usr/bin"], file: "prometheus" },
  alertmanager: {
    debianPackage: "prometheus-alertmanager",
    folders: ["/usr/bin"],
    file: "prometheus-alertmanager",
  },
  amtool: { debianPackage: "prometheus-alertmanager", folders: ["/usr/bin"], file: "amtool" },
} as const;

export type ServerProgram = keyof typeof programs;

/** @throws Error that names the Debian package when the program is not installed. */
export function programPath(program: ServerProgram): string {
  const path = findProgram(program);
  if (path !== undefined) return path;
  throw new Error(absence(program));
}

/**
 * Why the tests that need these servers cannot run, for `describe.skipIf`; `undefined` when they can.
 * @throws Error instead where the servers are required: in CI, or with TELLTALE_REQUIRE_SERVERS set.
 */
export function absentServers(...needed: readonly ServerProgram[]): string | undefined {
  const absent = needed.filter((program) => findProgram(program) === undefined);
  if (absent.length === 0) return undefined;
  const reason = absent.map(absence).join("; ");
  if (process.env["CI"] || process.env["TELLTALE_REQUIRE_SERVERS"]) throw new Error(reason);
  return reason;
}

/**
 * Servers such as PostgreSQL refuse to run as root: then they run as the user that their Debian package made.
 * Empty when the tests do not run as root.
 */
export function serverUser(name: string): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((entry) => entry.startsWith(`${name}:`));
  if (line === undefined) throw new Error(`the tests run as root and there is no user "${name}" to run its server as`);
  const [, , uid, gid] = line.split(":");
  return { uid: Number(uid), gid: Number(gid) };
}

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function findProgram(program: ServerProgram): string | undefined {
  const { folders, file }: { readonly folders: readonly string[]; readonly file: string } = programs[program];
  const onPath = (process.env["PATH"] ?? "").split(":").filter((folder) => folder !== "");
  return [...folders, ...onPath].map((folder) => join(folder, file)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function absence(program: ServerProgram): string {
  const { file, debianPackage } = programs[program];
  return `${file} is not installed; apt install ${debianPackage}`;
}
