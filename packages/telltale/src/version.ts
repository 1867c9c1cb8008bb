import { createRequire } from "node:module";

/** The version of package telltale, as its package.json has it. */
export const version: string = createRequire(import.meta.url)("../package.json").version;
