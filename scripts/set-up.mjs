// Called by npm before `npm start` and `npm test`, so that a fresh clone needs no other command.
// Plain JavaScript without dependencies: it runs before anything is installed, and on Node 20.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The first Node that runs TypeScript sources without a flag. */
const MINIMUM_NODE = [22, 18];

const root = fileURLToPath(new URL("..", import.meta.url));
const suppliedNode = join(root, "node_modules", ".bin", "node");

const reason = whyInstall();
if (reason !== undefined) await install(reason);
checkNode();
if (process.argv.includes("--tests")) nameMissingServers();

/** Why `npm install` must run, or undefined when what is installed is what package-lock.json asks for. */
function whyInstall() {
  const installed = readLock(join(root, "node_modules", ".package-lock.json"));
  if (installed === undefined) return "first run, about a minute";
  const wanted = readLock(join(root, "package-lock.json"));
  if (wanted === undefined) return undefined;
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === "") continue;
    const present = installed[path];
    // Optional packages of other platforms are in the lock and never on this disk.
    if (present === undefined && (entry.optional || entry.devOptional)) continue;
    if (present?.version !== entry.version) return "package-lock.json has changed";
  }
  return undefined;
}

function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8")).packages;
  } catch {
    return undefined;
  }
}

async function install(why) {
  const line = `Installing dependencies (${why}) …`;
  const startedAt = Date.now();
  const onTerminal = process.stderr.isTTY === true;
  const frames = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
  let frame = 0;
  const draw = () => {
    frame = (frame + 1) % frames.length;
    process.stderr.write(`\r\x1b[2K${frames[frame]} ${line} ${seconds(startedAt)} s`);
  };
  if (!onTerminal) process.stderr.write(`${line}\n`);
  const ticking = onTerminal ? setInterval(draw, 120) : undefined;

  const { status, output } = await runNpm([
    "install",
    // npm itself may run on the user's Node 20, which is fine: the workspace brings the Node that runs the rest.
    "--loglevel=error",
    // package-lock.json stays as it was cloned.
    "--no-save",
  ]);
  clearInterval(ticking);
  if (onTerminal) process.stderr.write("\r\x1b[2K");
  if (status !== 0) {
    process.stderr.write(`${output}\nnpm install failed (${status}). Mend what it names above, then try again.\n`);
    process.exit(1);
  }
  process.stderr.write(`Dependencies installed in ${seconds(startedAt)} s.\n`);
}

function runNpm(parameters) {
  const npm = process.env.npm_execpath;
  const [command, before, shell] =
    npm === undefined ? ["npm", [], process.platform === "win32"] : [process.execPath, [npm], false];
  return new Promise((resolve) => {
    const child = spawn(command, [...before, ...parameters], { cwd: root, shell, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const keep = (chunk) => {
      output += chunk;
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (error) => resolve({ status: error.code, output: String(error) }));
    child.on("close", (code, signal) => resolve({ status: code ?? signal, output }));
  });
}

/** npm puts node_modules/.bin first on the PATH of its scripts, so the Node there is the one that will run. */
function checkNode() {
  if (existsSync(suppliedNode)) {
    const supplied = spawnSync(suppliedNode, ["--version"], { encoding: "utf8" });
    if (supplied.status === 0 && isNewEnough(supplied.stdout.trim())) return;
    // A binary made for glibc on a system without it (Alpine) would hide a Node that works.
    rmSync(suppliedNode, { force: true });
  }
  if (isNewEnough(process.version)) return;
  process.stderr.write(
    `This needs Node ${MINIMUM_NODE.join(".")} or newer and found ${process.version}. ` +
      "On Linux with glibc (x64, arm64) the workspace brings its own, as optional dependencies that are not installed here: " +
      "run `npm install --include=optional`. Elsewhere install Node 24 from https://nodejs.org.\n",
  );
  process.exit(1);
}

function isNewEnough(version) {
  const [major, minor] = version.replace(/^v/, "").split(".").map(Number);
  return major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1]);
}

function nameMissingServers() {
  const servers = [
    { debianPackage: "postgresql", commands: ["postgres"], folders: postgresFolders() },
    { debianPackage: "mariadb-server", commands: ["mariadbd", "mysqld"], folders: ["/usr/sbin"] },
    { debianPackage: "redis-server", commands: ["redis-server"], folders: [] },
    { debianPackage: "prometheus", commands: ["prometheus"], folders: [] },
  ];
  const missing = servers.filter((server) => !isPresent(server)).map((server) => server.debianPackage);
  if (missing.length === 0) return;
  const packages = missing.join(" ");
  process.stderr.write(
    `Not installed: ${missing.join(", ")}; the end-to-end tests against them are skipped, each with this reason. ` +
      `On Debian or Ubuntu: sudo apt-get install ${packages}\n`,
  );
}

function isPresent({ commands, folders }) {
  const searched = [...(process.env.PATH ?? "").split(delimiter), ...folders];
  return searched.some((folder) => commands.some((command) => existsSync(join(folder, command))));
}

/** Debian keeps the server off the PATH, in a folder of its version. */
function postgresFolders() {
  try {
    return readdirSync("/usr/lib/postgresql").map((version) => join("/usr/lib/postgresql", version, "bin"));
  } catch {
    return [];
  }
}

function seconds(sinceMs) {
  return Math.round((Date.now() - sinceMs) / 1000);
}
