/** The first Node.js with the synchronous module hooks that instrumentations need; `engines` of package.json says the same. */
const FIRST = { major: 22, minor: 15 } as const;

/** Why telltale cannot run on this version of Node.js; undefined where it can. */
export function oldNode(version: string = process.versions.node): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > FIRST.major || (major === FIRST.major && minor >= FIRST.minor)) return undefined;
  return `telltale: this is Node.js ${version}, and ${FIRST.major}.${FIRST.minor} or newer is needed; Node.js 24 is recommended`;
}
