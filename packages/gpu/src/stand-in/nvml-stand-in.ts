/** Builds the library that stands in for NVIDIA's, and tells it what to do. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface NvmlStandIn extends Disposable {
  /** The path of the library. */
  readonly library: string;
  /** What it does from now on; see nvml.c for the names. */
  set(control: Readonly<Record<string, number>>): void;
  /** Whether a call has begun to hang since the last `set`. */
  isHanging(): boolean;
}

/** Why there is none, for the name of a test that is skipped. */
export const noCompiler: string | undefined =
  spawnSync("gcc", ["--version"]).status === 0 ? undefined : "gcc is not installed";

export function nvmlStandIn({ oldDriver = false }: { readonly oldDriver?: boolean } = {}): NvmlStandIn {
  const folder = mkdtempSync(join(tmpdir(), "telltale-nvml-"));
  const [library, control] = [join(folder, "libnvidia-ml.so.1"), join(folder, "control")];
  const source = join(import.meta.dirname, "nvml.c");
  const defined = [`-DCONTROL="${control}"`, ...(oldDriver ? ["-DOLD_DRIVER"] : [])];
  execFileSync("gcc", ["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", ...defined, "-o", library, source]);
  return {
    library,
    set(values) {
      const lines = Object.entries(values).map(([name, value]) => `${name} ${value}\n`);
      // Never half of it: the library reads at any time.
      rmSync(`${control}.hanging`, { force: true });
      writeFileSync(`${control}.new`, lines.join(""));
      renameSync(`${control}.new`, control);
    },
    isHanging: () => existsSync(`${control}.hanging`),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}
