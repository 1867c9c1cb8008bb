/**
 * Runs an example by its name: npm run example market -- --fault disconnect
 * Each is a program of its own; this one knows where they are, and that npm keeps options for itself that come before `--`.
 */
import { join } from "node:path";

const examples: Readonly<Record<string, { readonly file: string; readonly shows: string }>> = {
  market: { file: "simulators/market.ts", shows: "a desk that trades at two venues" },
  validators: { file: "simulators/validators.ts", shows: "a chain of forty validators, a ledger, and their peers" },
  cluster: { file: "simulators/cluster.ts", shows: "ten nodes that work off a queue, and forty agents" },
  "training-run": { file: "simulators/training-run.ts", shows: "a model that is trained, alone and by a federation" },
  "craps-table": { file: "simulators/craps-table.ts", shows: "six tables of a game, with dice that may be loaded" },
  "train-digits": { file: "train-digits/train-digits.ts", shows: "a network that learns to read digits, for real" },
  "gpu-worker": { file: "gpu-worker.ts", shows: "the GPUs of this machine, or why there are none" },
};

/** Options of the examples that npm takes for its own where `--` is missing. */
const OPTIONS = ["fault", "speed", "minutes", "seed", "epochs", "learning-rate", "hidden"];

const [, , name, ...rest] = process.argv;
const example = name === undefined ? undefined : examples[name];
const kept = OPTIONS.find(
  (option) => process.env[`npm_config_${option.replace("-", "_")}`] !== undefined && !rest.includes(`--${option}`),
);

if (name === undefined) {
  console.log(overview());
} else if (example === undefined) {
  console.error(`there is no example "${name}"\n\n${overview()}`);
  process.exitCode = 1;
} else if (kept !== undefined) {
  console.error(
    `npm took --${kept} for an option of its own; write -- before it: npm run example ${name} -- --${kept} …`,
  );
  process.exitCode = 1;
} else {
  const file = join(import.meta.dirname, example.file);
  process.argv.splice(1, 2, file);
  await import(file);
}

function overview(): string {
  const width = Math.max(...Object.keys(examples).map(({ length }) => length));
  const lines = Object.entries(examples).map(([one, { shows }]) => `  ${one.padEnd(width)}  ${shows}`);
  return [
    "npm run example <name> -- [options]\n",
    ...lines,
    "\n  npm start runs the largest one: two services, a database, traces, metrics, logs and alerts",
    "  npm run example market -- --help says what the market can do, and so with the others",
  ].join("\n");
}
