import { rename, rm, writeFile } from "node:fs/promises";

/** Writes a file in one step: whoever reads sees the one before or the new one, and a full disk leaves no half of one. */
export async function replaceFile(path: string, contents: string | Uint8Array): Promise<void> {
  const own = `${path}.${process.pid}.new`;
  try {
    await writeFile(own, contents);
    await rename(own, path);
  } catch (error) {
    await rm(own, { force: true });
    throw error;
  }
}
