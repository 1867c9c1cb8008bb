import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Place, refuse } from "./place.ts";

/** The text of a PEM file; `undefined`, and a report, when there is none. */
export function readPemFile(path: string, place: Place): string | undefined {
  try {
    const text = readFileSync(resolve(place.cwd, path), "utf8");
    if (text.includes("-----BEGIN ")) return text;
    return refuse(place, path, "a PEM file, which has a line -----BEGIN …; this file has none");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "there is no such file" : `this one gave ${code}`;
    return refuse(place, path, `the path of a PEM file that this process can read; ${reason}`);
  }
}
