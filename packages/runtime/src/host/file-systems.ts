import type { StatsFs } from "node:fs";
import { statfs } from "node:fs/promises";
import { diag } from "@opentelemetry/api";

export interface Mount {
  readonly device: string;
  readonly mountpoint: string;
  readonly type: string;
}

export interface FileSystemUse extends Mount {
  readonly sizeBytes: number;
  readonly usedBytes: number;
  /** What everybody may write. */
  readonly freeBytes: number;
  /** What only root may write. */
  readonly reservedBytes: number;
}

/** File systems that hold data on this machine: a network's may hang, and those of the kernel have no space. */
const LOCAL_TYPES = new Set(
  "ext2 ext3 ext4 xfs btrfs zfs f2fs bcachefs jfs reiserfs vfat exfat ntfs ntfs3 hfs hfsplus apfs overlay ufs".split(
    " ",
  ),
);

/** A file system that does not answer in time is left out of a sample, so that it holds nothing else up. */
const DEADLINE_MS = 500;

/**
 * How many are asked at a time. One that never answers, as a server's that is gone, keeps a thread of libuv's pool: with
 * more than two of its four, the application's own files would wait for it.
 */
const AT_ONCE = 2;

/**
 * The mounts in the text of /proc/self/mounts: those asked for, or the root and one for each local device. Of several at one
 * place the last is seen. What is read-only, such as an image, fills no further; the root is told all the same.
 */
export function parseMounts(mounts: string, asked?: readonly string[]): readonly Mount[] {
  const seen = new Map<string, Mount & { readonly isReadOnly: boolean }>();
  for (const line of mounts.split("\n")) {
    const [device = "", mountpoint = "", type = "", options = ""] = line.split(" ").map(unescaped);
    if (mountpoint === "") continue;
    seen.set(mountpoint, { device, mountpoint, type, isReadOnly: options.split(",").includes("ro") });
  }
  if (asked !== undefined) return asked.flatMap((path) => seen.get(path) ?? []).map(mountOf);
  // A container has its files, such as /etc/hosts, mounted from the device of its root.
  const byDevice = new Map<string, Mount>();
  for (const { isReadOnly, ...mount } of seen.values()) {
    const isRoot = mount.mountpoint === "/";
    if (!isRoot && (isReadOnly || mount.type === "overlay" || !LOCAL_TYPES.has(mount.type))) continue;
    const known = byDevice.get(mount.device);
    if (known === undefined || mount.mountpoint.length < known.mountpoint.length) byDevice.set(mount.device, mount);
  }
  return [...byDevice.values()];
}

/** What is asked for the space at a path. */
export type AskSpace = (path: string) => Promise<Pick<StatsFs, "bsize" | "blocks" | "bfree" | "bavail">>;

/** Asks file systems for their space; one that has not answered yet is not asked again, and that is told once. */
export function fileSystemReader(
  ask: AskSpace = statfs,
): (mounts: readonly Mount[]) => Promise<readonly FileSystemUse[]> {
  const pending = new Set<string>();
  const told = new Set<string>();
  return async (mounts) => {
    const answers: FileSystemUse[] = [];
    // Since the sample before: a moment's delay is no news.
    for (const mountpoint of pending) if (!told.has(mountpoint)) tellOf(mountpoint);
    for (const mountpoint of pending) told.add(mountpoint);
    let waiting = mounts.filter(({ mountpoint }) => !pending.has(mountpoint));
    async function askOneByOne(): Promise<void> {
      for (let mount = waiting.shift(); mount !== undefined; mount = waiting.shift()) {
        pending.add(mount.mountpoint);
        try {
          answers.push(await fileSystemUse(mount, ask));
        } catch {
          // Gone, or not ours to see: absent.
        } finally {
          pending.delete(mount.mountpoint);
          told.delete(mount.mountpoint);
        }
      }
    }
    const asking = Array.from({ length: Math.max(0, AT_ONCE - pending.size) }, askOneByOne);
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise((resolve) => {
      timer = setTimeout(resolve, DEADLINE_MS).unref();
    });
    await Promise.race([Promise.all(asking), deadline]);
    clearTimeout(timer);
    waiting = [];
    return [...answers];
  };
}

function tellOf(mountpoint: string): void {
  diag.warn(
    `telltale: the file system at ${mountpoint} does not answer, and holds a thread of libuv until it does; it is left out of what is told of the host. If that goes on, unmount it or leave it out of mounts`,
  );
}

function mountOf({ device, mountpoint, type }: Mount): Mount {
  return { device, mountpoint, type };
}

async function fileSystemUse(mount: Mount, ask: AskSpace): Promise<FileSystemUse> {
  const { bsize, blocks, bfree, bavail } = await ask(mount.mountpoint);
  return {
    ...mount,
    sizeBytes: blocks * bsize,
    usedBytes: (blocks - bfree) * bsize,
    freeBytes: bavail * bsize,
    reservedBytes: (bfree - bavail) * bsize,
  };
}

/** proc_mounts(5): space, tab, newline and backslash stand as octal numbers. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
