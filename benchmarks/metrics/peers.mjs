import { createRequire } from "node:module";

const [folder, name] = process.argv.slice(4);

/** Loads from the folder in which the peers are installed. */
export const requirePeer = createRequire(`${folder}/`);

/** Which of several packages of one interface is measured. */
export const peerName = name;
