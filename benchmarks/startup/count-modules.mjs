// Preloaded for one untimed run: how many files and built-in modules the process loads until it is asked.
import { registerHooks } from "node:module";

const loaded = new Set();
registerHooks({
  load(url, context, nextLoad) {
    loaded.add(url);
    return nextLoad(url, context);
  },
});
process.on("SIGUSR2", () => console.log(`modules ${loaded.size}`));
