import { readdirSync, readFileSync, statSync } from "node:fs";

/** How many file descriptors this process has open; undefined where the system does not tell. */
export function openFileDescriptors(): number | undefined {
  if (process.platform === "win32") return undefined;
  const folder = process.platform === "linux" ? "/proc/self/fd" : "/dev/fd";
  try {
    // Since Linux 6.2 this is their number, and costs the same for a hundred thousand.
    const { size } = statSync(folder);
    if (process.platform === "linux" && size > 0) return size;
    // The folder that is being read is one of them.
    return readdirSync(folder).length - 1;
  } catch {
    return undefined;
  }
}

/** The soft limit of open file descriptors; undefined where it is unlimited or the system does not tell. */
export function fileDescriptorLimit(): number | undefined {
  try {
    const limits = readFileSync("/proc/self/limits", "utf8");
    const limit = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Number.NaN);
    return Number.isFinite(limit) ? limit : undefined;
  } catch {
    return undefined;
  }
}
